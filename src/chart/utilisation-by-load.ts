import { overSeeds } from "../analysis/over-seeds.js";
import { distinct, plain, rounded } from "./parts.js";
import { seedsApart, seedsShown } from "./seeds.js";
import { GREY, PALETTE, SCHEMA, type Spec, THEME } from "./theme.js";

/** Utilisation under one scheduler at one load, over machines; of one seed, where there are several rows of these two. */
export interface UtilisationByLoadRow {
  readonly scheduler: string;
  /** Offered CPU over the cluster's cores: 0.9. */
  readonly load: number;
  readonly seed?: number;
  /** Busy cores over cores. */
  readonly mean: number;
  /** Of machines; null for a central pool, which has none to spread over. */
  readonly min: number | null;
  readonly median: number | null;
  readonly max: number | null;
}

/**
 * A panel a scheduler: from the idlest to the busiest machine, median and mean, beside the load that was offered. Of several
 * seeds, the idlest and busiest machine of any, and the means of their medians and means.
 */
export function utilisationByLoad(rows: readonly UtilisationByLoadRow[]): Spec {
  const groups = seedsApart(rows, ({ scheduler, load }) => [scheduler, load]);
  const seeds = seedsShown(groups.map(({ length }) => length));
  const values = groups.map((group) => {
    const { scheduler, load } = group[0]!;
    const over = (name: "mean" | "min" | "median" | "max") => {
      const told = group.flatMap((row) => row[name] ?? []);
      return told.length === 0 ? null : overSeeds(told);
    };
    const part = (value: number | undefined) => (value === undefined ? null : rounded(value));
    return {
      ...{ scheduler, load, mean: part(over("mean")?.mean) },
      ...{ min: part(over("min")?.least), median: part(over("median")?.mean), max: part(over("max")?.most) },
    };
  });
  const loads = rows.map(({ load }) => load);
  const ends = [Math.min(...loads), Math.max(...loads)];
  const schedulers = distinct(rows.map((row) => row.scheduler));
  const x = plain({
    field: "load",
    type: "quantitative",
    title: "offered load",
    scale: { zero: false, padding: 16 },
    axis: { format: ".1~%", tickCount: 4 },
  });
  const y = plain({
    type: "quantitative",
    title: "busy cores / cores",
    axis: { format: "%" },
    scale: { domain: [0, 1] },
  });
  return {
    $schema: SCHEMA,
    description: "Utilisation and its spread over machines against the offered load, by scheduler.",
    title: {
      text: "How evenly the machines are used",
      subtitle: subtitle(seeds),
    },
    config: THEME,
    data: { values },
    facet: { field: "scheduler", type: "nominal", sort: schedulers, title: null, header: { labelFontWeight: "bold" } },
    columns: Math.min(3, schedulers.length),
    resolve: { axis: { x: "independent" } },
    spec: {
      width: 190,
      height: 160,
      layer: [
        {
          data: { values: ends.map((load) => ({ load, mean: Math.min(1, load) })) },
          mark: { type: "line", color: GREY, strokeDash: [4, 3] },
          encoding: { x, y: { ...y, field: "mean" } },
        },
        {
          transform: [{ filter: "isValid(datum.min)" }],
          mark: { type: "bar", color: "#9ecae1", width: 16 },
          encoding: { x, y: { ...y, field: "min" }, y2: { field: "max" } },
        },
        {
          transform: [{ filter: "isValid(datum.median)" }],
          mark: { type: "tick", orient: "horizontal", color: "white", size: 16, thickness: 2 },
          encoding: { x, y: { ...y, field: "median" } },
        },
        {
          mark: { type: "point", filled: true, color: PALETTE[0], size: 18, opacity: 1 },
          encoding: { x, y: { ...y, field: "mean" } },
        },
      ],
    },
  };
}

function subtitle(seeds: string | null): string | string[] {
  const signs = "bar: idlest to busiest machine; white line: median machine; point: mean; grey: all that is offered";
  return seeds === null ? signs : [signs, `${seeds}: the bar is over all of them, line and point are means over them`];
}
