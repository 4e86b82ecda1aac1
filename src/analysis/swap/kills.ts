import { percentileInterval } from "../../statistics/block-bootstrap.js";
import { batchesOf, OUTCOMES } from "../../table/index.js";
import type { MiB } from "../../units.js";
import type { RunFolder } from "../run-folder.js";
import { replicatedRates } from "./bootstrap.js";
import { type Kills, machineDays, type SwapHistory } from "./history.js";
import type { Estimated } from "./tail.js";

const KILLED = OUTCOMES.indexOf("killed");

/** Kills of one price class. */
export interface ClassKills {
  readonly price_class: number;
  /** Arrivals after the warm-up, and how many of them were killed. */
  readonly invocations: number;
  readonly killed: number;
  /** Null where none arrived. */
  readonly per_million: number | null;
  /** CPU seconds that had been delivered to the killed. */
  readonly cpu_lost_s: number;
}

/** Kills of a replay at a finite swap size. */
export interface KillRate {
  readonly size_mib: MiB;
  /** Kills while the trace's part was replayed, after the warm-up; and after its last arrivals. */
  readonly kills: number;
  readonly kills_after: number;
  /** With the block bootstrap's interval; where there was no kill up to 3 / machine-days (95 %, Poisson). */
  readonly per_machine_day: Estimated;
  /** Machines that killed, and most kills of the fleet within a second. */
  readonly machines_that_killed: number;
  readonly most_kills_in_a_second: number;
  readonly classes: readonly ClassKills[];
  /** Of all classes together. */
  readonly all: Omit<ClassKills, "price_class">;
}

/** What a replay at `size` of swap, finite, killed under one scheduler. */
export async function killRate(
  run: RunFolder,
  scheduler: string,
  history: SwapHistory,
  size: MiB,
  seed: number,
): Promise<KillRate> {
  const { kills, from, to } = history;
  const classes = run.prices.map((_, price_class) => ({ price_class, invocations: 0, killed: 0, cpu_lost_s: 0 }));
  const { files } = run.table(`${scheduler}/invocations`);
  for await (const { rows, columns } of batchesOf(files, ["price_class", "arrival_s", "outcome", "cpu_s"])) {
    const { price_class, arrival_s, outcome, cpu_s } = columns;
    for (let i = 0; i < rows; i++) {
      if (arrival_s![i]! < from) continue;
      const of = classes[price_class![i]!]!;
      of.invocations++;
      if (outcome![i] !== KILLED) continue;
      of.killed++;
      of.cpu_lost_s += cpu_s![i]!;
    }
  }
  const during = [...kills.time.keys()].filter((i) => kills.time[i]! >= from && kills.time[i]! <= to);
  const days = machineDays(history);
  const all = { invocations: 0, killed: 0, cpu_lost_s: 0 };
  for (const of of classes) {
    all.invocations += of.invocations;
    all.killed += of.killed;
    all.cpu_lost_s += of.cpu_lost_s;
  }
  const rated = <T extends { invocations: number; killed: number }>(of: T) => ({
    ...of,
    per_million: of.invocations > 0 ? (1e6 * of.killed) / of.invocations : null,
  });
  return {
    size_mib: size,
    kills: during.length,
    kills_after: kills.time.reduce((sum, time) => sum + (time > to ? 1 : 0), 0),
    per_machine_day: { estimate: during.length / days, ...killInterval(kills, during, history, days, seed) },
    machines_that_killed: new Set(during.map((i) => kills.machine[i]!)).size,
    most_kills_in_a_second: mostWithin(kills.time, 1),
    classes: classes.map(rated),
    all: rated(all),
  };
}

/** Kills come in bursts, on many machines at once: their number varies as that of whole blocks of time does. */
function killInterval(kills: Kills, during: readonly number[], { from, to }: SwapHistory, days: number, seed: number) {
  if (during.length === 0) return { low: 0, high: 3 / days };
  const times = Float64Array.from(during, (i) => kills.time[i]!);
  return percentileInterval(replicatedRates(times, [[from, to]], days, seed));
}

/** Most of some ascending times that lie within `seconds`. */
export function mostWithin(times: Float64Array, seconds: number): number {
  let most = 0;
  let first = 0;
  for (let i = 0; i < times.length; i++) {
    while (times[first]! < times[i]! - seconds) first++;
    most = Math.max(most, i - first + 1);
  }
  return most;
}
