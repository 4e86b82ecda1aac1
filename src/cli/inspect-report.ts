import { type Distribution, INSPECTED_LEVELS, type Inspection } from "../workload/index.js";
import { assumedLines } from "./assumed-lines.js";
import { compactCount, compactRatio, compactShare, compactTime } from "./compact.js";
import { shortLabel } from "./labels.js";
import { plainTime, plural, whole } from "./plain.js";
import { sparkline } from "./sparkline.js";
import { textTable, WIDTH, wrapped } from "./text-table.js";

/** Notes of the reader that are shown; JSON has them all. */
const NOTES = 3;
/** Letters of a trace's name that are shown. */
const LONGEST_NAME = 40;
/** Columns for the bars of a sparkline, and the widest bar. */
const BARS = 48;
const WIDEST_BAR = 3;
const RATES = [
  ["s", 1],
  ["min", 60],
  ["h", 3600],
  ["d", 86400],
] as const;

/** What inspect says on the terminal: one screen of 80 columns. */
export function inspectReport(inspection: Inspection): string {
  return [
    ...head(inspection),
    "",
    ...rates(inspection),
    ...spreads(inspection),
    "",
    ...triggers(inspection),
    ...biggest(inspection),
    ...missing(inspection),
    "",
    ...assumedLines(inspection),
    "",
  ].join("\n");
}

function head({ trace, owners, apps, minutes, mean_cores }: Inspection): string[] {
  const { name, format, kind, duration_s, first_minute, starts_at, sample } = trace;
  const what = kind === "counts" ? "counts by minute" : "a row for every invocation";
  const of = [plural(trace.functions, "function")];
  if (apps > 0) of.push(plural(apps, "app"));
  if (owners > 0) of.push(plural(owners, "owner"));
  const minute = first_minute > 0 ? `, from minute ${whole(first_minute + 1)} of the release` : "";
  const from = starts_at === undefined ? minute : `, from ${starts_at}`;
  const [unit, seconds] = rateUnit(trace.invocations / duration_s);
  const rate = `${compactRatio((trace.invocations / duration_s) * seconds)} invocations/${unit}`;
  const { least, most } = minutes.cores;
  const range = several(trace) ? `, ${compactRatio(least)} to ${compactRatio(most)} by the minute` : "";
  const cores =
    mean_cores === null ? [] : wrapped(`  ${compactRatio(mean_cores)} cores asked for on average${range}`, 2);
  const drawn = sample
    ? [
        `  a sample of the ${plural(sample.from.functions, "function")} of ${shortLabel(sample.from.name, LONGEST_NAME)}`,
      ]
    : [];
  return [
    ...wrapped(`${shortLabel(name, LONGEST_NAME)}: ${format}, ${what}`, 2),
    ...drawn.flatMap((line) => wrapped(line, 2)),
    ...wrapped(`  ${of.join(", ")}, ${plural(trace.invocations, "invocation")}`, 2),
    ...wrapped(`  ${plainTime(duration_s)}${from}${duration_s > 0 ? `; ${rate}` : ""}`, 2),
    ...cores,
  ];
}

/** Whether it has more than one whole minute. */
function several({ duration_s }: Inspection["trace"]): boolean {
  return duration_s >= 120;
}

/** The first unit of time in which a rate is 1 or more, and its length. */
function rateUnit(perSecond: number): (typeof RATES)[number] {
  return RATES.find(([, seconds]) => perSecond * seconds >= 1) ?? RATES.at(-1)!;
}

/** Invocations and cores over time, as sparklines with their least and most. */
function rates({ trace, interval_s, invocations, cpu_s, minutes, mean_cores }: Inspection): string[] {
  if (invocations.length < 2) return [];
  const last = trace.duration_s - (invocations.length - 1) * interval_s;
  const perSecond = (sums: readonly number[]) =>
    sums.map((sum, i) => sum / (i < sums.length - 1 ? interval_s : Math.max(last, 1)));
  const rate = perSecond(invocations);
  const [unit, seconds] = rateUnit(Math.max(...rate));
  const lines = [
    [`invocations/${unit}`, rate.map((value) => value * seconds)],
    ...(mean_cores === null ? [] : [["cores asked for", perSecond(cpu_s)] as const]),
  ] as const;
  const width = Math.max(1, Math.min(WIDEST_BAR, Math.floor(BARS / invocations.length)));
  const rows = lines.map(([name, values]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return [name, sparkline(values, width), `${compactRatio(least)} to ${compactRatio(most)}`];
  });
  const { least, most } = minutes.invocations;
  const range = several(trace) ? `; ${compactCount(least)} to ${compactCount(most)} invocations by the minute` : "";
  const bars = `  each bar ${plainTime(interval_s)}${range}`;
  return [...textTable(rows, { left: 3, gap: (column) => column }), bars, ""];
}

