import type { Capacity } from "../analysis/capacity.js";
import type { CostAnalysis } from "../analysis/cost/answer.js";
import { alternativeRows, costRows } from "../analysis/cost/rows.js";
import type { Quantiles, RunSummary } from "../analysis/summary.js";
import type { SwapAnalysis } from "../analysis/swap/answer.js";
import { MIB_PER_GB } from "../analysis/swap/history.js";
import { compactCount, compactMemory, compactRatio, compactShare, compactTime } from "./compact.js";
import { moneyText } from "./money.js";
import { plainTime, whole } from "./plain.js";
import type { ReportTable } from "./report-table.js";

/** What became of each class under each scheduler. */
export function summaryTable({ schedulers }: RunSummary): ReportTable {
  const rows = schedulers.flatMap(({ scheduler, classes, all }) =>
    [...[...classes].reverse().filter(({ count }) => count > 0), all].map((of) => [
      scheduler,
      of.price_class === null ? "all" : `${of.price_class}`,
      of.price === null ? "" : `${of.price}`,
      whole(of.count),
      ...estimates(of.latency_s, compactTime),
      ...estimates(of.slowdown, compactRatio),
      of.missed_share === null ? "–" : compactShare(of.missed_share),
      ...[of.preemptions, of.killed, of.rejected, of.unfinished].map(whole),
    ]),
  );
  const quantiles = (of: string) => ["p50", "p99", "p99.9"].map((name) => `${of} ${name}`);
  return {
    title: "What happened",
    about:
      "Latency: from arrival to the end. Slowdown: latency / runtime, 1 never waits. Missed: deadlines. Killed and rejected invocations count as infinite (∞); ≥: some have not ended, at least this; –: too few to tell.",
    columns: [
      ...["scheduler", "class", "price", "invocations", ...quantiles("latency"), ...quantiles("slowdown")],
      ...["missed", "preemptions", "killed", "rejected", "unfinished"],
    ],
    left: 2,
    rows,
  };
}

function estimates({ p50, p99, p999 }: Quantiles, shown: (value: number) => string): string[] {
  return [p50, p99, p999].map(({ value, lower_bound }) =>
    value === null ? "–" : `${lower_bound ? "≥ " : ""}${shown(value)}`,
  );
}

/** How busy machines were, and what their memory was used for. */
export function machinesTable({ schedulers }: RunSummary): ReportTable {
  const managed = schedulers.some(({ memory }) => memory !== null);
  const rows = schedulers.map(({ scheduler, utilisation, memory, all }) => {
    const spread = utilisation?.spread ?? null;
    const used = [utilisation?.mean, spread?.min, spread?.median, spread?.max].map(part);
    if (!managed) return [scheduler, ...used];
    const ram = (mib: number) => (memory === null || Number.isNaN(mib) ? "–" : compactShare(mib / memory.ram_mib));
    const size = (mib: number | undefined) => (mib === undefined ? "–" : compactMemory(mib));
    return [
      ...[scheduler, ...used, ram(memory?.resident_mib.median ?? 0), ram(memory?.resident_mib.max ?? 0)],
      ...[size(memory?.swapped_max_mib), size(memory?.swapped_out_max_mib), whole(all.swap_outs), whole(all.swap_ins)],
    ];
  });
  const memory = ["RAM, median", "RAM, most", "swap at once", "swap written", "swap-outs", "swap-ins"];
  return {
    title: managed ? "Machines and memory" : "Machines",
    about: `Busy cores over cores, over machines; a central pool has no spread.${managed ? " RAM in use over RAM; the most in one machine's swap at once, and the most written to one in all." : ""}`,
    columns: ["scheduler", "utilisation", "idlest", "median", "busiest", ...(managed ? memory : [])],
    rows,
  };
}

