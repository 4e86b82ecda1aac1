import { join } from "node:path";
import { type Column, MACHINES, OCCUPANCY, SWAP_KINDS, SWAPS, TableWriter } from "../table/index.js";
import { MachineSampler } from "./machine-sampler.js";
import { PartWriter } from "./part-writer.js";
import { Recorder } from "./recorder.js";
import { type RowSink, type RowSinkOptions, TableSink } from "./row-sink.js";
import { type KeptOptions, SketchSink } from "./sketch-sink.js";
import { SwapTable } from "./swap-table.js";
import { ThreadSink } from "./thread-sink.js";

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
  /** Statistics and writing in a thread of their own. Only from built code: a thread needs a .js file. */
  readonly threads: boolean;
  /** See RecorderOptions. */
  readonly blocksKept?: number;
  /** Where not every row is kept: what is. */
  readonly kept?: KeptOptions;
}

/** Creates a scheduler's tables, and the recorder that fills them. */
export async function openRecorder(options: RecordOptions): Promise<Recorder> {
  const { folder, metadata, inParts, partRows, ordered, allFinish, sharing, managed, central, blocksKept } = options;
  const table = (name: string, columns: readonly Column[]) =>
    TableWriter.create(join(folder, `${name}.arrow`), columns, { ...metadata, table: name });
  const shape = {
    machines: central ? 1 : options.machines,
    cores: central ? options.machines * options.cores : options.cores,
    ...{ sharing, central, managed, every: options.sampleEvery, from: options.from },
  };
  const { window, classes } = options;
  const sink = { folder, inParts, partRows, ordered, allFinish, sharing, managed, window, classes, metadata };
  const swaps = { folder, name: "swaps", inParts, partRows };
  return new Recorder({
    ...{ ordered, allFinish, managed, told: options.told, ...(blocksKept === undefined ? {} : { blocksKept }) },
    rows: await sinkOf(sink, options),
    machines: new MachineSampler(shape, await table("machines", MACHINES)),
    occupancy: await table("occupancy", OCCUPANCY),
    swaps: new SwapTable(new PartWriter(swaps, SWAPS, { ...metadata, table: "swaps" }, { kind: SWAP_KINDS })),
  });
}

async function sinkOf(sink: RowSinkOptions, { kept, threads }: RecordOptions): Promise<RowSink> {
  if (kept !== undefined) return SketchSink.open(sink, kept);
  return threads ? new ThreadSink(sink) : TableSink.open(sink);
}