function spreads({ functions, by_invocation }: Inspection): string[] {
  const all: readonly (readonly [string, string, Distribution, (value: number) => string])[] = [
    ["functions", "invocations a day", functions.invocations_per_day, compactRatio],
    ["", "mean duration", functions.mean_duration_s, compactTime],
    ["", "memory, MiB", functions.memory_mib, compactRatio],
    ["", "variation of gaps", functions.gaps_cv, compactRatio],
    ["invocations", "duration", by_invocation.duration_s, compactTime],
    ["", "memory, MiB", by_invocation.memory_mib, compactRatio],
  ];
  const told = all.filter(([, , of]) => of.known > 0);
  const rows = told.map(([group, name, { least, quantiles, largest }, shown]) => {
    return [group, name, ...[least, ...quantiles, largest].map((value) => (value === null ? "-" : shown(value)))];
  });
  const heads = ["", "", "min", ...INSPECTED_LEVELS.map((level) => `p${100 * level}`), "max"];
  const signs: string[] = [];
  if (told.some(([, name]) => name === "variation of gaps"))
    signs.push("gaps: 0 a clock, 1 Poisson, more comes in bursts");
  if (rows.some((row) => row.includes("-"))) signs.push("- too few to tell");
  return [
    ...textTable([heads, ...rows], { left: 2, gap: (column) => (column === 1 ? 2 : 1) }),
    ...(signs.length > 0 ? [`  ${signs.join("; ")}`] : []),
  ];
}

function triggers({ triggers: shares, trace, cpu }: Inspection): string[] {
  if (shares.length === 1 && shares[0]!.trigger === null) return [];
  const part = (value: number, all: number) => (all > 0 ? compactShare(value / all) : "-");
  const all = [
    ["by trigger", ...shares.map(({ trigger }) => shortLabel(trigger ?? "unknown"))],
    ["  functions", ...shares.map((of) => part(of.functions, trace.functions))],
    ["  invocations", ...shares.map((of) => part(of.invocations, trace.invocations))],
    ...(cpu.cpu_s > 0 ? [["  CPU", ...shares.map((of) => part(of.cpu_s, cpu.cpu_s))]] : []),
  ];
  const drawn = shares.map((_, i) => textTable(all.map((row) => row.slice(0, all[0]!.length - i))));
  return [...(drawn.find(([line]) => line!.length <= WIDTH) ?? []), ""];
}

function biggest({ cpu }: Inspection): string[] {
  if (cpu.biggest.length === 0) return [];
  const rows = cpu.biggest.map((of) => [
    ...[shortLabel(of.function), shortLabel(of.app), shortLabel(of.trigger)],
    ...[compactCount(of.invocations), compactTime(of.mean_s), compactShare(of.share)],
  ]);
  const heads = ["biggest by CPU", "app", "trigger", "invocations", "mean", "share"];
  return [...textTable([heads, ...rows], { left: 3 }), ""];
}

function missing({ trace, missing: of, cpu }: Inspection): string[] {
  const parts: string[] = [];
  if (trace.lacks.length > 0) parts.push(`no ${trace.lacks.join(", no ")}`);
  const some = (functions: number, what: string, more = "") => {
    if (functions > 0 && functions < trace.functions) parts.push(`${what} of ${plural(functions, "function")}${more}`);
  };
  const share = cpu.unknown.invocations / Math.max(1, trace.invocations);
  some(of.functions_without_duration, "duration", ` (${compactShare(share)} of the invocations)`);
  some(of.functions_without_memory, "memory");
  some(of.functions_without_trigger, "trigger");
  some(of.functions_without_invocations, "invocations");
  if (of.quarantined_rows > 0) parts.push(`${plural(of.quarantined_rows, "bad row")} left out`);
  const notes = trace.notes.slice(0, NOTES).flatMap((note) => wrapped(`  note      ${shortLabel(note, 300)}`, 12));
  const more =
    trace.notes.length > NOTES ? [`            and ${trace.notes.length - NOTES} more: --json has them`] : [];
  return [...wrapped(`  missing   ${parts.join("; ") || "nothing"}`, 12), ...notes, ...more];
}
