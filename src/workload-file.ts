import { createHash } from "node:crypto";
import { PartWriter, type SavedParts } from "./record/part-writer.js";
import { ARRAYS, BATCH_ROWS, type Batch, type Column, PART_ROWS, type Rows, WORKLOAD } from "./table/index.js";
import { RowSampling } from "./workload/row-sampling.js";
import { START, type Workload, type WorkloadPosition } from "./workload/workload.js";

/** What a workload turned out to be, once every invocation was drawn. */
export interface WorkloadFacts {
  readonly rows: number;
  /** Of the numbers that are replayed (arrival, runtime, class, memory, parent), not of the labels. */
  readonly sha256: string;
  /** CPU seconds of all invocations. */
  readonly cpu_s: number;
  readonly last_arrival_s: number;
  /** Least memory that one has at its start, MiB. */
  readonly least_memory_mib: number;
  /** Invocations by price class. */
  readonly by_class: readonly number[];
  /** Invocations that have a parent, where any has. */
  readonly children?: number;
}

const HASHED = ["arrival_s", "runtime_s", "price_class", "memory_initial_mib", "memory_peak_mib", "parent"] as const;

/** What a workload has been so far. Plain JSON. */
interface Measured {
  rows: number;
  /** Of the batches so far: that of the batches before the last, and then the last one's numbers. */
  sha256: string;
  cpu: number;
  last: number;
  /** 0 where there are no rows. */
  leastMemory: number;
  children: number;
  readonly byClass: number[];
}

/** Adds up what a workload is, batch by batch. Its sha256 depends on which rows are a batch. */
class WorkloadMeter {
  private readonly sums: Measured;

  constructor(sums: Measured) {
    this.sums = sums;
  }

  static ofNone(classes: number): WorkloadMeter {
    const byClass = new Array<number>(classes).fill(0);
    return new WorkloadMeter({ rows: 0, sha256: "", cpu: 0, last: 0, leastMemory: 0, children: 0, byClass });
  }

  add({ rows, columns }: Rows): void {
    const { sums } = this;
    const { byClass } = sums;
    const runtime = columns["runtime_s"]!;
    const priceClass = columns["price_class"]!;
    const initial = columns["memory_initial_mib"]!;
    const parent = columns["parent"];
    let { cpu } = sums;
    let leastMemory = sums.rows === 0 ? Number.POSITIVE_INFINITY : sums.leastMemory;
    for (let i = 0; i < rows; i++) {
      cpu += runtime[i]!;
      if (initial[i]! < leastMemory) leastMemory = initial[i]!;
      byClass[priceClass[i]!]!++;
    }
    if (parent) for (let i = 0; i < rows; i++) if (parent[i]! >= 0) sums.children++;
    const hash = createHash("sha256").update(sums.sha256, "hex");
    for (const name of HASHED) {
      const values = columns[name];
      if (values) hash.update(new Uint8Array(values.buffer, values.byteOffset, rows * values.BYTES_PER_ELEMENT));
    }
    sums.sha256 = hash.digest("hex");
    sums.cpu = cpu;
    sums.leastMemory = leastMemory;
    sums.last = columns["arrival_s"]![rows - 1]!;
    sums.rows += rows;
  }

  save(): Measured {
    return structuredClone(this.sums);
  }

  facts(): WorkloadFacts {
    const { rows, sha256, cpu, last, leastMemory, byClass, children } = this.sums;
    const sums = { cpu_s: cpu, last_arrival_s: last, least_memory_mib: leastMemory, by_class: byClass };
    const facts = { rows, sha256, ...sums };
    return children > 0 ? { ...facts, children } : facts;
  }
}

/** A batch's deadlines: arrival + runtime x (highest price / own price). */
function deadlines({ rows, columns }: Rows, prices: readonly number[]): Float64Array {
  const { arrival_s, runtime_s, price_class } = columns;
  const highest = Math.max(...prices);
  const stretch = Float64Array.from(prices, (price) => highest / price);
  const deadline = new Float64Array(rows);
  for (let i = 0; i < rows; i++) deadline[i] = arrival_s![i]! + runtime_s![i]! * stretch[price_class![i]!]!;
  return deadline;
}

