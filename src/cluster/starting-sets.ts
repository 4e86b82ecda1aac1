import { MachineLists } from "./machine-lists.js";
import { READY, type TimedRecords } from "./timed-records.js";
import { WaitingQueues } from "./waiting-queues.js";

/**
 * The invocations whose sandbox is starting, on each machine, in order of placement, which is the order in which they
 * will have started: no one that is added is ready sooner than those before. Those of them that are in RAM are in queues
 * in run order too, and out of these before they are removed.
 */
export class StartingSets extends MachineLists {
  readonly resident: WaitingQueues;
  private readonly timed: TimedRecords;

  constructor(machines: number, classes: number, live: TimedRecords) {
    super(machines, live);
    this.resident = new WaitingQueues(machines, classes, live);
    this.timed = live;
  }

  /** When the first is ready; Infinity: none starts. */
  nextReady(m: number): number {
    const id = this.first(m);
    return id < 0 ? Number.POSITIVE_INFINITY : this.timed.extra[(id >> 2) + READY]!;
  }
}
