import { LEAST_SEEDS, type OverSeeds, overSeeds } from "../analysis/over-seeds.js";
import {
  BY_CLASS,
  distinct,
  drawnAt,
  plain,
  schedulerLines,
  schedulerPoints,
  slowdownScale,
  type TailValue,
  topOf,
} from "./parts.js";
import { seedsApart, seedsShown } from "./seeds.js";
import { SCHEMA, type Spec, THEME } from "./theme.js";

/** The p99 slowdown of one class under one scheduler at one load; of one seed, where there are several rows of these three. */
export interface P99ByLoadRow extends TailValue {
  readonly scheduler: string;
  /** Offered CPU over the cluster's cores: 0.9. */
  readonly load: number;
  readonly price_class: number;
  readonly seed?: number;
}

/** What the seeds of one scheduler, load and class come to; a seed with too few invocations to tell a p99 has no part in it. */
interface Point {
  readonly row: P99ByLoadRow;
  readonly of: OverSeeds;
}

/**
 * A panel a class, a line a scheduler, load from left to right. Several seeds are drawn as the mean of their p99s, with a
 * band: Student's 95 % interval of the mean where all have five seeds or more, else from the least to the largest.
 */
export function p99ByLoad(rows: readonly P99ByLoadRow[]): Spec {
  const points = pointsOf(rows);
  const counts = points.map(({ of }) => of.seeds);
  const seeds = seedsShown(counts);
  const student = points.every(({ of }) => of.seeds >= LEAST_SEEDS);
  const bandOf = ({ of }: Point) => (student ? of.interval : { low: of.least, high: of.most });
  const ends = points.map((point) => ({ p99_slowdown: seeds === null ? null : (bandOf(point)?.high ?? null) }));
  const top = topOf([...points.map(({ row }) => row), ...ends]);
  const at = (value: number) => drawnAt({ p99_slowdown: value }, top).p99_slowdown!;
  const values = points.map((point) => {
    const { scheduler, load, price_class } = point.row;
    const band = seeds === null ? null : bandOf(point);
    return {
      ...{ scheduler, load, price_class, ...drawnAt(point.row, top) },
      ...(band && { low: at(Math.max(1, band.low)), high: at(band.high), seeds: point.of.seeds }),
    };
  });
  const schedulers = distinct(rows.map((row) => row.scheduler));
  const { scale, axis } = slowdownScale(top, 7);
  const x = plain({
    field: "load",
    type: "quantitative",
    title: "offered load",
    scale: { zero: false, padding: 8 },
    axis: { format: ".1~%", tickCount: 5 },
  });
  const y = plain({ field: "p99_slowdown", type: "quantitative", title: "p99 slowdown", scale, axis });
  const { color, shape } = schedulerPoints(schedulers);
  const solid = seeds === null ? {} : { symbolOpacity: 1 };
  const legend = schedulers.length > 1 ? plain({ orient: "top", symbolStrokeWidth: 0, ...solid }) : null;
  const strokeDash = { ...schedulerLines(schedulers).strokeDash, legend };
  const classes = distinct(points.map(({ row }) => row.price_class)).length;
  const loads = distinct(points.map(({ row }) => row.load)).length;
  return {
    $schema: SCHEMA,
    description: "p99 slowdown against the offered load, by price class and scheduler.",
    title: {
      text: loads > 1 || seeds === null ? "What load does to the tail" : "The tail at one load",
      subtitle: subtitle(seeds, student),
    },
    config: THEME,
    data: { values },
    facet: BY_CLASS,
    columns: Math.min(3, Math.max(1, classes)),
    resolve: { axis: { x: "independent" } },
    spec: {
      width: 190,
      height: 150,
      layer: [
        ...(seeds === null ? [] : bandLayers(x, { ...y, field: "low" }, { ...color, legend })),
        {
          mark: { type: "line", strokeWidth: 1.6, point: { filled: true, size: 45, opacity: 1 } },
          encoding: { x, y, color: { ...color, legend }, shape: { ...shape, legend }, strokeDash },
        },
        {
          transform: [{ filter: "datum.sign !== ''" }],
          mark: { type: "text", dx: -9, dy: 6, fontSize: 10 },
          encoding: { x, y, color, text: { field: "sign" } },
        },
      ],
    },
  };
}

function pointsOf(rows: readonly P99ByLoadRow[]): Point[] {
  const told = rows.filter((row) => row.p99_slowdown !== null);
  return seedsApart(told, ({ scheduler, load, price_class }) => [scheduler, load, price_class]).map((group) => {
    const of = overSeeds(group.map((row) => row.p99_slowdown!));
    const lower_bound = group.some((row) => row.lower_bound);
    return { row: { ...group[0]!, p99_slowdown: of.mean, lower_bound }, of };
  });
}

function subtitle(seeds: string | null, student: boolean): string | string[] {
  const signs = "1: it never waits; ≥ some have not ended; ∞ killed or rejected";
  if (seeds === null) return `p99 of latency / runtime by offered load; ${signs}`;
  const band = student ? "Student's 95 % interval of that mean" : "from the least to the largest";
  return [`p99 of latency / runtime by offered load: the mean over ${seeds}; band: ${band}`, signs];
}

/** The band, and a line up and down at each load, which is all there is of it where there is one load. */
function bandLayers(x: object, y: object, color: object) {
  const encoding = { x, y, y2: { field: "high" }, color };
  const transform = [{ filter: "isValid(datum.low)" }];
  return [
    { transform, mark: plain({ type: "area", opacity: 0.18 }), encoding },
    { transform, mark: plain({ type: "rule", strokeWidth: 1 }), encoding },
  ];
}
