import { BATCH_ROWS, type Batch } from "../table/index.js";
import { type Detours, FINISHED, type RowData, UNFINISHED } from "./row-block.js";

const NEVER = new Uint32Array(BATCH_ROWS);
const NOTHING = new Float64Array(BATCH_ROWS);

/** The columns of invocations.arrow that a block does not have as they are written. Used again for another block. */
export class RowOutput {
  private readonly invocation = new Uint32Array(BATCH_ROWS);
  private readonly cpu = new Float64Array(BATCH_ROWS);
  private readonly running = new Float64Array(BATCH_ROWS);
  private readonly resident = new Float64Array(BATCH_ROWS);

  /**
   * The columns of a block's rows. Where invocations share cores they run from start to end, if slowly; else they run
   * while they have a core. `end` is the end of the run, for those that have not ended.
   */
  columns(block: RowData, sharing: boolean, end: number): Batch {
    const { rows, detours, swapping } = block;
    const cpu = this.received(block);
    this.addMemory(block, sharing ? null : cpu, end);
    const once = sharing && detours === null && swapping === null;
    if (sharing && !once) this.running.set(this.resident.subarray(0, rows));
    if (swapping !== null) this.leaveOut(swapping.swapped, rows);
    if (detours !== null) this.correct(block, detours);
    return {
      invocation: this.sequences(block),
      price_class: block.priceClass,
      arrival_s: block.arrival,
      runtime_s: block.runtime,
      start_s: block.start,
      finish_s: block.finish,
      machine: block.machine,
      preemptions: block.preemptions,
      swap_outs: swapping?.outs ?? NEVER,
      swap_ins: swapping?.ins ?? NEVER,
      outcome: block.outcome,
      cpu_s: cpu,
      memory_running_mib_s: once ? this.resident : this.running,
      memory_resident_mib_s: this.resident,
      memory_swapped_mib_s: swapping?.swapped ?? NOTHING,
    };
  }

  private sequences({ sequence, first, rows }: RowData): Uint32Array {
    const { invocation } = this;
    if (sequence !== null) return sequence;
    for (let i = 0; i < rows; i++) invocation[i] = first + i;
    return invocation;
  }

  /** CPU seconds of the last attempt. An array of its own where there are more. */
  private received({ runtime, cpu, outcome, detours, rows }: RowData): Float64Array {
    if (cpu === null && detours === null) return runtime;
    const received = this.cpu;
    for (let i = 0; i < rows; i++) received[i] = outcome[i] === FINISHED ? runtime[i]! : cpu![i]!;
    return received;
  }

  /** In RAM, as if all had been on a machine from arrival to end; and while running, where `cpu` is not null. */
  private addMemory(block: RowData, cpu: Float64Array | null, end: number): void {
    const { resident, running } = this;
    const { arrival, finish, initial, outcome, peak, progress, rows, runtime } = block;
    for (let i = 0; i < rows; i++) {
      const needed = runtime[i]!;
      const held = heldBefore(needed, initial[i]!, peak[i]!);
      const growth = growthOf(needed, initial[i]!, peak[i]!);
      const present = Math.max(0, (outcome[i] === UNFINISHED ? end : finish[i]!) - arrival[i]!);
      resident[i] = held * present + growth * progress[i]!;
      if (cpu !== null) running[i] = (held + (growth * cpu[i]!) / 2) * cpu[i]!;
    }
  }

  private leaveOut(swapped: Float64Array, rows: number): void {
    const { resident } = this;
    for (let i = 0; i < rows; i++) resident[i] = Math.max(0, resident[i]! - swapped[i]!);
  }

  /** Of rows that were not on a machine from their arrival to their end, or were killed and placed anew. */
  private correct(block: RowData, { away, lost, lostSquared }: Detours): void {
    const { cpu, resident, running } = this;
    const { initial, outcome, peak, rows, runtime } = block;
    for (let i = 0; i < rows; i++) {
      const needed = runtime[i]!;
      const held = heldBefore(needed, initial[i]!, peak[i]!);
      resident[i] = Math.max(0, resident[i]! - held * away[i]!);
      if (lost[i] === 0) continue;
      const growth = growthOf(needed, initial[i]!, peak[i]!);
      const all = outcome[i] === FINISHED ? cpu[i]! + lost[i]! : cpu[i]!;
      const last = all - lost[i]!;
      cpu[i] = all;
      running[i] = held * all + (growth * (last * last + lostSquared[i]!)) / 2;
    }
  }
}

/** MiB held before it runs by one that needs so many CPU seconds: what takes no time has its peak at once. */
function heldBefore(needed: number, initial: number, peak: number): number {
  return needed > 0 ? initial : peak;
}

/** MiB that its memory grows by in a CPU second. */
function growthOf(needed: number, initial: number, peak: number): number {
  return needed > 0 ? (peak - initial) / needed : 0;
}