/** Draws a workload and writes `workload.arrow` (in parts above PART_ROWS rows) into a folder, with deadlines. */
export async function writeWorkload(
  workload: Workload,
  prices: readonly number[],
  folder: string,
  metadata: Readonly<Record<string, string>>,
  progress: (rows: number) => void = () => {},
): Promise<WorkloadFacts> {
  const table = new WorkloadTable(workload, prices, { folder, metadata });
  const meter = WorkloadMeter.ofNone(prices.length);
  let rows = 0;
  for await (const batch of workload.batches()) {
    meter.add(batch);
    await table.add(batch);
    rows += batch.rows;
    progress(rows);
  }
  const facts = meter.facts();
  await table.close({ workload_sha256: facts.sha256 });
  return facts;
}

/** Where workload.arrow goes, and the rows of a part of it, PART_ROWS by default: of fewer invocations it is one file. */
interface Place {
  readonly folder: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly partRows?: number;
}

/** What is kept of a workload's rows: this share of them, 0 <= share <= 1. */
export interface Kept extends Place {
  readonly share: number;
  readonly seed: number;
}

/** How far a stream is, between two batches. Plain JSON. */
export interface SavedStream {
  readonly position: WorkloadPosition;
  readonly measured: Measured;
  readonly rows: SavedRows | null;
}

/** How far workload.arrow is. */
interface SavedRows {
  readonly table: SavedParts;
  readonly sample?: SavedSample;
}

/** Writes workload.arrow, or a part of its rows. */
interface RowsKept {
  /** Which rows, where not all. */
  readonly sampling?: RowSampling;
  add(batch: Rows): Promise<void>;
  /** How far it is; resolves when all that was written before is in its files. */
  save(): Promise<SavedRows>;
  close(metadata: Readonly<Record<string, string>>): Promise<void>;
}

/** A workload that is drawn while it is replayed, and of which all rows are written, a sample, or none. */
export class WorkloadStream {
  private readonly workload: Workload;
  private meter: WorkloadMeter;
  private rows: RowsKept | null;
  private position = START;
  private measured: WorkloadFacts | null = null;

  constructor(workload: Workload, prices: readonly number[], kept: Kept) {
    this.workload = workload;
    this.meter = WorkloadMeter.ofNone(prices.length);
    this.rows = rowsKept(workload, prices, kept);
  }

  /** Goes on from where a stream of the same workload, prices and rows kept was saved. */
  static async resume(
    workload: Workload,
    prices: readonly number[],
    kept: Kept,
    { position, measured, rows }: SavedStream,
  ): Promise<WorkloadStream> {
    const stream = new WorkloadStream(workload, prices, kept);
    stream.position = position;
    stream.meter = new WorkloadMeter(structuredClone(measured));
    if (rows !== null) stream.rows = await resumeRows(workload, prices, kept, rows);
    return stream;
  }

  /** The workload's batches, once; `labels` as in Workload. */
  async *batches(labels: boolean): AsyncGenerator<Rows> {
    const asked = labels || (this.rows?.sampling ?? this.rows !== null);
    for await (const batch of this.workload.batches(asked, this.position)) {
      this.position = this.workload.position();
      this.meter.add(batch);
      await this.rows?.add(batch);
      yield batch;
    }
    this.measured = this.meter.facts();
    await this.rows?.close({ workload_sha256: this.measured.sha256 });
  }

  /** How far it is: after the batch that came last, and before another is asked for. */
  async save(): Promise<SavedStream> {
    const { position } = this;
    return { position, measured: this.meter.save(), rows: (await this.rows?.save()) ?? null };
  }

  /** What it was; known when the batches have ended. */
  get facts(): WorkloadFacts {
    if (this.measured === null) throw new Error("the workload has not ended");
    return this.measured;
  }
}

function rowsKept(workload: Workload, prices: readonly number[], kept: Kept): RowsKept | null {
  if (kept.share === 0) return null;
  return kept.share < 1 ? new WorkloadSample(workload, prices, kept) : new WorkloadTable(workload, prices, kept);
}

async function resumeRows(
  workload: Workload,
  prices: readonly number[],
  kept: Kept,
  { table, sample }: SavedRows,
): Promise<RowsKept> {
  if (sample === undefined) {
    const writer = await PartWriter.resume(...wholeTable(workload, kept), table);
    return new WorkloadTable(workload, prices, kept, writer);
  }
  const writer = await PartWriter.resume(...sampleTable(workload, kept), table);
  return new WorkloadSample(workload, prices, kept, writer, structuredClone(sample));
}

