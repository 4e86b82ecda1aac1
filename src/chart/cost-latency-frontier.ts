import { drawnAt, logTicks, plain, rounded, slowdownScale, type TailValue, topOf } from "./parts.js";
import { GREY, PALETTE, SCHEMA, type Spec, THEME } from "./theme.js";

/** One way to serve the workload: what it costs, and how slow it is. */
export interface FrontierRow extends TailValue {
  readonly label: string;
  readonly dollars_per_million: number;
  /** The one that was decided on. */
  readonly chosen?: boolean;
}

/**
 * Cost to the right, tail upwards; a line joins those that no other beats in both, which bear their label, and so does
 * the chosen one.
 */
export function costLatencyFrontier(rows: readonly FrontierRow[]): Spec {
  const told = rows.filter(({ p99_slowdown: p99, dollars_per_million: d }) => p99 !== null && Number.isFinite(d));
  const top = topOf(told);
  const beaten = (of: FrontierRow) =>
    told.some(
      (by) =>
        by.dollars_per_million <= of.dollars_per_million &&
        by.p99_slowdown! <= of.p99_slowdown! &&
        (by.dollars_per_million < of.dollars_per_million || by.p99_slowdown! < of.p99_slowdown!),
    );
  const values = told.map((row) => {
    const kind = row.chosen ? "chosen" : beaten(row) ? "beaten by another" : "not beaten";
    const { p99_slowdown, sign } = drawnAt(row, top);
    const label = kind === "beaten by another" ? "" : `${sign === "" ? "" : `${sign} `}${row.label}`;
    return { dollars: rounded(row.dollars_per_million), p99_slowdown, kind, label, best: !beaten(row) };
  });
  const dollars = values.map((value) => value.dollars);
  const [low, high] = [Math.min(...dollars), Math.max(...dollars)];
  const log = low > 0 && high / low > 10;
  const x = plain({
    field: "dollars",
    type: "quantitative",
    title: "dollars for a million invocations",
    scale: { type: log ? "log" : "linear", zero: false, padding: 30 },
    axis: log ? { values: logTicks(low / 2, high * 2), format: "$,~r" } : { format: "$,~r", tickCount: 6 },
  });
  const y = plain({ field: "p99_slowdown", type: "quantitative", title: "p99 slowdown", ...slowdownScale(top) });
  const kinds = ["chosen", "not beaten", "beaten by another"].filter((kind) => values.some((of) => of.kind === kind));
  const styled = (styles: Readonly<Record<string, string>>) => ({
    field: "kind" as const,
    type: "nominal" as const,
    title: null,
    legend: { orient: "top" as const },
    scale: { domain: kinds, range: kinds.map((kind) => styles[kind]!) },
  });
  const color = styled({ chosen: PALETTE[5], "not beaten": PALETTE[0], "beaten by another": "#999999" });
  const shape = styled({ chosen: "diamond", "not beaten": "circle", "beaten by another": "cross" });
  return {
    $schema: SCHEMA,
    description: "Cost against the p99 slowdown, and the choices that no other beats in both.",
    title: {
      text: "What a shorter tail costs",
      subtitle: "left and low is better; the line joins what nothing beats in both",
    },
    config: THEME,
    width: 460,
    height: 280,
    data: { values },
    layer: [
      {
        transform: [{ filter: "datum.best" }],
        mark: { type: "line", color: GREY, strokeDash: [4, 3], interpolate: "step-after" },
        encoding: { x, y, order: { field: "dollars", type: "quantitative" } },
      },
      { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { x, y, color, shape } },
      {
        transform: [{ filter: "datum.label !== ''" }],
        mark: { type: "text", align: "left", dx: 7, dy: -7, fontSize: 10, limit: 200 },
        encoding: { x, y, text: { field: "label" } },
      },
    ],
  };
}
