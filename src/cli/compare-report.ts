import type { CompareAnswer, Comparison, Difference } from "../analysis/comparison.js";
import type { Quantity } from "../analysis/question.js";
import { compactCount, compactRatio, compactShare, compactTime } from "./compact.js";
import { quantityText } from "./latency-report.js";
import { plainTime, plural } from "./plain.js";
import { textTable, wrapped } from "./text-table.js";

const NAMES = { mean: "mean", p50: "p50", p99: "p99", p999: "p99.9" } as const;
/** The longest label that heads a column. */
const LABEL = 14;

/** Each pair's differences of one quantity, and who is better off, on the terminal, the top class first; 80 columns. */
export function compareReport(answer: CompareAnswer, of: Quantity): string {
  const parts = answer.comparisons.map((comparison) => [...pairLines(comparison, of), ""]);
  const left = answer.left_out.length;
  const alone = `${answer.left_out.join(", ")}: no other run has ${left === 1 ? "its workload" : "their workloads"}, left out`;
  return [...parts.flat(), ...(left > 0 ? [...wrapped(alone, 2), ""] : []), ...legend(answer, of), ""].join("\n");
}

function pairLines(comparison: Comparison, of: Quantity): string[] {
  const { baseline, other, differences, shares, prices } = comparison;
  const ordered = [...shares.filter((own) => own.price_class !== null)].reverse();
  const classes = [...ordered, ...shares.filter((own) => own.price_class === null)];
  const head = ["class", "price", "count", "", ...heads(baseline, other), "difference", "95 % interval"];
  const rows = classes.flatMap(({ price_class, count }) => {
    const own = differences.filter((one) => one.price_class === price_class && one.of === of);
    const told = own.filter(({ baseline_value, other_value, difference }) =>
      [baseline_value, other_value, difference].some((v) => v !== null),
    );
    const name = [
      price_class === null ? "all" : String(price_class),
      price_class === null ? "" : String(prices[price_class]),
    ];
    return told.map((one, i) => [...(i === 0 ? [...name, compactCount(count)] : ["", "", ""]), ...cells(one, of)]);
  });
  const shareHead = ["class", "count", "faster", "slower", "the same", "not known"];
  const known = classes.every(({ unknown }) => unknown === 0);
  const shareRows = classes.map((own) => [
    own.price_class === null ? "all" : String(own.price_class),
    compactCount(own.count),
    ...[own.better, own.worse, own.equal, ...(known ? [] : [own.unknown])].map(compactShare),
  ]);
  return [
    ...wrapped(`${other} against ${baseline}: ${of}, ${evidence(comparison)}`, 2),
    ...textTable([head, ...rows], { gap: (column) => (column === 3 ? 2 : 1 + Math.min(1, column % 8 > 3 ? 1 : 0)) }),
    "",
    ...wrapped(`  share of invocations that are faster or slower under ${other}`, 2),
    ...textTable([known ? shareHead.slice(0, -1) : shareHead, ...shareRows], { gap: 3 }),
  ];
}

/** What the differences rest on. */
function evidence({ runs, interval }: Comparison): string {
  const cuts = [...new Set(runs.map(({ warmup_s }) => warmup_s))].sort((a, b) => a - b);
  const cut = cuts.length > 1 ? `${plainTime(cuts[0]!)} to ${plainTime(cuts.at(-1)!)}` : plainTime(cuts[0]!);
  const warmup = cuts.at(-1)! > 0 ? `; first ${cut} left out` : "";
  const first = runs[0]!;
  const names = first.baseline === first.other ? first.baseline : `${first.baseline} and ${first.other}`;
  const seeds = new Set(runs.map(({ seed }) => seed)).size === runs.length ? "seed" : "workload";
  if (interval === "blocks") return `in ${names}; intervals from blocks of its time${warmup}`;
  const many = `means over ${plural(runs.length, seeds)}`;
  if (interval === "t") return `${many}; Student's intervals${warmup}`;
  return `${many}; no intervals, which take five${warmup}`;
}

function cells(one: Difference, of: Quantity): string[] {
  const value = (v: number | null) => (v === null ? "-" : quantityText(of, v));
  const { difference, low, high, bound } = one;
  return [
    NAMES[one.statistic],
    value(one.baseline_value),
    value(one.other_value),
    difference === null ? "-" : `${bound}${signed(of, difference)}`,
    low === null || high === null ? "-" : `${signed(of, low)} to ${signed(of, high)}`,
  ];
}

/** A difference with its sign: +0.34, -1.2s, 0. */
function signed(of: Quantity, value: number): string {
  const size = Math.abs(value);
  if (size < (of === "latency" ? 1e-9 : 1e-6)) return "0";
  const small = size < 0.01 ? Number(size.toPrecision(1)).toString() : compactRatio(size);
  const text = of === "latency" ? compactTime(size) : size < 1e-4 ? "0.0000" : small;
  return `${value < 0 ? "-" : "+"}${text}`;
}

/** What stands over the values: the labels, or where they are long the order in which the title names them. */
function heads(baseline: string, other: string): [string, string] {
  return Math.max(baseline.length, other.length) <= LABEL ? [baseline, other] : ["second", "first"];
}

function legend({ comparisons, ended_only }: CompareAnswer, of: Quantity): string[] {
  const differences = comparisons.flatMap((one) => one.differences.filter((difference) => difference.of === of));
  const signs = ["difference: first named - second; below 0 the first is faster"];
  if (ended_only) signs.push("of what finished in both");
  const told = differences.filter(({ baseline_value, other_value }) => baseline_value !== null && other_value !== null);
  const spreads = comparisons.every(({ interval }) => interval !== "none");
  if (spreads && told.some(({ difference, low }) => Number.isFinite(difference) && low === null)) {
    signs.push("- too few, or too close together, for an interval");
  }
  if (differences.some(({ bound }) => bound !== "")) {
    signs.push(">= <= ~ some have not ended: at least this, at most this, either");
  }
  if (
    differences.some(({ other_value, baseline_value }) =>
      [other_value, baseline_value].includes(Number.POSITIVE_INFINITY),
    )
  ) {
    signs.push("∞ killed or rejected");
  }
  const unbroken = signs.map((sign) => sign.replaceAll(" ", "\u00a0"));
  return wrapped(unbroken.join("; ")).map((line) => line.replaceAll("\u00a0", " "));
}
