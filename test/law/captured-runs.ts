import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import { type Arrivals, Observer, TIME } from "../../src/cluster/observer.js";
import { capture } from "../../src/engine/capture.js";
import type { Captured } from "../../src/engine/captured.js";
import { restore } from "../../src/engine/restore.js";
import { drain, feed } from "../../src/engine/simulation.js";
import { MADE_LATER } from "../../src/scheduler/made-later.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";
import type { CalledWorkload } from "./xx-workloads.js";

/** A workload with callers, owners and functions. */
export interface LabelledWorkload extends CalledWorkload {
  readonly function: Int32Array;
}

/** What the observers of a run are told, one process after the other. */
interface Story {
  /** Each call: its name, its arguments, and every fact, bit for bit. */
  readonly calls: string[];
  /** The last time told. */
  last: number;
}

/** Writes down what it is told. */
class Scribe extends Observer {
  override readonly wantsProgress: boolean;
  private readonly story: Story;

  constructor(story: Story, wantsProgress: boolean) {
    super();
    this.story = story;
    this.wantsProgress = wantsProgress;
  }

  override onArrived(priceClass: number): void {
    this.add(`arrived ${priceClass}`);
  }
  override onRejected(): void {
    this.add("rejected");
  }
  override onRetried(machine: number, ran: boolean): void {
    this.add(`retried ${machine} ${ran}`);
  }
  override onAbsent(): void {
    this.add("absent");
  }
  override onPlaced(machine: number): void {
    this.add(`placed ${machine}`);
  }
  override onStarted(machine: number): void {
    this.add(`started ${machine}`);
  }
  override onPlacedAndStarted(machine: number): void {
    this.add(`placed-and-started ${machine}`);
  }
  override onPreempted(machine: number): void {
    this.add(`preempted ${machine}`);
  }
  override onSwappedOut(machine: number): void {
    this.add(`swapped-out ${machine}`);
  }
  override onSwappedIn(machine: number): void {
    this.add(`swapped-in ${machine}`);
  }
  override onFinished(machine: number, preemptions: number): void {
    this.add(`finished ${machine} ${preemptions}`);
  }
  override onKilled(machine: number, preemptions: number, ran: boolean): void {
    this.add(`killed ${machine} ${preemptions} ${ran}`);
  }
  override onUnfinished(machine: number, preemptions: number): void {
    this.add(`unfinished ${machine} ${preemptions}`);
  }

  private add(call: string): void {
    this.story.last = Math.max(this.story.last, this.facts[TIME]!);
    this.story.calls.push(`${call} ${Buffer.from(this.facts.buffer).toString("base64")}`);
  }
}

/** Where a batch ends: after this many rows; and whether another process goes on from there. */
export interface Cut {
  readonly row: number;
  readonly changes: boolean;
}

export interface Run {
  readonly scheduler: string;
  readonly config: SchedulerConfig;
  readonly workload: LabelledWorkload;
  /** Null: until nothing is left. */
  readonly until: number | null;
  /** In order. */
  readonly cuts: readonly Cut[];
  /** Steps after the last arrival; then once more another process goes on. */
  readonly drained: number;
  readonly wantsProgress: boolean;
}

/** What a run came to. */
export interface Told {
  readonly calls: readonly string[];
  readonly traffic: Readonly<Record<string, number>>;
  readonly report: unknown;
  /** The scheduler's, at the end. */
  readonly state: Captured;
  /** At each change of processes: the state, its bytes, and how many calls there had been. */
  readonly changes: readonly { readonly captured: Captured; readonly bytes: number; readonly calls: number }[];
}

/** Replays a run batch by batch: in one process, or as it says in several, each new one from the bytes of the last. */
export function replayed(run: Run, inOne: boolean): Told {
  const { scheduler: name, workload, until, cuts, drained, wantsProgress } = run;
  const { create } = schedulerNamed(name);
  const story: Story = { calls: [], last: 0 };
  const end = until ?? Number.POSITIVE_INFINITY;
  const changes: Told["changes"][number][] = [];
  let { config } = run;
  let observer = new Scribe(story, wantsProgress);
  let scheduler = create(config, observer);
  /** The current batch; after a change an object in its place, in which whoever looks finds nothing. */
  let batch: object = {};
  const change = () => {
    if (inOne) return;
    const bytes = serialize(capture(scheduler, [observer, config, batch]));
    const captured: Captured = deserialize(bytes);
    changes.push({ captured, bytes: bytes.length, calls: story.calls.length });
    config = structuredClone(config);
    observer = new Scribe(story, wantsProgress);
    scheduler = create(config, observer);
    batch = {};
    restore(scheduler, captured, [observer, config, batch], MADE_LATER);
    if (!isDeepStrictEqual(capture(scheduler, [observer, config, batch]), captured))
      throw new Error("it is not the same");
  };
  let first = 0;
  for (const cut of [...cuts, { row: workload.arrival_s.length, changes: false }]) {
    const arrivals = batchOf(workload, first, cut.row);
    scheduler.open(arrivals);
    batch = arrivals;
    if (feed(scheduler, arrivals.arrival_s, arrivals.rows, end) < arrivals.rows) break;
    first = cut.row;
    if (cut.changes) change();
  }
  drain(scheduler, end, drained);
  change();
  drain(scheduler, end);
  scheduler.stop(until ?? story.last);
  const state = capture(scheduler, [observer, config, batch]);
  return { calls: story.calls, traffic: scheduler.traffic(), report: scheduler.report?.(), state, changes };
}

function batchOf(workload: LabelledWorkload, first: number, to: number): Arrivals {
  return {
    ...{ rows: to - first, first },
    arrival_s: workload.arrival_s.slice(first, to),
    runtime_s: workload.runtime_s.slice(first, to),
    price_class: workload.price_class.slice(first, to),
    memory_initial_mib: workload.memory_initial_mib.slice(first, to),
    memory_peak_mib: workload.memory_peak_mib.slice(first, to),
    parent: workload.parent.slice(first, to),
    owner: workload.owner.slice(first, to),
    function: workload.function.slice(first, to),
  };
}

/** How many instances of a class there are in a captured state. */
export function instances({ nodes }: Captured, of: string): number {
  return nodes.filter((node) => node.kind === "object" && node.of === of).length;
}
