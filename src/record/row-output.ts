import { BATCH_ROWS, type Batch } from "../table/index.js";
import {
  type Detours,
  FIELDS,
  FINISH,
  FINISHED,
  GROWTH,
  HELD,
  INTS,
  MACHINE,
  PREEMPTIONS,
  PROGRESS,
  type RowData,
  STARTED,
  SWAP_INS,
  SWAP_OUTS,
  SWAPPED,
  UNFINISHED,
} from "./row-block.js";

const NEVER = new Uint32Array(BATCH_ROWS);
const NOTHING = new Float64Array(BATCH_ROWS);

/** The columns of invocations.arrow that a block does not have as they are written. Used again for another block. */
export class RowOutput {
  readonly finish = new Float64Array(BATCH_ROWS);
  readonly outcome = new Int32Array(BATCH_ROWS);
  private readonly invocation = new Uint32Array(BATCH_ROWS);
  private readonly start = new Float64Array(BATCH_ROWS);
  private readonly machine = new Int32Array(BATCH_ROWS);
  private readonly preemptions = new Uint32Array(BATCH_ROWS);
  private readonly cpu = new Float64Array(BATCH_ROWS);
  private readonly runningMemory = new Float64Array(BATCH_ROWS);
  private readonly residentMemory = new Float64Array(BATCH_ROWS);
  private readonly swapOuts: Uint32Array;
  private readonly swapIns: Uint32Array;
  private readonly swappedMemory: Float64Array;
  private readonly managed: boolean;

  /** `managed`: RAM is finite. */
  constructor(managed: boolean) {
    this.managed = managed;
    this.swapOuts = managed ? new Uint32Array(BATCH_ROWS) : NEVER;
    this.swapIns = managed ? new Uint32Array(BATCH_ROWS) : NEVER;
    this.swappedMemory = managed ? new Float64Array(BATCH_ROWS) : NOTHING;
  }

  /**
   * The columns of a block's rows. Where invocations share cores they run from start to end, if slowly; else they run
   * while they have a core. `end` is the end of the run, for those that have not ended.
   */
  columns(block: RowData, sharing: boolean, end: number): Batch {
    const { invocation, start, finish, machine, preemptions, outcome, runningMemory, residentMemory, cpu } = this;
    const { rows, first, sequence, arrival, runtime, record, ints } = block;
    for (let i = 0; i < rows; i++) {
      const at = i * FIELDS;
      invocation[i] = sequence === null ? first + i : sequence[i]!;
      const finished = record[at + FINISH]!;
      start[i] = record[at + STARTED]!;
      finish[i] = finished;
      machine[i] = ints[i * INTS + MACHINE]!;
      preemptions[i] = ints[i * INTS + PREEMPTIONS]!;
      const what = block.outcome[i]!;
      outcome[i] = what;
      const received = what === FINISHED ? runtime[i]! : block.cpu![i]!;
      cpu[i] = received;
      const held = record[at + HELD]!;
      const growth = record[at + GROWTH]!;
      const present = Math.max(0, (what === UNFINISHED ? end : finished) - arrival[i]!);
      const resident = held * present + growth * record[at + PROGRESS]!;
      residentMemory[i] = resident;
      if (this.managed)
        this.swapping(i, record[at + SWAPPED]!, ints[i * INTS + SWAP_OUTS]!, ints[i * INTS + SWAP_INS]!);
      runningMemory[i] = sharing ? resident : (held + (growth * received) / 2) * received;
    }
    if (block.detours !== null) this.correct(block, block.detours);
    return {
      invocation,
      price_class: block.priceClass,
      arrival_s: arrival,
      runtime_s: runtime,
      start_s: start,
      finish_s: finish,
      machine,
      preemptions,
      swap_outs: this.swapOuts,
      swap_ins: this.swapIns,
      outcome,
      cpu_s: cpu,
      memory_running_mib_s: runningMemory,
      memory_resident_mib_s: residentMemory,
      memory_swapped_mib_s: this.swappedMemory,
    };
  }

  /** Of rows that were not on a machine from their arrival to their end, or were killed and placed anew. */
  private correct(block: RowData, { away, lost, lostSquared }: Detours): void {
    const { cpu, outcome, residentMemory, runningMemory } = this;
    const { record, rows } = block;
    for (let i = 0; i < rows; i++) {
      const held = record[i * FIELDS + HELD]!;
      const growth = record[i * FIELDS + GROWTH]!;
      residentMemory[i] = Math.max(0, residentMemory[i]! - held * away[i]!);
      if (lost[i] === 0) continue;
      const all = outcome[i] === FINISHED ? cpu[i]! + lost[i]! : cpu[i]!;
      const last = all - lost[i]!;
      cpu[i] = all;
      runningMemory[i] = held * all + (growth * (last * last + lostSquared[i]!)) / 2;
    }
  }

  private swapping(row: number, swapped: number, outs: number, ins: number): void {
    this.residentMemory[row] = Math.max(0, this.residentMemory[row]! - swapped);
    this.swappedMemory[row] = swapped;
    this.swapOuts[row] = outs;
    this.swapIns[row] = ins;
  }
}
