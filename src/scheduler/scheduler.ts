import type { Arrivals, Observer } from "../cluster/observer.js";
import type { MachineTimesReport } from "../cluster/timed-machines.js";
import type { TransfersReport } from "../cluster/transfer-machines.js";
import type { KillPolicy } from "../cluster/victims.js";
import type { Model } from "../engine/simulation.js";
import type { MiB } from "../units.js";
import type { XXOptions } from "./xx/options.js";

/** The cluster and every option a scheduler may look at. */
export interface SchedulerConfig {
  /** >= 1. */
  readonly machines: number;
  /** Cores of a machine, >= 1. */
  readonly cores: number;
  /** Machines polled for a placement, >= 1; machines or more: all of them. */
  readonly k: number;
  /** Global scheduler shards, >= 1. */
  readonly shards: number;
  /** Price of each class, ascending; a price class is an index into it. */
  readonly prices: readonly number[];
  /** Seed of the placement draws. */
  readonly seed: number;
  /** Memory of a machine, > 0; Infinity: unlimited. */
  readonly ram: MiB;
  /** Swap space of a machine, >= 0; Infinity: unlimited. */
  readonly swap: MiB;
  /** Share of RAM up to which what is in swap may come back, between 0 and 1, both excluded. */
  readonly swapInWatermark: number;
  /**
   * Whom a scheduler without swap kills when memory runs out; off: its memory is not managed. XX has rules of its own.
   */
  readonly oom: "off" | KillPolicy;
  /** XX's idle lists, budgets and the like, where any is on. */
  readonly xx?: XXOptions;
}

/** The part of a config that leaves memory out of it. */
export const UNLIMITED_MEMORY = {
  ram: Number.POSITIVE_INFINITY,
  swap: Number.POSITIVE_INFINITY,
  swapInWatermark: 0.9,
  oom: "off",
} as const satisfies Partial<SchedulerConfig>;

/** What options came to, where any is on: see run.json. */
export interface SchedulerReport {
  /** Invocations placed anew after a kill, each time. */
  readonly retries?: number;
  /** Invocations that run in a higher class than they asked for, that arrive later, and whose parent never ran. */
  readonly call_chains?: { readonly raised: number; readonly late: number; readonly never_called: number };
  /** How often machines spent time on what takes none by default. */
  readonly machine_times?: MachineTimesReport;
  /** What came of it that moving between RAM and swap takes time. */
  readonly swap_transfers?: TransfersReport;
  /** Owners' budgets, allowances, spends and overruns. */
  readonly budgets?: Readonly<Record<string, unknown>>;
}

/** A scheduler at work: a model that is given arrivals a chunk at a time, and tells an observer what happens. */
export interface Scheduler extends Model {
  /** The arrivals that `arrive` names by index from now on; sequences go on where the last chunk ended. */
  open(arrivals: Arrivals): void;
  /** Tells the observer of everything that has not ended at `now`. */
  stop(now: number): void;
  /** Messages between its parts, by name: what the manifest calls control traffic. */
  traffic(): Readonly<Record<string, number>>;
  /** What its options came to; asked after `stop`. Undefined: none is on. */
  report?(): SchedulerReport | undefined;
}

/** What makes one, and what can be said about it. */
export interface SchedulerEntry {
  /** One line for `replaybook schedulers`. */
  readonly about: string;
  /** True where invocations share a machine's cores at equal rates; false where each has a core or waits. */
  readonly sharing: boolean;
  /** True where all cores are one pool and nothing is placed on a machine. */
  readonly central: boolean;
  /** The config fields it looks at beside machines and cores. */
  readonly uses: readonly (keyof SchedulerConfig)[];
  /** Whether it tells its observer of arrivals: see Observer. Absent: never. */
  readonly tellsArrivals?: (config: SchedulerConfig) => boolean;
  /** Whether it tells slots, where it does not tell arrivals; see Observer. */
  readonly tellsSlots: (config: SchedulerConfig) => boolean;
  create(config: SchedulerConfig, observer: Observer): Scheduler;
}
