import type {
  ClassSummary,
  Estimate,
  Quantiles,
  RunSummary,
  SchedulerSummary,
  Utilisation,
} from "../analysis/summary.js";
import { compactCount, compactMemory, compactRatio, compactShare, compactTime } from "./compact.js";
import { shortLabel } from "./labels.js";
import { finely } from "./money.js";
import { plainLoad, plainTime, plural, whole } from "./plain.js";
import { textTable, WIDTH, wrapped } from "./text-table.js";

const HEAD = [
  ...["class", "price", "count", "p50", "p99", "p99.9", "p50", "p99", "p99.9"],
  ...["missed", "empted", "finished"],
] as const;
/** What stands over columns of HEAD: from one to another. */
const OVER = [
  [3, 5, "latency"],
  [6, 8, "slowdown"],
  [10, 10, "pre-"],
  [11, 11, "un-"],
] as const;
/** Columns that begin a group, set off by one more space where there is room. */
const GROUPS = [3, 6, 9];

/** What summary says on the terminal: the run, then who waited under each scheduler, the top class first; 80 columns. */
export function summaryReport(summary: RunSummary): string {
  const lines = report(summary, ">=");
  const fits = lines.every((line) => line.length <= WIDTH);
  return (fits ? lines : report(summary, "≥")).join("\n");
}

/** `bound` goes before lower bounds. */
function report(summary: RunSummary, bound: string): string[] {
  const tables = summary.schedulers.map(({ classes, all }) => {
    const arrived = classes.filter(({ count }) => count > 0).reverse();
    return [HEAD, ...[...arrived, all].map((of) => row(of, bound))];
  });
  const lines = [...head(summary), ""];
  const drawn = aligned(tables);
  for (const [i, of] of summary.schedulers.entries())
    lines.push(...heading(of), ...memory(of), ...options(of, summary.warmup_s), over(drawn[i]![0]!), ...drawn[i]!, "");
  return [...lines, ...legend(summary.schedulers, bound), ...sketched(summary.record), ""];
}

function sketched(record: string): string[] {
  if (record === "all") return [];
  return wrapped(
    `quantiles are from sketches (--record ${record}): within 0.4% of the exact ones, a slowdown of 1 exact`,
  );
}

function head(of: RunSummary): string[] {
  const { from_s, to_s, warmup_s, offered_load } = of;
  const invocations = plural(of.invocations, "invocation");
  const span = `${plainTime(to_s - from_s)}${from_s > 0 ? ` (from ${plainTime(from_s)} to ${plainTime(to_s)})` : ""}`;
  const load = `${plainLoad(offered_load.expected)} expected, ${plainLoad(offered_load.realised)} realised`;
  const warmup = warmup_s > 0 ? [`arrivals of the first ${plainTime(warmup_s)}, the warm-up, are left out`] : [];
  return [
    ...wrapped(`${of.run}: ${invocations} of ${of.trace} over ${span}`, 2),
    ...wrapped(`  ${plural(of.machines, "machine")} x ${plural(of.cores, "core")}, offered load ${load}`, 2),
    ...wrapped(`  prices ${of.prices.join(" ")}, seed ${of.seed}`, 2),
    ...warmup.map((line) => `  ${line}`),
  ];
}

function heading({ scheduler, utilisation, all }: SchedulerSummary): string[] {
  const ends = [plural(all.preemptions, "preemption")];
  if (all.killed > 0) ends.push(`${whole(all.killed)} killed`);
  if (all.rejected > 0) ends.push(`${whole(all.rejected)} rejected`);
  ends.push(`${whole(all.unfinished)} unfinished`);
  const first = `${scheduler}: ${utilised(utilisation)},`;
  const line = `${first} ${ends.join(", ")}`;
  return line.length <= WIDTH ? [line] : [first, ...wrapped(`  ${ends.join(", ")}`, 2)];
}

/** Moves to swap per invocation above which machines do little else. */
const THRASHING = 0.5;

/** What memory did, in a line or two; nothing where it was not managed. */
function memory({ memory, all }: SchedulerSummary): string[] {
  if (memory === null) return [];
  const { ram_mib, resident_mib, swapped_max_mib, swapped_out_max_mib } = memory;
  const used = `RAM in use: median ${percent(resident_mib.median / ram_mib)}, at most ${percent(resident_mib.max / ram_mib)}`;
  if (all.swap_outs === 0) return [`  ${used}; nothing was moved to swap`];
  const outs = all.swap_outs / all.count;
  const thrash = outs > THRASHING ? " - thrashing: RAM is too small for this load" : "";
  const back = all.swap_ins / Math.max(1, all.finished);
  const moves = `${whole(all.swap_outs)} swap-outs (${few(outs)} an invocation), ${whole(all.swap_ins)} swap-ins (${few(back)} for each finished)${thrash}`;
  const swap = `swap of a machine: at most ${compactMemory(swapped_max_mib)} at once, up to ${compactMemory(swapped_out_max_mib)} written in all`;
  return wrapped(`  ${[used, swap, moves].join("; ")}`, 2);
}

