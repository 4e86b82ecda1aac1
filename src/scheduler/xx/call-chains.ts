import { type InvocationTable, NEXT } from "./invocation-table.js";

/** Rows of a block; a power of two. */
const BLOCK = 65536;

/** What children must know of their parents, however long ago those ended: one entry a row of the workload. */
export class CallChains {
  private readonly table: InvocationTable;
  private readonly follow: boolean;
  private readonly classes: Uint8Array[] = [];
  /** By row, seconds from its recorded arrival to its start; NaN: it has not started; Infinity: it never will. */
  private readonly late: Float64Array[] = [];
  /** First of the children that wait for a parent, by its sequence; linked by NEXT. */
  private readonly waiting = new Map<number, number>();

  /** `follow`: children arrive when their parents run. */
  constructor(table: InvocationTable, follow: boolean) {
    this.table = table;
    this.follow = follow;
  }

  /** The effective class of an invocation that asks for `own`; `parent` -1: none. */
  inherited(parent: number, own: number): number {
    return parent < 0 ? own : Math.max(own, this.classes[Math.floor(parent / BLOCK)]![parent % BLOCK]!);
  }

  /** Notes the effective class of an invocation that has arrived. */
  arrived(sequence: number, effective: number): void {
    const block = Math.floor(sequence / BLOCK);
    while (this.classes.length <= block) {
      this.classes.push(new Uint8Array(BLOCK));
      if (this.follow) this.late.push(new Float64Array(BLOCK).fill(Number.NaN));
    }
    this.classes[block]![sequence % BLOCK] = effective;
  }

  /** How late a child is with its parent, in seconds after its recorded arrival; NaN: nobody knows yet; Infinity: for ever. */
  lateness(parent: number): number {
    if (parent < 0 || !this.follow) return 0;
    return this.late[Math.floor(parent / BLOCK)]?.[parent % BLOCK] ?? Number.NaN;
  }

  /** A child waits until its parent runs. */
  wait(parent: number, slot: number): void {
    this.table.ints[this.table.intsAt(slot) + NEXT] = this.waiting.get(parent) ?? -1;
    this.waiting.set(parent, slot);
  }

  /**
   * An invocation that has arrived has started, so much later than its recorded arrival, or has ended without (Infinity).
   * Returns the first of the children that have waited for that, linked by NEXT; -1: none.
   */
  settle(sequence: number, late: number): number {
    if (!this.follow) return -1;
    this.late[Math.floor(sequence / BLOCK)]![sequence % BLOCK] = late;
    const first = this.waiting.get(sequence);
    if (first === undefined) return -1;
    this.waiting.delete(sequence);
    return first;
  }
}
