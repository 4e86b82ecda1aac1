import { oneLine } from "../invalid.js";
import { type Inspection, PAPER_SHARES, type WorkloadReport } from "../workload/index.js";
import { compactCount, compactRatio, compactShare } from "./compact.js";
import { plural } from "./plain.js";
import { wrapped } from "./text-table.js";

/** A cluster to say how large the trace is: cores of a machine and the load it should bear. */
const CORES = 8;
const LOAD = 0.9;
const INDENT = 12;

/** By source of percentiles: how many functions (one a day) and invocations. */
type From = Readonly<Record<string, { readonly function_days: number; readonly invocations: number }>>;

/** What a replay with the default options assumes of a trace, a line or two for each question. */
export function assumedLines(inspection: Inspection): string[] {
  const { assumed, trace } = inspection;
  if ("refused" in assumed)
    return ["a replay, without options, refuses it", ...wrapped(`  ${oneLine(String(assumed.refused))}`, 2)];
  const report = assumed as WorkloadReport;
  const lines = trace.kind === "counts" ? ofCounts(inspection, report) : ofLog(inspection, report);
  return told("a replay assumes, without options", [
    ["class", classes(inspection, report)],
    ...lines,
    ...size(inspection),
  ]);
}

function told(title: string, lines: readonly (readonly [string, string])[]): string[] {
  return [title, ...lines.flatMap(([name, text]) => wrapped(`  ${name.padEnd(INDENT - 2)}${text}`, INDENT))];
}

function classes({ classes: n, trace }: Inspection, report: WorkloadReport): string {
  const unknown = Number(report["functions_of_unknown_trigger"]);
  if (report.classes.startsWith("trigger")) {
    const rule = `by trigger: http ${n - 1}, queue, event and orchestration ${Math.floor((n - 1) / 2)}, others 0`;
    return unknown > 0 ? `${rule}, as ${plural(unknown, "function")} of unknown trigger` : rule;
  }
  const filled = report["filled"] as { price_class: number } | undefined;
  if (filled?.price_class === 0) return "as the trace has them";
  const shares = PAPER_SHARES.map((share) => `${Math.round(100 * share)}%`).join(" ");
  const whose = filled !== undefined && filled.price_class < trace.invocations ? " where it is not told" : "";
  return `drawn for each invocation${whose}, the papers' shares: ${shares} in classes 0 to ${n - 1}`;
}

function ofCounts({ trace }: Inspection, report: WorkloadReport): [string, string][] {
  const { from: durations } = report["durations"] as { from: From };
  const { from: memory } = report["memory"] as { from: From };
  const timers = trace.lacks.includes("trigger") ? "" : "; timers at its start";
  return [
    ["arrival", `anywhere in its minute${timers}`],
    ["runtime", `wall-clock time taken for CPU time, drawn from percentiles ${sources(durations, "function")}`],
    ["memory", `from percentile 1 up to a draw from percentiles ${sources(memory, "app")}`],
  ];
}

function ofLog({ trace }: Inspection, report: WorkloadReport): [string, string][] {
  const { memory_initial_mib, memory_peak_mib } = report["filled"] as Record<string, number>;
  const lacking = Math.max(Number(memory_initial_mib), Number(memory_peak_mib));
  const recorded = [
    ...(memory_peak_mib === 0 ? ["peak as recorded, start "] : []),
    ...(memory_initial_mib === 0 ? ["start as recorded, peak "] : []),
  ];
  const memory =
    lacking === 0
      ? "as recorded"
      : `${recorded.join("")}drawn by app from Azure's published population: ${part(lacking, trace.invocations)} of the invocations`;
  return [
    ["arrival", "as recorded"],
    ["runtime", "as recorded, wall-clock time taken for CPU time"],
    ["memory", memory],
  ];
}

/** Whose percentiles they are, with shares of invocations where there are several sources. */
function sources(from: From, owner: "function" | "app"): string {
  const names = {
    own: `of the ${owner}`,
    nearest_day: "of its nearest day",
    donor: `of another ${owner}`,
    published: "of Azure's published population",
  };
  const all = Object.values(from).reduce((sum, { invocations }) => sum + invocations, 0);
  const used = Object.entries(names).filter(([name]) => (from[name]?.function_days ?? 0) > 0);
  if (used.length === 1) return used[0]![1];
  return used.map(([name, whose]) => `${whose} (${part(from[name]!.invocations, all)})`).join(", ");
}

function part(count: number, all: number): string {
  return compactShare(count / Math.max(1, all));
}

/** How many machines it fills. */
function size({ expected_cpu_s, trace }: Inspection): [string, string][] {
  if (expected_cpu_s === null || !(trace.duration_s > 0)) return [];
  const cores = expected_cpu_s / trace.duration_s;
  const machines = Math.max(1, Math.ceil(cores / (LOAD * CORES)));
  const fits = `${compactCount(machines)} machine${machines === 1 ? "" : "s"} of ${CORES} at load ${LOAD}`;
  return [["CPU", `${compactRatio(cores)} cores on average with all this: ${fits}`]];
}
