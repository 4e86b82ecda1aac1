import { BY_CLASS, distinct, logTicks, rounded, SECONDS_LABELS, schedulerLines, secondTicks } from "./parts.js";
import { SCHEMA, type Spec, THEME } from "./theme.js";

/** One point of a curve: the share of invocations whose latency is above `value`. */
export interface CcdfRow {
  readonly scheduler: string;
  readonly price_class: number;
  /** Seconds. Rows of 0 or Infinity are left out, as the axis is logarithmic. */
  readonly value: number;
  /** From 1 down; rows of 0 are left out. */
  readonly share_above: number;
  /** An invocation that has not ended counts here with what it has so far: the true share may be larger. */
  readonly lower_bound?: boolean;
}

/** Points that are drawn at most, so that the specification stays small. */
const MOST = 8000;

/** Complementary distribution of latency, a panel a class and a line a scheduler, faint where it is a lower bound. */
export function latencyCcdf(all: readonly CcdfRow[]): Spec {
  const some = all.filter(({ value, share_above }) => value > 0 && Number.isFinite(value) && share_above > 0);
  const ends = (i: number) =>
    some[i + 1]?.scheduler !== some[i]!.scheduler || some[i + 1]?.price_class !== some[i]!.price_class;
  const every = Math.ceil(some.length / MOST);
  const rows = some.filter((_, i) => i % every === 0 || ends(i));
  const classes = distinct(rows.map((row) => row.price_class));
  const lines = schedulerLines(distinct(all.map((row) => row.scheduler)));
  const point = (row: CcdfRow, bound: boolean) => ({
    scheduler: row.scheduler,
    price_class: row.price_class,
    value: rounded(row.value),
    share_above: rounded(row.share_above),
    bound,
  });
  // The faint part of a line begins where the other ends.
  const values = rows.flatMap((row, i) => {
    const next = rows[i + 1];
    const same = next?.scheduler === row.scheduler && next.price_class === row.price_class;
    const joint = same && next.lower_bound === true && !row.lower_bound;
    return [point(row, row.lower_bound ?? false), ...(joint ? [point(row, true)] : [])];
  });
  const seconds = rows.map((row) => row.value);
  const least = rows.reduce((a, row) => Math.min(a, row.share_above), 1);
  const low = seconds.reduce((a, b) => Math.min(a, b), 1);
  const top = rounded(1.2 * seconds.reduce((a, b) => Math.max(a, b), 1));
  const bounds = values.some(({ bound }) => bound) ? ["faint: some have not ended, it may be more"] : [];
  return {
    $schema: SCHEMA,
    description: "Share of invocations whose latency exceeds a time, by price class and scheduler.",
    title: {
      text: "Who waits longer than that?",
      subtitle: ["share of a class's invocations whose latency exceeds the time below it; lower is better", ...bounds],
    },
    config: THEME,
    data: { values },
    facet: BY_CLASS,
    columns: Math.min(3, Math.max(1, classes.length)),
    resolve: { axis: { x: "independent" } },
    spec: {
      width: 200,
      height: 150,
      mark: { type: "line", interpolate: "step-after", strokeWidth: 1.6, clip: true },
      encoding: {
        x: {
          field: "value",
          type: "quantitative",
          title: "latency",
          scale: { type: "log", domain: [low, top], nice: false },
          axis: { values: secondTicks(low, top), labelExpr: SECONDS_LABELS },
        },
        y: {
          field: "share_above",
          type: "quantitative",
          title: "share above",
          scale: { type: "log", domain: [least, 1], nice: false },
          axis: { values: logTicks(least, 1, 0), labelExpr: "format(100 * datum.value, '~g') + ' %'" },
        },
        opacity: {
          field: "bound",
          type: "ordinal",
          scale: { domain: [false, true], range: [1, 0.4] },
          legend: null,
        },
        ...lines,
      },
    },
  };
}
