import { keyed, normal, PURPOSE, Stream } from "../../random/index.js";
import type { MiB, Seconds } from "../../units.js";
import type { SizeFor, SizeRow, TwiceEstimated } from "./answer.js";
import { bootstrapRate, bootstrapSize, type Replicate, replicatedRates } from "./bootstrap.js";
import { type Drive, type DriveVerdict, judgeDrives } from "./drives.js";
import { declustered, excursions, type Observed } from "./excursions.js";
import { anyInADay, type FleetClustering, simultaneous } from "./fleet.js";
import { machineDays, type SwapHistory } from "./history.js";
import { type KillRatio, killRatios, predictedKills, ratioAt } from "./kill-prediction.js";
import type { KillRate } from "./kills.js";
import { rateAbove, type Tail, type TailIntervals } from "./tail.js";
import type { SwapTraffic } from "./traffic.js";

const DAY: Seconds = 86400;
/** Times the observed machine-days beyond which estimates are said to be far. */
export const FAR = 10;

/** A tail with what its intervals come from. */
export interface FoundTail {
  readonly tail: Tail;
  readonly intervals: TailIntervals;
  readonly drawn: readonly Replicate[];
}

/** The sizes that a machine outgrows once in so long, of the times that are longer than between the clusters seen. */
export function sizesFor({ tail, intervals, drawn }: FoundTail, every: readonly Seconds[]): SizeFor[] {
  const own = tail.exposure / tail.clusters.peak.length;
  const asked = [...new Set(every)].sort((a, b) => a - b).filter((seconds) => seconds / DAY > own);
  return asked.map((every_s) => {
    const rate = DAY / every_s;
    const { estimate, low, high } = intervals.sizeFor(rate);
    const size_mib = { estimate, profile: { low, high }, bootstrap: bootstrapSize(drawn, rate) };
    return { every_s, size_mib, far: every_s / DAY > FAR * tail.exposure };
  });
}

/** What there is to say of each size: what was seen, what the law says, and what was killed or is foretold. */
export function sizeRows(
  sizes: readonly MiB[],
  observed: Observed,
  found: FoundTail | null,
  kills: ReadonlyMap<MiB, KillRate>,
  history: SwapHistory,
  fleet: FleetClustering | null,
  drives: readonly Drive[],
  traffic: SwapTraffic,
  seed: number,
): SizeRow[] {
  const days = machineDays(history);
  const rows = sizes.map((size_mib) => {
    const times = overflowsAt(size_mib, observed, found);
    const overflows = times.length;
    const fitted = found && size_mib >= found.tail.diagnostics.threshold_mib ? fittedAt(size_mib, found) : null;
    return { size_mib, times, overflows, rate: overflows / days, fitted };
  });
  const known = rows.flatMap(({ size_mib, rate }) => {
    const killed = kills.get(size_mib)?.per_machine_day.estimate ?? 0;
    return [{ size_mib, kills: killed, overflows: rate }];
  });
  return rows.map(({ size_mib, times, overflows, rate, fitted }) => {
    const others = killRatios(known.filter((of) => of.size_mib !== size_mib));
    const ratio = ratioAt(others, size_mib, days);
    const drawn = () =>
      fitted && found
        ? Float64Array.from(found.drawn, ({ tail }) => rateAbove(tail, size_mib))
        : replicatedRates(times, observed.spans, days, seed);
    const normals = normalsOf(seed);
    const predicted = ratio && predictedKills(fitted?.estimate ?? rate, drawn(), ratio, days, normals);
    const killed = kills.get(size_mib) ?? null;
    const measured = killed?.per_machine_day.estimate ?? null;
    // No kill in the time looked at does not mean none in a day.
    const killing = measured || (predicted?.per_machine_day ?? measured);
    const inADay = (of: number) => anyInADay(of, history.machines, fleet?.index ?? 1);
    const cheapest = cheapestDrive(judgeDrives(drives, size_mib, traffic));
    return {
      size_mib,
      overflows,
      overflows_per_machine_day: rate,
      fitted_per_machine_day: fitted,
      far: found !== null && fitted !== null && fitted.estimate * FAR * found.tail.exposure < 1,
      kills: killed,
      predicted_kills: predicted,
      any_overflow_in_a_day: inADay(fitted?.estimate ?? rate),
      any_kill_in_a_day: killing === null ? null : inADay(killing),
      machines_above: simultaneous(observed, size_mib),
      machine_month: cheapest?.machine_month ?? null,
      drive: cheapest?.drive ?? null,
    };
  });
}

/** When the size was outgrown. Above the threshold its clusters count, of which the law speaks; below it its own. */
function overflowsAt(size: MiB, observed: Observed, found: FoundTail | null): Float64Array {
  if (found === null || size < found.tail.diagnostics.threshold_mib) {
    return declustered(excursions(observed, size)).start;
  }
  const { start, peak } = found.tail.clusters;
  return start.filter((_, i) => peak[i]! > size);
}

/** Standard normals, one a replicate. */
function normalsOf(seed: number): (replicate: number) => number {
  const draws = keyed(seed, PURPOSE.bootstrap);
  return (replicate) => normal(new Stream(draws.derive(3, replicate)));
}

function fittedAt(size: MiB, { intervals, drawn }: FoundTail): TwiceEstimated {
  const { estimate, low, high } = intervals.rateAbove(size);
  return { estimate, profile: { low, high }, bootstrap: bootstrapRate(drawn, size) };
}

/** Kills over overflows at the sizes that were replayed. */
export function ratiosOf(rows: readonly SizeRow[]): KillRatio[] {
  const known = rows.flatMap(({ size_mib, kills, overflows_per_machine_day: overflows }) =>
    kills === null ? [] : [{ size_mib, kills: kills.per_machine_day.estimate, overflows }],
  );
  return killRatios(known);
}

function cheapestDrive(verdicts: readonly DriveVerdict[]): DriveVerdict | null {
  const priced = verdicts.filter(({ machine_month, wear_share, drive_writes_per_day, bandwidth_share }) => {
    const known = bandwidth_share !== null && (wear_share !== null || drive_writes_per_day === null);
    return machine_month !== null && known;
  });
  const cheaper = (a: DriveVerdict, b: DriveVerdict) => (b.machine_month! < a.machine_month! ? b : a);
  return priced.length > 0 ? priced.reduce(cheaper) : null;
}
