import type { Arrivals, Observer } from "../cluster/observer.js";
import type { Model } from "../engine/simulation.js";

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
}

/** A scheduler at work: a model that is given arrivals a chunk at a time, and tells an observer what happens. */
export interface Scheduler extends Model {
  /** The arrivals that `arrive` names by index from now on; sequences go on where the last chunk ended. */
  open(arrivals: Arrivals): void;
  /** Tells the observer of everything that has not ended at `now`. */
  stop(now: number): void;
  /** Messages between its parts, by name: what the manifest calls control traffic. */
  traffic(): Readonly<Record<string, number>>;
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
  create(config: SchedulerConfig, observer: Observer): Scheduler;
}
