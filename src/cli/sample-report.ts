import { NUMBERS, RANDOM_SAMPLES, type SampleReport } from "../workload/index.js";
import { compactRatio, compactShare, compactTime } from "./compact.js";
import { shortLabel } from "./labels.js";
import { whole } from "./plain.js";
import { textTable, WIDTH, wrapped } from "./text-table.js";

const LABELS = {
  rate: "invocations a day",
  duration: "mean duration",
  memory: "memory, MiB",
  burstiness: "variation of gaps",
  trigger: "trigger",
  pairs: "numbers two by two",
} as const;
const HEAD = ["", "p10", "p50", "p90", "p10", "p50", "p90", "here", "random"];

/** What sample says on the terminal: how much of the trace it is, and how like it; 80 columns. */
export function sampleReport(report: SampleReport, folder: string): string {
  const { manifest, distances } = report;
  const { from, functions, seed } = manifest.sample!;
  const cpu = report.cpu_s > 0 ? `, ${compactShare(manifest.cpu!.cpu_s / report.cpu_s)} of the CPU time` : "";
  const invocations = `${whole(manifest.invocations)} of ${whole(from.invocations)} invocations`;
  const share = compactShare(manifest.invocations / Math.max(1, from.invocations));
  const quantilesOf = (name: string): string[] => {
    const number = NUMBERS.find((one) => one === name);
    if (number === undefined) return new Array(6).fill("");
    const { trace, sample } = report.spreads[number];
    const shown = number === "duration" ? compactTime : compactRatio;
    return [...trace.quantiles, ...sample.quantiles].map((value) => (Number.isNaN(value) ? "-" : shown(value)));
  };
  const plain = `${RANDOM_SAMPLES} simple random samples of ${whole(functions)}`;
  const rows = distances
    .filter(({ distance }) => !Number.isNaN(distance))
    .map(({ name, distance, random }) => {
      return [LABELS[name], ...quantilesOf(name), distance.toFixed(3), random.toFixed(3)];
    });
  const gap = (column: number) => ([1, 4, 7].includes(column) ? 3 : 2);
  const table = textTable([HEAD, ...rows], { gap });
  return [
    `${shortLabel(manifest.name, WIDTH - 2)}:`,
    ...wrapped(
      `  ${whole(functions)} of the ${whole(from.functions)} functions of ${shortLabel(from.name, 40)}, seed ${seed}`,
      2,
    ),
    `  ${invocations} (${share})${cpu}`,
    ...manifest.notes.flatMap((note) => wrapped(`  ${note}`, 2)),
    "",
    over(table[0]!),
    ...table,
    "",
    ...triggersOf(report),
    ...unknownOf(report),
    ...wrapped(
      "distance: Wasserstein-1 between the sample's functions and all of them, over that of the trace's median alone: 0 the " +
        "same, 1 as far off as one typical function. Rate, duration and memory are compared in decades, gaps (0 a " +
        `clock, 1 Poisson, more comes in bursts) as burstiness. random: what ${plain} have on average.`,
    ),
    "",
    `wrote ${folder}`,
    "",
  ].join("\n");
}

/** Titles over the three groups of columns. */
function over(head: string): string {
  const words = [...head.matchAll(/\S+/g)];
  const groups = [
    [0, 2, "trace"],
    [3, 5, "sample"],
    [6, 7, "distance"],
  ] as const;
  return groups.reduce((line, [first, last, text]) => {
    const end = words[last]!.index + words[last]![0].length;
    const from = words[first]!.index - (first < 6 ? 2 : 0);
    const rule = Math.max(0, end - from - text.length - 2);
    const title = "─".repeat(rule >> 1);
    return `${line.padEnd(from)}${title} ${text} ${title}${"─".repeat(rule & 1)}`;
  }, "");
}

/** Shares of the triggers, the commonest first, as many as fit. */
function triggersOf({ triggers, manifest }: SampleReport): string[] {
  if (triggers.length < 2) return [];
  const { from, functions } = manifest.sample!;
  const all = [
    ["functions by trigger", ...triggers.map(({ trigger }) => shortLabel(trigger ?? "unknown"))],
    ["  trace", ...triggers.map(({ trace }) => compactShare(trace / from.functions))],
    ["  sample", ...triggers.map(({ sample }) => compactShare(sample / functions))],
  ];
  const drawn = all[0]!.map((_, i) => textTable(all.map((row) => row.slice(0, all[0]!.length - i))));
  return [...drawn.find(([head]) => head!.length <= WIDTH)!, ""];
}

/** Where functions lack a number: how many do. */
function unknownOf({ spreads, manifest }: SampleReport): string[] {
  const { from, functions } = manifest.sample!;
  const lines = NUMBERS.flatMap((name) => {
    const { trace, sample } = spreads[name];
    if (trace.known === from.functions) return [];
    return [`${LABELS[name]}: ${whole(from.functions - trace.known)} and ${whole(functions - sample.known)}`];
  });
  return lines.length === 0 ? [] : [...wrapped(`functions without, trace and sample: ${lines.join("; ")}`, 2), ""];
}
