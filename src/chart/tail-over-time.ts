import {
  BY_CLASS,
  distinct,
  drawnAt,
  plain,
  rounded,
  schedulerLines,
  slowdownScale,
  type TailValue,
  timeUnit,
  topOf,
} from "./parts.js";
import { SCHEMA, type Spec, THEME } from "./theme.js";

/** The p99 slowdown of the invocations of a class that arrived in one window. */
export interface TailOverTimeRow extends TailValue {
  readonly scheduler: string;
  readonly price_class: number;
  readonly window_start_s: number;
  /** Ends of a load step, to be shaded; it suffices that one row has them. */
  readonly step_from_s?: number;
  readonly step_to_s?: number;
}

/** A strip a class with a line a scheduler over time; gaps where a window has too few to tell, ∞ at the top. */
export function tailOverTime(rows: readonly TailOverTimeRow[]): Spec {
  const top = topOf(rows);
  const starts = rows.map((row) => row.window_start_s);
  const [first, last] = [starts.reduce((a, b) => Math.min(a, b)), starts.reduce((a, b) => Math.max(a, b))];
  const [unit, seconds] = timeUnit(last - first);
  const values = distinct(rows.map((row) => row.scheduler)).flatMap((scheduler) =>
    distinct(rows.map((row) => row.price_class)).flatMap((price_class) =>
      drawn(rows.filter((row) => row.scheduler === scheduler && row.price_class === price_class)).map((of) => ({
        ...{ scheduler, price_class, time: rounded(of.time / seconds, 6) },
        ...drawnAt(of, top),
      })),
    ),
  );
  const steps = rows.flatMap(({ step_from_s: from, step_to_s: to }) =>
    from === undefined || to === undefined ? [] : [{ from: from / seconds, to: to / seconds }],
  );
  const { scale, axis } = slowdownScale(top, 5);
  const x = {
    field: "time",
    type: "quantitative",
    title: `arrival (${unit})`,
    scale: { zero: false, nice: false },
  } as const;
  const y = plain({ field: "p99_slowdown", type: "quantitative", title: "p99 slowdown", scale, axis });
  const lines = schedulerLines(distinct(rows.map((row) => row.scheduler)));
  const shaded = steps.length > 0 ? ["shaded: the load step"] : [];
  return {
    $schema: SCHEMA,
    description: "p99 slowdown over time of arrival, by price class and scheduler.",
    title: {
      text: "The tail over time",
      subtitle: ["p99 of latency / runtime, by the time of arrival; top strip: pays most", ...shaded],
    },
    config: THEME,
    data: { values },
    facet: { row: { ...BY_CLASS, header: { ...BY_CLASS.header, labelAngle: 0, labelAlign: "left" } } },
    spacing: 12,
    spec: {
      width: 520,
      height: 80,
      layer: [
        {
          data: { values: steps.slice(0, 1) },
          mark: { type: "rect", color: "#e8e8e8" },
          encoding: { x: { field: "from", type: "quantitative" }, x2: { field: "to" } },
        },
        {
          mark: { type: "line", strokeWidth: 1.6, interpolate: "step-after" },
          encoding: { x, y, ...lines },
        },
        {
          transform: [{ filter: "datum.sign !== ''" }],
          mark: { type: "text", dx: 6, dy: 6, fontSize: 9 },
          encoding: { x, y, text: { field: "sign" }, color: lines.color },
        },
      ],
    },
  };
}

/**
 * The windows of one line in order of time, with the end of each stretch of them that tell something, so that a step is
 * as long as its window. All windows of a line are taken to be as long as the shortest distance between two.
 */
function drawn(rows: readonly TailOverTimeRow[]): (TailValue & { readonly time: number })[] {
  const starts = rows.map((row) => row.window_start_s);
  const length = Math.min(...starts.slice(1).map((start, i) => start - starts[i]!));
  return rows.flatMap((row, i) => {
    const time = row.window_start_s;
    const next = rows[i + 1];
    const goesOn = next !== undefined && next.p99_slowdown !== null && next.window_start_s - time < 1.5 * length;
    if (row.p99_slowdown === null || goesOn || !Number.isFinite(length)) return [{ ...row, time }];
    const end = { time: time + length, p99_slowdown: row.p99_slowdown };
    return [{ ...row, time }, end, { time: time + length, p99_slowdown: null }];
  });
}