function part(share: number | null | undefined): string {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)}%`;
}

/** Sizes of swap: how often each is outgrown, what kills, what it costs; and which drives would do. */
export function swapTables(of: SwapAnalysis): ReportTable[] {
  const gb = (mib: number) => `${Number((mib / MIB_PER_GB).toPrecision(3))} GB`;
  const warnings = of.tail.refused === null ? of.tail.warnings : [`Nothing is extrapolated: ${of.tail.refused}`];
  const sizes: ReportTable = {
    title: `Swap under ${of.scheduler}`,
    about: [
      `In swap at once, were it unlimited: at most ${gb(of.peak_mib.max)} on a machine, ${gb(of.peak_mib.median)} on the median one. Rates are a machine and day, with 95 % intervals; kills are measured in replays at that size.`,
      ...warnings.map((warning) => ` Warning: ${warning}.`),
    ].join(""),
    columns: ["swap", "outgrown, seen", "by the law", "95 %", "kills", "95 %", "dollars a month", "drive"],
    rows: of.sizes.map((row) => {
      const law = row.fitted_per_machine_day;
      const kills = row.kills?.per_machine_day ?? null;
      const low = law && Math.min(law.profile.low, law.bootstrap.low);
      const high = law && Math.max(law.profile.high, law.bootstrap.high);
      return [
        gb(row.size_mib),
        rate(row.overflows_per_machine_day),
        law === null ? "–" : rate(law.estimate),
        law === null ? "–" : `${rate(low!)} – ${rate(high!)}`,
        kills === null ? "–" : rate(kills.estimate),
        kills === null ? "–" : `${rate(kills.low)} – ${rate(kills.high)}`,
        row.machine_month === null ? "–" : moneyText(row.machine_month),
        row.drive ?? "–",
      ];
    }),
  };
  const drives: ReportTable = {
    title: `Drives for ${gb(of.drives_for_mib)} of swap a machine`,
    about:
      "Space, speed and wear (over five years): what a machine needs over what one drive has; above 1.00 it fails. Month: of a machine, with as many drives as it takes.",
    columns: ["drive", "space", "speed", "wear", "fails on", "needed", "month"],
    rows: of.drives
      .filter(({ machine_month }) => machine_month !== null)
      .map((drive) => [
        drive.drive,
        ...[drive.capacity_share, drive.bandwidth_share, drive.wear_share].map((share) =>
          share === null ? "–" : compactRatio(share),
        ),
        drive.fails_on.join(", ") || "nothing",
        drive.needed === null ? "–" : whole(drive.needed),
        moneyText(drive.machine_month!),
      ]),
  };
  return [sizes, drives];
}

function rate(value: number): string {
  if (value === 0) return "0";
  return value < 0.001
    ? "< 0.001"
    : value < 1000
      ? String(Number(value.toPrecision(2)))
      : compactCount(Math.round(value));
}

/** What each class costs its tenants, and what else the work could cost. */
export function costTables(of: CostAnalysis): ReportTable[] {
  const bills: ReportTable = {
    title: "Bills by class",
    about: `At the run's own prices, memory while ${of.rule.memory}. Dollars are of the replayed ${plainTime(of.span_s)}; month: 30 days of such work.`,
    columns: ["scheduler", "class", "price", "invocations", "CPU", "dollars", "a million", "month"],
    left: 2,
    rows: costRows(of)
      .reverse()
      .filter(({ invocations }) => invocations > 0)
      .map((row) => [
        ...[row.scheduler, String(row.price_class), String(row.price), whole(row.invocations), compactTime(row.cpu_s)],
        ...[dollars(row.dollars), dollars(row.dollars_per_million), dollars(row.month)],
      ])
      .sort((a, b) => order(of, a[0]!) - order(of, b[0]!)),
  };
  const others: ReportTable = {
    title: "The same work, by the month",
    about:
      "What tenants pay, what it costs the provider, and what clouds and reserved machines would take. Can run: share of the invocations. * some figure is from memory or assumed.",
    columns: ["way", "month", "can run"],
    rows: alternativeRows(of).map(({ alternative, month, can_run, recalled }) => [
      `${alternative}${recalled ? "*" : ""}`,
      dollars(month),
      compactShare(can_run),
    ]),
  };
  return [bills, others];
}

function order({ schedulers }: CostAnalysis, name: string): number {
  return schedulers.findIndex(({ scheduler }) => scheduler === name);
}

function dollars(value: number | null): string {
  if (value === null) return "–";
  return value > 0 && value < 0.01 ? `$${Number(value.toPrecision(2))}` : moneyText(value);
}

/** Machines for the load of each class and those above it. */
export function capacityTable(of: readonly Capacity[]): ReportTable {
  return {
    title: "Capacity",
    about:
      "Cores and machines for the load of a class and all above it, were every invocation run the moment it comes: quantiles over the seconds.",
    columns: ["classes", "mean cores", "p99 cores", "most cores", "machines: mean", "p50", "p95", "p99", "most"],
    rows: [...of]
      .reverse()
      .map(({ from_class, cores, machines }) => [
        `≥ ${from_class}`,
        ...[cores.mean, cores.p99, cores.max].map((value) => value.toFixed(1)),
        ...[machines.mean, machines.p50, machines.p95, machines.p99, machines.max].map(whole),
      ]),
  };
}
