import type { SizeRow, SwapAnalysis, TwiceEstimated } from "../analysis/swap/answer.js";
import type { Invalid } from "../invalid.js";
import type { MiB } from "../units.js";
import { compactCount, compactRatio, compactShare, compactTime } from "./compact.js";
import { moneyText } from "./money.js";
import { plainTime, plural, whole } from "./plain.js";
import { textTable, WIDTH, wrapped } from "./text-table.js";

const BYTES = 1048576;
/** Classes that the kills' table has room for, from the lowest. */
const MOST_CLASSES = 6;

/** A run, or a scheduler of one, of which nothing can be told. */
export interface Refused {
  readonly of: string;
  readonly why: Invalid;
}

/** Of what nothing can be told, and why: a paragraph each; "" where there is none. */
export function refusedReport(refused: readonly Refused[]): string {
  return refused.map(({ of, why }) => `${wrapped(`${of}: cannot be told, ${why.message}`, 2).join("\n")}\n`).join("\n");
}

/** What swap says on the terminal, 80 columns: what was seen, sizes and kills, the tail, traffic and drives, and checks. */
export function swapReport(of: SwapAnalysis): string {
  const parts = [
    head(of),
    sizes(of),
    kills(of),
    tail(of),
    traffic(of),
    drives(of),
    guesses(of),
    backTest(of),
    capacity(of),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function head(of: SwapAnalysis): string[] {
  const { bound, peak_mib, machine_spread, fleet } = of;
  const days = `${Number(of.machine_days.toPrecision(3))} machine-days`;
  const lines = [
    `${of.run}, ${of.scheduler}: ${plural(of.machines, "machine")} with ${bytes(of.ram_mib)} of RAM, ${days} looked at`,
    `  in swap at once, were it unlimited: at most ${bytes(peak_mib.max)} on a machine, on the median one ${bytes(peak_mib.median)}`,
    `  it cannot exceed ${bytes(bound.bound_mib)}: ${bound.most_placed} placed at once x ${bytes(bound.largest_memory_mib)} - RAM; no estimate does`,
  ];
  if (machine_spread !== null && machine_spread.dispersion > 2) {
    const times = compactRatio(machine_spread.dispersion);
    lines.push(`  machines differ: their overflows vary ${times} times as much as chance would have it`);
  }
  if (fleet !== null && fleet.index < 0.9) {
    const share = compactRatio(fleet.index);
    lines.push(
      `  machines overflow together: ${share} fleet-wide events an overflow, from ${fleet.blocks} blocks of time`,
    );
  }
  return lines.flatMap((line) => wrapped(line, 4));
}

function sizes(of: SwapAnalysis): string[] {
  if (of.sizes.length === 0) return [];
  const measured = of.sizes.some(({ kills }) => kills !== null);
  const titles = ["swap", "seen", "a day", "law", "95 %", "kills", "foretold", "any/day", "at once"];
  const columns = titles.filter((title) => measured || (title !== "kills" && title !== "foretold"));
  const rows = of.sizes.map((row) => {
    const cells: Record<string, string> = {
      swap: bytes(row.size_mib),
      seen: compactCount(row.overflows),
      "a day": few(row.overflows_per_machine_day),
      law: row.fitted_per_machine_day === null ? "-" : `${few(row.fitted_per_machine_day.estimate)}${mark(row)}`,
      "95 %": row.fitted_per_machine_day === null ? "-" : widest(row.fitted_per_machine_day),
      kills: row.kills === null ? "-" : few(row.kills.per_machine_day.estimate),
      foretold: row.predicted_kills === null ? "-" : few(row.predicted_kills.per_machine_day),
      "any/day": compactShare(row.any_kill_in_a_day ?? row.any_overflow_in_a_day),
      "at once": compactCount(row.machines_above.max),
    };
    return columns.map((title) => cells[title]!);
  });
  const any = measured
    ? "any/day: chance of a kill in the fleet in a day"
    : "any/day: chance of an overflow in the fleet in a day";
  const said = [
    "seen: times that swap was outgrown, visits that belong together once; a day: per machine-day, law: the same by the fit below",
    "95 %: the wider of profile likelihood and block bootstrap",
    ...(measured ? ["kills: per machine-day, at that size; foretold: from the other sizes' kills an overflow"] : []),
    any,
    "at once: most machines above",
  ];
  return ["Overflow of a size of swap", ...fitting([columns, ...rows]), ...wrapped(`  ${said.join("; ")}`, 2)];
}

function kills(of: SwapAnalysis): string[] {
  const measured = of.sizes.flatMap(({ kills, predicted_kills }) =>
    kills === null ? [] : [{ kills, predicted_kills }],
  );
  if (measured.length === 0) return [];
  const arrived = measured[0]!.kills.classes.filter(({ invocations }) => invocations > 0);
  const classes = arrived
    .map(({ price_class }) => price_class)
    .slice(0, MOST_CLASSES)
    .reverse();
  const titles = ["swap", "kills", "foretold", "in 1 s", ...classes.map(String), "all", "CPU lost"];
  const rows = measured.map(({ kills: kill, predicted_kills: foretold }) => [
    bytes(kill.size_mib),
    compactCount(kill.kills),
    foretold === null ? "-" : `${compactCount(foretold.low)} .. ${compactCount(foretold.high)}`,
    compactCount(kill.most_kills_in_a_second),
    ...classes.map((price_class) => perMillion(kill.classes[price_class]!.per_million)),
    perMillion(kill.all.per_million),
    compactTime(kill.all.cpu_lost_s),
  ]);
  const ratios = of.ratios.map(({ size_mib, ratio }) => `${compactRatio(ratio)} at ${bytes(size_mib)}`);
  const after = measured.reduce((sum, { kills }) => sum + kills.kills_after, 0);
  const said = [
    "foretold: 95 % range from the overflows and the other sizes' kills",
    `in 1 s: most in the fleet; ${classes.join(", ")} (classes) and all: killed per million invocations`,
    "CPU lost: seconds given to the killed",
    ...(ratios.length > 0 ? [`kills an overflow: ${ratios.join(", ")}`] : []),
    ...(after > 0
      ? [`kills are those up to the last arrivals; per million and CPU lost have the ${whole(after)} after them too`]
      : []),
  ];
  return ["Kills, replayed at that size", ...fitting([titles, ...rows]), ...wrapped(`  ${said.join("; ")}`, 2)];
}

function perMillion(rate: number | null): string {
  return rate === null ? "-" : compactCount(Math.round(rate));
}

function tail({ tail: of }: SwapAnalysis): string[] {
  if (of.refused !== null) return ["Nothing is extrapolated", ...wrapped(`  ${of.refused}`, 2)];
  const titles = ["above", "clusters", "index", "shape", "95 %", "scale*", "p", ""];
  const rows = of.thresholds.map((fit) => [
    bytes(fit.threshold_mib),
    compactCount(fit.clusters),
    fit.extremal_index.toFixed(2),
    fit.shape.toFixed(2),
    `${fit.shape_interval.low.toFixed(2)} .. ${fit.shape_interval.high.toFixed(2)}`,
    bytes(fit.modified_scale_mib),
    fit.p_value < 0.001 ? "<0.001" : fit.p_value.toFixed(3),
    fit.threshold_mib === of.chosen?.threshold_mib ? "<" : "",
  ]);
  const levels = of.sizes_for.map(({ every_s, size_mib, far }) => [
    plainTime(every_s),
    `${bytes(size_mib.estimate)}${far ? " !" : ""}`,
    `${bytes(size_mib.profile.low)} .. ${bytes(size_mib.profile.high)}`,
    `${bytes(size_mib.bootstrap.low)} .. ${bytes(size_mib.bootstrap.high)}`,
  ]);
  return [
    "The law of peaks over a threshold (generalised Pareto; < is used)",
    ...textTable([titles, ...rows], { left: 0 }),
    ...wrapped("  index: clusters a visit; scale*: the same from where the law holds; p: Anderson-Darling", 2),
    ...of.warnings.flatMap((warning) => wrapped(`  warning: ${warning}`, 4)),
    "",
    "Swap that a machine outgrows once in so long",
    ...textTable([["machine-time", "swap", "95 % by profile", "95 % by blocks"], ...levels]),
  ];
}

function traffic({ traffic: of, machines }: SwapAnalysis): string[] {
  const said = [
    `to swap ${bytes(of.mean_per_hour.out_mib)} an hour and machine, ${bytes(of.mean_out_per_day_mib)} a day`,
    `busiest machine ${bytes(of.busiest_per_hour.out_mib)} an hour, ${bytes(of.busiest_out_per_day_mib)} a day`,
    `fleet ${bytes(of.mean_out_per_day_mib * machines)} a day`,
    `back ${bytes(of.mean_per_hour.in_mib)} an hour and machine`,
    `most in ${plainTime(of.busiest_s)}: ${bytes(of.most_out_per_s_mib)}/s out, ${bytes(of.most_in_per_s_mib)}/s back`,
  ];
  return ["Traffic, which is another matter than space", ...wrapped(`  ${said.join("; ")}`, 2)];
}

function drives(of: SwapAnalysis): string[] {
  const priced = of.drives.filter(({ machine_month }) => machine_month !== null);
  const titles = ["drive", "DWPD", "space", "speed", "wear", "need", "machine", "month", "fleet"];
  const share = (of: number | null) => (of === null ? "-" : compactRatio(of));
  const rows = priced.map((drive) => [
    `${drive.drive}${drive.recalled ? "*" : ""}`,
    share(drive.drive_writes_per_day),
    share(drive.capacity_share),
    share(drive.bandwidth_share),
    share(drive.wear_share),
    drive.needed === null ? "-" : compactCount(drive.needed),
    drive.machine_price === null ? "-" : moneyText(drive.machine_price),
    moneyText(drive.machine_month!),
    moneyText(drive.machine_month! * of.machines),
  ]);
  const said = [
    "space, speed, wear: what a machine needs over what the drive has, above 1.00 it fails",
    "wear: over five years",
    "DWPD (drive writes per day) and wear are the mean machine's, speed is the busiest one's",
    "need: drives a machine takes to fail on nothing, machine: their price",
    "month: of a machine, bought drives over five years, fleet: of all",
    ...(priced.some(({ recalled }) => recalled) ? ["* some figure is from memory or assumed"] : []),
  ];
  return [
    `Drives for ${bytes(of.drives_for_mib)} a machine`,
    ...fitting([titles, ...rows]),
    ...wrapped(`  ${said.join("; ")}`, 2),
  ];
}

function guesses({ shortcut: of }: SwapAnalysis): string[] {
  if (of === null) return [];
  const { utilisation_mean, utilisation_deviation } = of;
  const use = `RAM in use ${compactShare(utilisation_mean)} on the mean, standard deviation ${compactShare(utilisation_deviation)}`;
  const said = [
    `from memory utilisation alone (${use}) one would take ${bytes(of.predicted_mib)} to do for 99.9 % of the time`,
    `it is ${bytes(of.observed_mib)}${times(of.observed_mib, of.predicted_mib)}`,
    `swap is in use ${compactShare(of.observed_share)} of the time, not ${compactShare(of.predicted_share)}`,
    `all that is ever written is ${bytes(of.written_mib)}${times(of.written_mib, of.at_once_mib)}${of.at_once_mib > 0 ? " the most at once" : ""}`,
  ];
  return ["The drafts' shortcuts", ...wrapped(`  ${said.join("; ")}`, 2)];
}

function times(a: number, b: number): string {
  return b > 0 ? `, ${compactRatio(a / b)} times` : "";
}

function backTest({ back_test: of }: SwapAnalysis): string[] {
  if (of === null || of.coverage === null) return [];
  const rows = of.splits.flatMap(({ split, rows }) =>
    (rows ?? []).map((row, i) => [
      i === 0 ? split : "",
      bytes(row.size_mib),
      few(row.predicted),
      `${row.low} .. ${row.high}`,
      String(row.observed),
      row.held ? "" : "missed",
    ]),
  );
  const without = of.splits.filter((split) => split.rows === null).map(({ split }) => split);
  const said = [`the range held what came in ${compactShare(of.coverage)} of ${rows.length}`];
  if (without.length > 0) said.push(`too few clusters to fit: ${without.join(", ")}`);
  return [
    "Back-test: overflows predicted from one part of the time, and seen in the other",
    ...textTable([["fitted → kept back", "swap", "predicted", "95 %", "seen", ""], ...rows]),
    ...wrapped(`  ${said.join("; ")}`, 2),
  ];
}

function capacity({ capacity: of }: SwapAnalysis): string[] {
  const titles = ["classes", "mean cores", "p99", "max", "machines: mean", "p50", "p95", "p99", "max"];
  const rows = [...of]
    .reverse()
    .map(({ from_class, cores, machines }) => [
      `>= ${from_class}`,
      cores.mean.toFixed(1),
      cores.p99.toFixed(1),
      cores.max.toFixed(1),
      ...[machines.mean, machines.p50, machines.p95, machines.p99, machines.max].map(whole),
    ]);
  return [
    "Capacity: what the load of a class and those above needs, every invocation run at once",
    ...fitting([titles, ...rows]),
  ].flatMap((line) => (line.length > WIDTH ? wrapped(line, 2) : [line]));
}

/** A table with as wide gaps as fit. */
function fitting(rows: readonly (readonly string[])[]): string[] {
  const drawn = [2, 1].map((gap) => textTable(rows, { gap }));
  return drawn.find((lines) => lines.every((line) => line.length <= WIDTH)) ?? drawn.at(-1)!;
}

function widest({ profile, bootstrap }: TwiceEstimated): string {
  const low = Math.min(profile.low, bootstrap.low);
  const high = Math.max(profile.high, bootstrap.high);
  return `${few(low)} .. ${few(high)}`;
}

function mark({ far }: SizeRow): string {
  return far ? " !" : "";
}

/** A rate: three digits, or few; 0 only where it is none. */
function few(rate: number): string {
  if (rate === 0) return "0";
  if (rate < 0.001) return "<0.001";
  if (rate < 0.995) return rate.toPrecision(2);
  return rate < 9.95 ? rate.toFixed(1) : compactCount(Math.round(rate));
}

/** Swap is bought by the gigabyte of 10^9 bytes. */
function bytes(mib: MiB): string {
  const units = ["MB", "GB", "TB", "PB"];
  let value = (mib * BYTES) / 1e6;
  let unit = 0;
  while (unit < units.length - 1 && Math.abs(value) >= 999.5) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || Math.abs(value) >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
