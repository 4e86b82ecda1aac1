import { BATCH_ROWS, type Batch } from "../table/index.js";
import {
  FIELDS,
  FINISH,
  GROWTH,
  HELD,
  INTS,
  MACHINE,
  PREEMPTIONS,
  PROGRESS,
  type RowData,
  STARTED,
} from "./row-block.js";

/** Index of "finished" and "unfinished" in OUTCOMES. */
export const FINISHED = 0;
export const UNFINISHED = 3;

const NEVER = new Uint32Array(BATCH_ROWS);
const NOTHING = new Float64Array(BATCH_ROWS);

/** The columns of invocations.arrow that a block does not have as they are written. Used again for another block. */
export class RowOutput {
  readonly finish = new Float64Array(BATCH_ROWS);
  private readonly invocation = new Uint32Array(BATCH_ROWS);
  private readonly start = new Float64Array(BATCH_ROWS);
  private readonly machine = new Int32Array(BATCH_ROWS);
  private readonly preemptions = new Uint32Array(BATCH_ROWS);
  private readonly outcome = new Int32Array(BATCH_ROWS);
  private readonly cpu = new Float64Array(BATCH_ROWS);
  private readonly runningMemory = new Float64Array(BATCH_ROWS);
  private readonly residentMemory = new Float64Array(BATCH_ROWS);

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
      const ended = !Number.isNaN(finished);
      start[i] = record[at + STARTED]!;
      finish[i] = finished;
      machine[i] = ints[i * INTS + MACHINE]!;
      preemptions[i] = ints[i * INTS + PREEMPTIONS]!;
      outcome[i] = ended ? FINISHED : UNFINISHED;
      const received = ended ? runtime[i]! : block.cpu![i]!;
      cpu[i] = received;
      const held = record[at + HELD]!;
      const growth = record[at + GROWTH]!;
      const present = Math.max(0, (ended ? finished : end) - arrival[i]!);
      const resident = held * present + growth * record[at + PROGRESS]!;
      residentMemory[i] = resident;
      runningMemory[i] = sharing ? resident : (held + (growth * received) / 2) * received;
    }
    return {
      invocation,
      price_class: block.priceClass,
      arrival_s: arrival,
      runtime_s: runtime,
      start_s: start,
      finish_s: finish,
      machine,
      preemptions,
      swap_outs: NEVER,
      swap_ins: NEVER,
      outcome,
      cpu_s: cpu,
      memory_running_mib_s: runningMemory,
      memory_resident_mib_s: residentMemory,
      memory_swapped_mib_s: NOTHING,
    };
  }
}
