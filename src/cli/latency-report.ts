import type { Statistics } from "../analysis/group-tally.js";
import { COLUMN_OF } from "../analysis/grouping.js";
import type { LatencyGroup, LatencyTable } from "../analysis/latency-groups.js";
import type { Quantity } from "../analysis/question.js";
import type { RunFolder } from "../analysis/run-folder.js";
import type { StarvationRow } from "../analysis/starvation.js";
import type { WarmUp } from "../analysis/warm-up.js";
import { compactCount, compactRatio, compactShare, compactTime } from "./compact.js";
import { shortLabel } from "./labels.js";
import { plainTime, plural, whole } from "./plain.js";
import { textTable, WIDTH, wrapped } from "./text-table.js";

const STATISTICS = ["mean", "p50", "p90", "p99", "p999", "max"] as const;

/** Who waits under each scheduler, on the terminal; 80 columns. `top` is how many groups of each, the worst; null: all. */
export function latencyReport(
  run: RunFolder,
  table: LatencyTable,
  starved: readonly StarvationRow[],
  top: number | null,
): string {
  const lines = report(run, table, starved, top, ">=");
  const fits = lines.every((line) => line.length <= WIDTH);
  return (fits ? lines : report(run, table, starved, top, "≥")).join("\n");
}

/** A scheduler's groups, the largest p99 first; where there is none, by p90, p50 and the largest value. */
export function worstFirst(groups: readonly LatencyGroup[], scheduler: string): LatencyGroup[] {
  const order = ["p99", "p90", "p50", "max", "count"] as const;
  const value = (group: LatencyGroup, name: (typeof order)[number]) => group[name] ?? -1;
  const later = (a: LatencyGroup, b: LatencyGroup) => {
    const name = order.find((one) => value(a, one) !== value(b, one));
    return name === undefined ? 0 : value(b, name) > value(a, name) ? 1 : -1;
  };
  return groups.filter((group) => group.scheduler === scheduler).sort(later);
}

function report(
  run: RunFolder,
  table: LatencyTable,
  starved: readonly StarvationRow[],
  top: number | null,
  bound: string,
): string[] {
  const ends = ENDS.filter(({ name }) => table.all.some((of) => of[name] > 0));
  const head = [
    ...headOf(table),
    "count",
    "mean",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "max",
    ...ends.map(({ head: h }) => h),
  ];
  const shown = table.all.map((all) => {
    const own = table.groups.filter(({ scheduler }) => scheduler === all.scheduler);
    return { all, own, chosen: chosen(table, own, all.scheduler, top) };
  });
  const tables = shown.map(({ all, chosen: groups }) => [
    head,
    ...[...groups, all].map((of) => row(run, table, of, bound, ends)),
  ]);
  const drawn = aligned(tables, headOf(table).length, leftColumns(table));
  const lines = [...wrapped(title(run, table), 2), ...warmUpLines(table.warmup), ""];
  for (const [i, { all, own, chosen: groups }] of shown.entries()) {
    const left = own.length - groups.length;
    const more = left > 0 ? ` (the ${whole(groups.length)} of ${plural(own.length, "group")} with the worst p99)` : "";
    lines.push(`${all.scheduler}${more}`, ...drawn[i]!, "");
  }
  if (starved.length > 0) lines.push(...starvationLines(starved), "");
  return [
    ...lines,
    ...legend(
      table,
      shown.flatMap(({ all, chosen: groups }) => [...groups, all]),
      bound,
    ),
    "",
  ];
}

/** Ends that are shown where there are any. */
const ENDS = [
  { name: "killed", head: "killed" },
  { name: "rejected", head: "rejct'd" },
  { name: "unfinished", head: "open" },
] as const;

function title(run: RunFolder, { of, by, all }: LatencyTable): string {
  const count = plural(all[0]?.count ?? 0, "invocation");
  return `${run.name}: ${of} of ${count} by ${by.join(" and ")}`;
}

/** What is left out at the start, and how that was found. */
export function warmUpLines({ rule, cut_s, found }: WarmUp): string[] {
  const failed = found.filter((one) => one.cut_s === null);
  const told = found.map((one) => `${one.scheduler} ${one.cut_s === null ? "fails" : plainTime(one.cut_s)}`).join(", ");
  const cut = `arrivals of the first ${plainTime(cut_s)}, the warm-up, are left out`;
  const by = rule === "mser-5" ? `mser-5: ${told}` : "";
  const kept = cut_s > 0 ? `${cut}${by && ` (${by})`}` : by && `nothing is left out as warm-up (${by})`;
  const why = [...new Set(failed.map((one) => one.why))].map((reason) => `mser-5 fails where ${reason}`);
  return [kept, ...why].filter((line) => line !== "").flatMap((line) => wrapped(`  ${line}`, 2));
}

function headOf({ by }: LatencyTable): string[] {
  return by.flatMap((name) => (name === "class" ? ["class", "price"] : [name]));
}

/** Labels stand left, numbers right. */
function leftColumns({ by }: LatencyTable): number {
  const number = by.indexOf("class");
  return number < 0 ? by.length : number;
}

