import { createHash } from "node:crypto";
import { PartWriter } from "./record/part-writer.js";
import { ARRAYS, BATCH_ROWS, type Batch, type Column, PART_ROWS, type Rows, WORKLOAD } from "./table/index.js";
import { rowSampling } from "./workload/row-sampling.js";
import type { Workload } from "./workload/workload.js";

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

/** Adds up what a workload is, batch by batch. */
class WorkloadMeter {
  private readonly hash = createHash("sha256");
  private readonly byClass: number[];
  private rows = 0;
  private cpu = 0;
  private last = Number.NaN;
  private leastMemory = Number.POSITIVE_INFINITY;
  private children = 0;

  constructor(classes: number) {
    this.byClass = new Array<number>(classes).fill(0);
  }

  add({ rows, columns }: Rows): void {
    const runtime = columns["runtime_s"]!;
    const priceClass = columns["price_class"]!;
    const initial = columns["memory_initial_mib"]!;
    const parent = columns["parent"];
    for (let i = 0; i < rows; i++) {
      this.cpu += runtime[i]!;
      if (initial[i]! < this.leastMemory) this.leastMemory = initial[i]!;
      this.byClass[priceClass[i]!]!++;
    }
    if (parent) for (let i = 0; i < rows; i++) if (parent[i]! >= 0) this.children++;
    for (const name of HASHED) {
      const values = columns[name];
      if (values) this.hash.update(new Uint8Array(values.buffer, values.byteOffset, rows * values.BYTES_PER_ELEMENT));
    }
    this.last = columns["arrival_s"]![rows - 1]!;
    this.rows += rows;
  }

  facts(): WorkloadFacts {
    const { rows, cpu, last, leastMemory, byClass, children } = this;
    const sums = { cpu_s: cpu, last_arrival_s: last, least_memory_mib: leastMemory, by_class: byClass };
    const facts = { rows, sha256: this.hash.digest("hex"), ...sums };
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
  const inParts = workload.invocationsExpected > PART_ROWS;
  const place = { folder, name: "workload", inParts };
  const writer = new PartWriter(place, WORKLOAD, { ...metadata, table: "workload" }, workload.dictionaries);
  const meter = new WorkloadMeter(prices.length);
  let written: Promise<void> = Promise.resolve();
  let rows = 0;
  for await (const batch of workload.batches()) {
    meter.add(batch);
    const deadline_s = deadlines(batch, prices);
    await written;
    written = writer.write({ ...batch.columns, deadline_s }, batch.rows);
    rows += batch.rows;
    progress(rows);
  }
  const facts = meter.facts();
  await writer.close({ workload_sha256: facts.sha256 });
  return facts;
}

/** A workload that is drawn while it is replayed, and of which a sample is written at most. */
export class WorkloadStream {
  private readonly workload: Workload;
  private readonly meter: WorkloadMeter;
  private readonly sample: WorkloadSample | null;
  private measured: WorkloadFacts | null = null;

  /** `share` of the rows, 0 <= share < 1, are written into `folder`. */
  constructor(
    workload: Workload,
    prices: readonly number[],
    kept: { share: number; seed: number; folder: string; metadata: Readonly<Record<string, string>> },
  ) {
    const { share, seed, folder, metadata } = kept;
    this.workload = workload;
    this.meter = new WorkloadMeter(prices.length);
    const keeps = rowSampling(share, seed);
    this.sample = share > 0 ? new WorkloadSample(workload, prices, keeps, folder, metadata) : null;
  }

  /** The workload's batches, once; `labels` as in Workload. */
  async *batches(labels: boolean): AsyncGenerator<Rows> {
    for await (const batch of this.workload.batches(labels || this.sample !== null)) {
      this.meter.add(batch);
      await this.sample?.add(batch);
      yield batch;
    }
    this.measured = this.meter.facts();
    await this.sample?.close({ workload_sha256: this.measured.sha256 });
  }

  /** What it was; known when the batches have ended. */
  get facts(): WorkloadFacts {
    if (this.measured === null) throw new Error("the workload has not ended");
    return this.measured;
  }
}

/** workload.arrow of a sample: with the invocations' numbers, since rows no longer say them. */
const SAMPLED: readonly Column[] = [
  { name: "invocation", type: "uint32", unit: "", about: "Its number in the whole workload." },
  ...WORKLOAD,
];

class WorkloadSample {
  private readonly prices: readonly number[];
  private readonly keeps: (invocation: number) => boolean;
  private readonly writer: PartWriter;
  private readonly held: Record<string, number[]> = {};
  private seen = 0;

  constructor(
    { dictionaries }: Workload,
    prices: readonly number[],
    keeps: (invocation: number) => boolean,
    folder: string,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.prices = prices;
    this.keeps = keeps;
    const place = { folder, name: "workload", inParts: false };
    this.writer = new PartWriter(place, SAMPLED, { ...metadata, table: "workload" }, dictionaries);
    this.forget();
  }

  async add(batch: Rows): Promise<void> {
    const columns: Batch = { ...batch.columns, deadline_s: deadlines(batch, this.prices) };
    const { held } = this;
    for (let i = 0; i < batch.rows; i++) {
      const invocation = this.seen + i;
      if (!this.keeps(invocation)) continue;
      held["invocation"]!.push(invocation);
      for (const { name } of WORKLOAD) held[name]!.push(columns[name]?.[i] ?? -1);
      if (held["invocation"]!.length === BATCH_ROWS) await this.flush();
    }
    this.seen += batch.rows;
  }

  async close(metadata: Readonly<Record<string, string>>): Promise<void> {
    if (this.held["invocation"]!.length > 0) await this.flush();
    await this.writer.close(metadata);
  }

  private async flush(): Promise<void> {
    const columns = SAMPLED.map(({ name, type }) => [name, ARRAYS[type].from(this.held[name]!)]);
    const rows = this.held["invocation"]!.length;
    this.forget();
    await this.writer.write(Object.fromEntries(columns) as Batch, rows);
  }

  private forget(): void {
    for (const { name } of SAMPLED) this.held[name] = [];
  }
}