/** workload.arrow with every row. */
class WorkloadTable implements RowsKept {
  private readonly prices: readonly number[];
  private readonly writer: PartWriter;
  private written: Promise<void> = Promise.resolve();

  constructor(
    workload: Workload,
    prices: readonly number[],
    place: Place,
    writer = new PartWriter(...wholeTable(workload, place)),
  ) {
    this.prices = prices;
    this.writer = writer;
  }

  async add(batch: Rows): Promise<void> {
    const deadline_s = deadlines(batch, this.prices);
    await this.written;
    this.written = this.writer.write({ ...batch.columns, deadline_s }, batch.rows);
    this.written.catch(() => {});
  }

  async save(): Promise<SavedRows> {
    return { table: await this.writer.save() };
  }

  async close(metadata: Readonly<Record<string, string>>): Promise<void> {
    await this.writer.close(metadata);
  }
}

function wholeTable(
  { dictionaries, invocationsExpected }: Workload,
  { folder, metadata, partRows = PART_ROWS }: Place,
) {
  const place = { folder, name: "workload", inParts: invocationsExpected > partRows, partRows };
  return [place, WORKLOAD, { ...metadata, table: "workload" }, dictionaries] as const;
}

/** workload.arrow of a sample: with the invocations' numbers, since rows no longer say them. */
const SAMPLED: readonly Column[] = [
  { name: "invocation", type: "uint32", unit: "", about: "Its number in the whole workload." },
  ...WORKLOAD,
];

/** Columns that are kept of a batch as they are. */
const DRAWN = WORKLOAD.map(({ name }) => name).filter((name) => name !== "deadline_s");

/** How far a sample is, beside its table. */
interface SavedSample {
  /** Invocations that it was taken from so far. */
  seen: number;
  /** Values of `invocation` and of DRAWN that do not make a batch yet, by column. */
  held: Record<string, number[]>;
}

class WorkloadSample implements RowsKept {
  private readonly prices: readonly number[];
  readonly sampling: RowSampling;
  private readonly writer: PartWriter;
  private readonly state: SavedSample;

  constructor(
    workload: Workload,
    prices: readonly number[],
    kept: Kept,
    writer = new PartWriter(...sampleTable(workload, kept)),
    state: SavedSample = { seen: 0, held: noRows() },
  ) {
    this.prices = prices;
    this.sampling = new RowSampling(kept.share, kept.seed);
    this.writer = writer;
    this.state = state;
  }

  async add(batch: Rows): Promise<void> {
    const { sampling } = this;
    sampling.open(this.state.seen, batch.rows);
    for (let k = 0; k < sampling.count; k++) {
      const i = sampling.kept[k]!;
      const { held } = this.state;
      held["invocation"]!.push(this.state.seen + i);
      for (const name of DRAWN) held[name]!.push(batch.columns[name]?.[i] ?? -1);
      if (held["invocation"]!.length === BATCH_ROWS) await this.flush();
    }
    this.state.seen += batch.rows;
  }

  async save(): Promise<SavedRows> {
    const sample = structuredClone(this.state);
    return { table: await this.writer.save(), sample };
  }

  async close(metadata: Readonly<Record<string, string>>): Promise<void> {
    if (this.state.held["invocation"]!.length > 0) await this.flush();
    await this.writer.close(metadata);
  }

  private async flush(): Promise<void> {
    const { held } = this.state;
    const rows = held["invocation"]!.length;
    const values = SAMPLED.flatMap(({ name, type }) => (name in held ? [[name, ARRAYS[type].from(held[name]!)]] : []));
    const columns = Object.fromEntries(values) as Batch;
    this.state.held = noRows();
    await this.writer.write({ ...columns, deadline_s: deadlines({ rows, columns }, this.prices) }, rows);
  }
}

function noRows(): Record<string, number[]> {
  return Object.fromEntries(["invocation", ...DRAWN].map((name) => [name, []]));
}

function sampleTable({ dictionaries }: Workload, { folder, metadata }: Kept) {
  const place = { folder, name: "workload", inParts: false };
  return [place, SAMPLED, { ...metadata, table: "workload" }, dictionaries] as const;
}
