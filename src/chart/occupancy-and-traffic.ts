import { MIB_PER_GB } from "../analysis/swap/history.js";
import { distinct, logTicks, plain, rounded } from "./parts.js";
import { GREY, PALETTE, SCHEMA, type Spec, THEME } from "./theme.js";

/** One machine's swap over a run. A row that wrote nothing is left out. */
export interface OccupancyAndTrafficRow {
  readonly scheduler: string;
  readonly machine: number;
  /** The most that was in it at once. */
  readonly peak_mib: number;
  /** What it did not exceed for 99 % of the time. */
  readonly p99_mib: number;
  /** All that was ever written to it. */
  readonly written_mib: number;
}

/** Machines that are drawn at most; of more, the one that wrote most and every so many of the others. */
const MOST = 1500;
const PEAK = "at most, ever";
const P99 = "for 99 % of the time";

/** Two points a machine: what its swap had to hold, against all that was written there. On the diagonal they were one. */
export function occupancyAndTraffic(rows: readonly OccupancyAndTrafficRow[]): Spec {
  const wrote = rows.filter(({ written_mib }) => written_mib > 0).sort((a, b) => a.written_mib - b.written_mib);
  const every = Math.ceil(wrote.length / MOST);
  const used = wrote.filter((_, i) => i % every === 0 || i === wrote.length - 1);
  const gb = (mib: number) => rounded(mib / MIB_PER_GB, 3);
  const values = used.flatMap(({ scheduler, machine, peak_mib, p99_mib, written_mib }) =>
    [
      { what: PEAK, held: gb(peak_mib) },
      { what: P99, held: gb(p99_mib) },
    ].map((of) => ({ scheduler, machine, written: gb(written_mib), ...of })),
  );
  const all = values.flatMap(({ written, held }) => [written, held]).filter((of) => of > 0);
  const top = rounded(1.3 * all.reduce((a, b) => Math.max(a, b), 1e-3));
  const floor = rounded(Math.max(all.reduce((a, b) => Math.min(a, b), top) / 1.3, top / 1e4));
  const scale = plain({ type: "log", domain: [floor, top], nice: false, clamp: true });
  const axis = plain({ values: logTicks(floor, top, 12), format: "~g" });
  const x = plain({ field: "written", type: "quantitative", title: "written in all (GB)", scale, axis });
  const y = plain({ field: "held", type: "quantitative", title: "held at once (GB)", scale, axis });
  const schedulers = distinct(rows.map((row) => row.scheduler));
  const of = plain({ field: "what", type: "nominal", title: null, legend: { orient: "top" } });
  return {
    $schema: SCHEMA,
    description: "What each machine's swap held at once against all that was written to it.",
    title: {
      text: "Space and traffic are two things",
      subtitle: "each machine's swap; on the grey line it would have held all that it was ever given",
    },
    config: THEME,
    data: { values },
    facet: {
      column: {
        ...{ field: "scheduler", type: "nominal", sort: schedulers, title: null },
        header: { labels: schedulers.length > 1, labelFontWeight: "bold" },
      },
    },
    spec: {
      width: 280,
      height: 280,
      layer: [
        {
          data: { values: [floor, top].map((both) => ({ written: both, held: both })) },
          mark: { type: "line", color: GREY, strokeDash: [4, 3] },
          encoding: { x, y },
        },
        {
          mark: { type: "point", size: 28, opacity: 0.8 },
          encoding: {
            x,
            y,
            color: { ...of, scale: { domain: [PEAK, P99], range: [PALETTE[0], PALETTE[5]] } },
            shape: { ...of, scale: { domain: [PEAK, P99], range: ["circle", "cross"] } },
          },
        },
      ],
    },
  };
}
