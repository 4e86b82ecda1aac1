import type { OverviewPoint } from "../analysis/workload-overview.js";
import { distinct, logTicks, rounded, SECONDS_LABELS, secondTicks, timeUnit } from "./parts.js";
import { PALETTE, SCHEMA, type Spec, THEME } from "./theme.js";

/** The panels there can be, in the order in which they stand; the first is as wide as the others together. */
const SHARE = { title: "share of invocations", format: "%" } as const;
const PANELS = {
  arrivals: { title: "arrivals", x: "time", y: { title: "a second", format: "~s" } },
  runtime: { title: "runtime", x: "at most", y: SHARE },
  memory: { title: "memory at the end", x: "at most (MiB)", y: SHARE },
  functions: { title: "functions", x: "busiest functions", y: SHARE },
} as const;
const WIDTH = 540;
const GAP = 70;

/** What a workload is like: how many arrive when, and the distributions of what they bring. */
export function traceOverview(rows: readonly OverviewPoint[]): Spec {
  const names = (Object.keys(PANELS) as (keyof typeof PANELS)[]).filter((name) =>
    rows.some((row) => row.panel === name),
  );
  const below = names.filter((name) => name !== "arrivals");
  const width = Math.round((WIDTH - GAP * (below.length - 1)) / Math.max(1, below.length));
  const panels = names.map((name) =>
    panel(
      name,
      rows.filter((row) => row.panel === name),
      name === "arrivals" ? WIDTH : width,
    ),
  );
  const first = names.includes("arrivals") ? panels.slice(0, 1) : [];
  const rest = panels.slice(first.length);
  return {
    $schema: SCHEMA,
    description: "Arrivals over time, and the distributions of runtimes, memory and popularity.",
    title: {
      text: "The workload",
      subtitle: "arrivals over time; what share of invocations is at most so long or large; the functions they go to",
    },
    config: THEME,
    vconcat: [...first, ...(rest.length > 0 ? [{ hconcat: rest }] : [])],
  };
}

function panel(name: keyof typeof PANELS, rows: readonly OverviewPoint[], width: number) {
  const { title, x, y } = PANELS[name];
  const overTime = name === "arrivals";
  const xs = rows.map((row) => row.x);
  const [low, top] = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))];
  const [unit, seconds] = overTime ? timeUnit(top - low) : ["", 1];
  const log = !overTime && low > 0;
  const series = distinct(rows.flatMap((row) => row.series ?? []));
  return {
    title: { text: title, fontSize: 11, anchor: "start" as const, offset: 4 },
    width,
    height: overTime ? 110 : 130,
    data: { values: rows.map((row) => ({ ...row, x: rounded(row.x / seconds, 6), y: rounded(row.y) })) },
    mark: {
      type: overTime ? ("area" as const) : ("line" as const),
      interpolate: name === "functions" ? ("linear" as const) : ("step-after" as const),
      ...(overTime ? { opacity: 0.85 } : {}),
      color: PALETTE[0],
    },
    encoding: {
      x: {
        ...{ field: "x", type: "quantitative" as const, title: overTime ? `${x} (${unit})` : x },
        scale: {
          type: log ? ("log" as const) : ("linear" as const),
          nice: false,
          ...(log ? { domain: [low, top] } : { zero: !overTime }),
        },
        axis:
          name === "runtime"
            ? { values: secondTicks(low, top), labelExpr: SECONDS_LABELS }
            : log
              ? { values: logTicks(low, top, 6), format: "~s" }
              : { tickCount: 8, format: "~s" },
      },
      y: { field: "y", type: "quantitative" as const, title: y.title, axis: { format: y.format, tickCount: 4 } },
      ...(series.length > 1 ? { color: { field: "series", type: "nominal" as const, title: null, sort: series } } : {}),
    },
  };
}