function chosen(
  { by }: LatencyTable,
  own: readonly LatencyGroup[],
  scheduler: string,
  top: number | null,
): readonly LatencyGroup[] {
  const worst = worstFirst(own, scheduler).slice(0, top ?? own.length);
  const ordered = by.includes("window") || (by.length === 1 && by[0] === "class");
  if (!ordered) return worst;
  const kept = own.filter((group) => worst.includes(group));
  return by.includes("window") ? kept : kept.reverse();
}

function row(
  run: RunFolder,
  { by, of }: LatencyTable,
  group: LatencyGroup,
  bound: string,
  ends: readonly (typeof ENDS)[number][],
): string[] {
  const names = by.flatMap((name, i): string[] => {
    const value = group.group[i];
    if (value === undefined) return [i === 0 ? "all" : "", ...(name === "class" ? [""] : [])];
    if (name === "class") return [String(value), String(run.prices[value as number])];
    if (name === "window") return [clock(value as number)];
    return [shortLabel(value as string | null, by.length > 1 || name !== "trigger" ? 16 : 24)];
  });
  const left = ends.map(({ name }) => compactCount(group[name]));
  return [...names, compactCount(group.count), ...STATISTICS.map((name) => cell(of, group, name, bound)), ...left];
}

/** A statistic, or - where there are too few observations. */
function cell(of: Quantity, statistics: Statistics, name: (typeof STATISTICS)[number], bound: string): string {
  const value = statistics[name];
  if (value === null) return "-";
  const sign = statistics.lower_bounds.split(" ").includes(name) ? bound : "";
  return `${sign}${quantityText(of, value)}`;
}

/** A slowdown or a latency in at most 5 characters. */
export function quantityText(of: Quantity, value: number): string {
  return of === "latency" ? compactTime(value) : compactRatio(value);
}

/** A time since the trace's start as 1:02:03, with what is left of a second. */
function clock(seconds: number): string {
  const rest = Math.round((seconds % 60) * 1000) / 1000;
  const minutes = Math.floor(seconds / 60);
  const text = `${rest < 10 ? "0" : ""}${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${text}`;
}

/** The tables, their columns as wide as in the widest, as far apart as there is room. */
function aligned(tables: readonly (readonly (readonly string[])[])[], groups: number, left: number): string[][] {
  const rows = tables.flat();
  const layouts = [2, 1, 0].map((more) => ({
    indent: 2,
    left,
    gap: (c: number) => 1 + (c === groups ? more : Math.min(more, 1)),
  }));
  const drawn = layouts.map((layout) => textTable(rows, layout));
  const lines =
    drawn.find((all) => all.every((line) => line.length <= WIDTH)) ?? textTable(rows, { indent: 0, left, gap: 1 });
  let from = 0;
  return tables.map((table) => {
    from += table.length;
    return lines.slice(from - table.length, from);
  });
}

/** Who of each class waited longest, and how many never finished. */
function starvationLines(starved: readonly StarvationRow[]): string[] {
  const named = starved.some((of) => of.function !== null);
  const rows = [...starved].reverse().sort((a, b) => order(starved, a) - order(starved, b));
  const cells = rows.map((of, i) => [
    rows[i - 1]?.scheduler === of.scheduler ? "" : of.scheduler,
    String(of.price_class),
    `${of.lower_bound ? ">=" : ""}${compactTime(of.longest_wait_s)}`,
    of.longest_wait_s > 0 ? whole(of.invocation) : "",
    ...(named ? [of.longest_wait_s > 0 ? shortLabel(of.function) : ""] : []),
    of.longest_wait_s > 0 ? of.outcome : "",
    compactShare(of.never_finished_share),
    compactCount(of.never_started),
  ]);
  const head = ["", "class", "wait", "invocation", ...(named ? ["function"] : []), "outcome", "no end", "no start"];
  const drawn = [2, 1].map((gap) => textTable([head, ...cells], { gap }));
  const lines = drawn.find((all) => all.every((line) => line.length <= WIDTH)) ?? drawn.at(-1)!;
  return ["the longest wait of each class, and how many never ended well or had a core", ...lines];
}

function order(starved: readonly StarvationRow[], { scheduler }: StarvationRow): number {
  return starved.findIndex((of) => of.scheduler === scheduler);
}

function legend(table: LatencyTable, shown: readonly LatencyGroup[], bound: string): string[] {
  const signs = [table.of === "slowdown" ? "slowdown: latency / runtime, 1 never waits" : "latency: end - arrival"];
  if (table.ended_only) signs.push("of the finished alone");
  if (shown.some((of) => of.lower_bounds !== "")) signs.push(`${bound} some have not ended: at least this`);
  if (shown.some((of) => STATISTICS.some((name) => of[name] === null))) signs.push("- too few to tell");
  if (shown.some((of) => STATISTICS.some((name) => of[name] === Number.POSITIVE_INFINITY))) {
    signs.push("∞ killed or rejected");
  }
  const unknown = table.by.filter((_, i) => shown.some(({ group }) => group[i] === null));
  if (unknown.length > 0) signs.push(`${unknown.map((name) => COLUMN_OF[name]).join(", ")} -: the trace does not say`);
  const unbroken = signs.map((sign) => sign.replaceAll(" ", "\u00a0"));
  return wrapped(unbroken.join("; ")).map((line) => line.replaceAll("\u00a0", " "));
}
