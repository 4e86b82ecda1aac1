import { Invalid } from "../invalid.js";
import { costByClass } from "./cost-by-class.js";
import { costByOwner } from "./cost-by-owner.js";
import { costLatencyFrontier } from "./cost-latency-frontier.js";
import { latencyCcdf } from "./latency-ccdf.js";
import { memoryHeatMap } from "./memory-heat-map.js";
import { occupancyAndTraffic } from "./occupancy-and-traffic.js";
import { p99ByLoad } from "./p99-by-load.js";
import { p99Slowdown } from "./p99-slowdown.js";
import { swapRates } from "./swap-rates.js";
import { tailOverTime } from "./tail-over-time.js";
import type { Spec } from "./theme.js";
import { traceOverview } from "./trace-overview.js";
import { utilisationByLoad } from "./utilisation-by-load.js";

/** What a chart is made from: one object per row. */
export type ChartRow = Readonly<Record<string, unknown>>;

/** A chart of the list. */
export interface Chart {
  /** What it shows, one line. */
  readonly about: string;
  /** Columns that its rows must have. */
  readonly needs: readonly string[];
  /** Rows to specification; the rows stay as they are. */
  readonly spec: (rows: readonly ChartRow[]) => Spec;
}

/** `needs` are checked by name when rows come; their types are the drawing function's. */
function drawing<Row>(
  about: string,
  needs: readonly (keyof Row & string)[],
  spec: (rows: readonly Row[]) => Spec,
): Chart {
  return { about, needs, spec: spec as unknown as Chart["spec"] };
}

/** Every chart there is. To add one: a file, a line here, a test. */
export const CHARTS: Readonly<Record<string, Chart>> = {
  "p99-slowdown": drawing(
    "p99 slowdown by price class and scheduler",
    ["scheduler", "price_class", "p99_slowdown"],
    p99Slowdown,
  ),
  "latency-ccdf": drawing(
    "share that waits longer, by class and scheduler",
    ["scheduler", "price_class", "value", "share_above"],
    latencyCcdf,
  ),
  "tail-over-time": drawing(
    "p99 slowdown over time, with the load step",
    ["scheduler", "price_class", "window_start_s", "p99_slowdown"],
    tailOverTime,
  ),
  "p99-by-load": drawing(
    "p99 slowdown by load and class",
    ["scheduler", "load", "price_class", "p99_slowdown"],
    p99ByLoad,
  ),
  "utilisation-by-load": drawing(
    "utilisation and its spread over machines by load",
    ["scheduler", "load", "mean", "min", "median", "max"],
    utilisationByLoad,
  ),
  "memory-heat-map": drawing(
    "memory and swap per machine over time",
    ["scheduler", "machine", "time_s", "resident_share", "swapped_mib"],
    memoryHeatMap,
  ),
  "swap-rates": drawing(
    "overflow and kill rate by size of swap, with its price",
    ["scheduler", "size_mib", "overflows_per_machine_day"],
    swapRates,
  ),
  "occupancy-and-traffic": drawing(
    "what swap holds at once, and what is written to it",
    ["scheduler", "machine", "peak_mib", "p99_mib", "written_mib"],
    occupancyAndTraffic,
  ),
  "cost-by-class": drawing(
    "dollars by bill and price class",
    ["scheduler", "group", "price_class", "dollars"],
    costByClass,
  ),
  "cost-by-owner": drawing(
    "dollars by owner and price class",
    ["scheduler", "group", "price_class", "dollars"],
    costByOwner,
  ),
  "cost-latency-frontier": drawing(
    "cost against p99 slowdown, and what nothing beats",
    ["label", "dollars_per_million", "p99_slowdown"],
    costLatencyFrontier,
  ),
  "trace-overview": drawing("arrivals over time, runtimes, memory, popularity", ["panel", "x", "y"], traceOverview),
};

/** Length of a specification's JSON above which browsers and notebooks have trouble with it. */
const MOST_BYTES = 1e6;

/**
 * Draws rows as the named chart.
 * Throws Invalid for a name that is not in the list, for no rows, for rows that lack a column which the chart needs, and
 * for so many that its JSON were above 1 MB.
 */
export function chart(name: string, rows: Iterable<object>): Spec {
  const known = Object.keys(CHARTS).join(", ");
  const found = Object.hasOwn(CHARTS, name) ? CHARTS[name] : undefined;
  if (!found) throw new Invalid("chart", name, "chart", `one of ${known}`);
  const all = [...rows] as ChartRow[];
  const first = all[0];
  if (!first) throw new Invalid("rows", "none", `chart ${name}`, "at least one row");
  const lacking = found.needs.filter((column) => !(column in first));
  if (lacking.length > 0) {
    const columns = Object.keys(first).join(", ");
    throw new Invalid("rows", `no ${lacking.join(", ")}`, `chart ${name}, rows of ${columns}`, found.needs.join(", "));
  }
  const spec = found.spec(all);
  const bytes = JSON.stringify(spec).length;
  if (bytes <= MOST_BYTES) return spec;
  const where = `chart ${name}, which would be ${(bytes / 1e6).toFixed(1)} MB`;
  throw new Invalid("rows", all.length, where, "fewer, such as quantiles or bins: at most 1 MB");
}