/** What budgets and call chains did in the whole run, a line or two each; nothing where they were off. */
function options({ budgets, call_chains }: SchedulerSummary, warmup: number): string[] {
  const wholeRun = warmup > 0 ? ", the warm-up included" : "";
  const lines: string[] = [];
  if (budgets !== null) {
    const { owners_over_it, owners_with_a_budget, most_over } = budgets;
    const acted = [
      ...(budgets.demoted > 0 ? [`${whole(budgets.demoted)} arrivals demoted to class 0`] : []),
      ...(budgets.delayed > 0 ? [`${whole(budgets.delayed)} arrivals delayed`] : []),
      ...(budgets.rejected > 0 ? [`${whole(budgets.rejected)} arrivals rejected`] : []),
    ];
    const most = most_over === null ? "" : `, ${shortLabel(most_over.owner)} by the most, ${finely(most_over.overrun)}`;
    const owners = `${whole(owners_over_it)} of ${plural(owners_with_a_budget, "owner")} went over${most}`;
    lines.push(`budgets: ${[owners, ...acted].join("; ")}${wholeRun}`);
  }
  if (call_chains !== null) {
    const { never_called, late, raised } = call_chains;
    const said = [
      ...(never_called > 0 ? [`${whole(never_called)} rejected, as their parent never ran`] : []),
      ...(late > 0 ? [`${whole(late)} came late with their parent`] : []),
      ...(raised > 0 ? [`${whole(raised)} raised to their parent's class`] : []),
    ];
    lines.push(`calls: ${said.length > 0 ? said.join("; ") : "all as recorded"}${wholeRun}`);
  }
  return lines.flatMap((line) => wrapped(`  ${line}`, 2));
}

function few(ratio: number): string {
  return ratio > 0 && ratio < 0.005 ? "<0.01" : compactRatio(ratio);
}

function percent(share: number): string {
  return Number.isNaN(share) ? "-" : `${(100 * share).toFixed(1)}%`;
}

function utilised(utilisation: Utilisation | null): string {
  if (utilisation === null) return "utilisation -";
  const { mean, spread } = utilisation;
  if (spread === null) return `utilisation ${percent(mean)} of one pool`;
  const { min, median, max, deviation } = spread;
  const shares = [min, max, median, deviation].map((share) => (100 * share).toFixed(1));
  const range = `machines ${shares[0]} to ${shares[1]}, median ${shares[2]}, sd ${shares[3]}`;
  return `utilisation ${percent(mean)} (${range})`;
}

function row(of: ClassSummary, bound: string): string[] {
  return [
    of.price_class === null ? "all" : String(of.price_class),
    of.price === null ? "" : String(of.price),
    compactCount(of.count),
    ...cells(of.latency_s, bound, compactTime),
    ...cells(of.slowdown, bound, compactRatio),
    of.missed_share === null ? "-" : compactShare(of.missed_share),
    compactCount(of.preemptions),
    compactCount(of.unfinished),
  ];
}

function cells({ p50, p99, p999 }: Quantiles, bound: string, shown: (value: number) => string): string[] {
  return [p50, p99, p999].map(({ value, lower_bound }: Estimate) =>
    value === null ? "-" : `${lower_bound ? bound : ""}${shown(value)}`,
  );
}

/** The tables, their columns as wide as in the widest so that schedulers stand below each other. */
function aligned(tables: readonly (readonly (readonly string[])[])[]): string[][] {
  const rows = tables.flat();
  const layouts = [2, 1, 0].map((more) => ({ gap: (column: number) => 1 + (GROUPS.includes(column) ? more : 0) }));
  const drawn = layouts.map(({ gap }) => textTable(rows, { left: 0, indent: 0, gap }));
  const lines = drawn.find((all) => all.every((line) => line.length <= WIDTH)) ?? drawn.at(-1)!;
  let from = 0;
  return tables.map((table) => {
    from += table.length;
    return lines.slice(from - table.length, from);
  });
}

/** The line over a drawn HEAD: a ruled title over several columns, the first half of a word over one. */
function over(head: string): string {
  const words = [...head.matchAll(/\S+/g)];
  let line = "";
  for (const [first, last, text] of OVER) {
    const end = words[last]!.index + words[last]![0].length;
    const from = first === last ? end - text.length : words[first]!.index;
    const rule = Math.max(0, end - from - text.length - 2);
    const title = "─".repeat(rule >> 1);
    line = line.padEnd(from) + (first === last ? text : `${title} ${text} ${title}${"─".repeat(rule & 1)}`);
  }
  return line;
}

/** What the tables leave out, and what the signs in them mean, of those that are there. */
function legend(schedulers: readonly SchedulerSummary[], bound: string): string[] {
  const shown = schedulers.flatMap(({ all, classes }) => [all, ...classes.filter(({ count }) => count > 0)]);
  const estimates = shown.flatMap(({ latency_s: l, slowdown: s }) => [l.p50, l.p99, l.p999, s.p50, s.p99, s.p999]);
  const signs = ["slowdown: latency / runtime, 1 never waits", "missed: deadlines"];
  if (estimates.some(({ lower_bound }) => lower_bound)) signs.push(`${bound} some have not ended: at least this`);
  if (estimates.some(({ value }) => value === null)) signs.push("- too few to tell");
  if (estimates.some(({ value }) => value === Number.POSITIVE_INFINITY)) signs.push("∞ killed or rejected");
  const empty = (schedulers[0]?.classes ?? []).filter((_, i) => schedulers.every(({ classes }) => !classes[i]!.count));
  if (empty.length > 0) signs.push(`no arrivals of class ${empty.map((of) => of.price_class).join(", ")}`);
  const unbroken = signs.map((sign) => sign.replaceAll(" ", "\u00a0"));
  return wrapped(unbroken.join("; ")).map((line) => line.replaceAll("\u00a0", " "));
}
