import { BATCH_ROWS, type Batch } from "../table/index.js";
import type { RowData } from "./row-block.js";

/** Index of "finished" and "unfinished" in OUTCOMES. */
export const FINISHED = 0;
export const UNFINISHED = 3;

const NEVER = new Uint32Array(BATCH_ROWS);
const NOTHING = new Float64Array(BATCH_ROWS);

/** The columns of invocations.arrow that are worked out when a block is written. Used again for another block. */
export class RowOutput {
  readonly invocation = new Uint32Array(BATCH_ROWS);
  readonly outcome = new Int32Array(BATCH_ROWS);
  readonly cpu = new Float64Array(BATCH_ROWS);
  private readonly runningMemory = new Float64Array(BATCH_ROWS);
  private readonly residentMemory = new Float64Array(BATCH_ROWS);

  /**
   * The columns of a block's rows. Where invocations share cores they run from start to end, if slowly; else they run
   * while they have a core. `end` is the end of the run, for those that have not ended.
   */
  columns(block: RowData, sharing: boolean, end: number): Batch {
    const { invocation, outcome, runningMemory, residentMemory, cpu } = this;
    const { rows, first, sequence, arrival, runtime, initial, peak, growth } = block;
    const { start, finish, machine, preemptions, progress } = block.results!;
    for (let i = 0; i < rows; i++) {
      invocation[i] = sequence === null ? first + i : sequence[i]!;
      const finished = finish[i]!;
      const ended = !Number.isNaN(finished);
      outcome[i] = ended ? FINISHED : UNFINISHED;
      const needed = runtime[i]!;
      const received = ended ? needed : block.cpu![i]!;
      cpu[i] = received;
      const held = needed > 0 ? initial[i]! : peak[i]!;
      const slope = growth[i]!;
      const present = Math.max(0, (ended ? finished : end) - arrival[i]!);
      const resident = held * present + slope * progress[i]!;
      residentMemory[i] = resident;
      runningMemory[i] = sharing ? resident : (held + (slope * received) / 2) * received;
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
