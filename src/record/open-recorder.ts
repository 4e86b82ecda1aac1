import { MACHINES, OCCUPANCY, SWAP_KINDS, SWAPS } from "../table/index.js";
import { FinishRecorder } from "./finish-recorder.js";
import { MachineSampler } from "./machine-sampler.js";
import { type RowSink, type RowSinkOptions, TableSink } from "./row-sink.js";
import type { RunRecorder, RunRecorderOptions } from "./run-recorder.js";
import { type KeptOptions, SketchSink } from "./sketch-sink.js";
import { StreamRecorder } from "./stream-recorder.js";
import { SwapTable } from "./swap-table.js";
import { removeLaterTables, type Saved, Tables } from "./tables.js";
import { ThreadSink } from "./thread-sink.js";
import { WorkloadRecorder } from "./workload-recorder.js";

/** A scheduler's tables as they are to be, beside what a row sink must know. */
export interface RecordOptions extends RowSinkOptions {
  /** A central pool has one machine, number -1, with all cores. */
  readonly machines: number;
  /** Of a machine. */
  readonly cores: number;
  readonly central: boolean;
  /** Start of the run, seconds, and the length of an interval of machines.arrow. */
  readonly from: number;
  readonly sampleEvery: number;
  /** Every arrival is told; see Observer. */
  readonly told: boolean;
  /** Slots are told; see Observer. */
  readonly slots: boolean;
  /** Statistics and writing in a thread of their own. Only from built code: a thread needs a .js file. */
  readonly threads: boolean;
  /** Where not every row is kept: what is. */
  readonly kept?: KeptOptions;
}

/** Creates a scheduler's tables, and the recorder that fills them; or goes on from what was saved of them. */
export async function openRecorder(options: RecordOptions, saved: Saved | null = null): Promise<RunRecorder> {
  const { folder, metadata, inParts, partRows, ordered, allFinish, sharing, managed, central } = options;
  if (saved !== null)
    removeLaterTables(folder, saved.rows === undefined ? [saved.tables] : [saved.tables, saved.rows.tables]);
  const tables = new Tables(folder, metadata, saved?.tables ?? null);
  const shape = {
    machines: central ? 1 : options.machines,
    cores: central ? options.machines * options.cores : options.cores,
    ...{ sharing, central, managed, every: options.sampleEvery, from: options.from },
  };
  const { window, classes, told, slots } = options;
  const sink = { folder, inParts, partRows, ordered, allFinish, sharing, managed, window, classes, metadata };
  const swaps = { name: "swaps", inParts, partRows };
  const of = {
    ...{ tables, told, slots },
    machines: new MachineSampler(shape, await tables.table("machines", MACHINES)),
    occupancy: await tables.table("occupancy", OCCUPANCY),
    swaps: new SwapTable(await tables.parts(swaps, SWAPS, { kind: SWAP_KINDS })),
  };
  const recorder = await recorderOf(of, sink, options, saved);
  if (saved !== null) recorder.restore(saved);
  return recorder;
}

async function recorderOf(
  of: RunRecorderOptions,
  sink: RowSinkOptions,
  { kept, threads }: RecordOptions,
  saved: Saved | null,
): Promise<RunRecorder> {
  if (kept !== undefined) return new StreamRecorder(of, await SketchSink.open(sink, kept, of.tables));
  const before = saved?.rows ?? null;
  const rows: RowSink = threads ? new ThreadSink(sink, before) : await TableSink.open(sink, before);
  const { ordered, allFinish, managed } = sink;
  const options = { ...of, rows, managed };
  return ordered ? new WorkloadRecorder({ ...options, allFinish }) : new FinishRecorder(options);
}
