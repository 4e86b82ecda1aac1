import { createHash } from "node:crypto";
import { PartWriter } from "./record/part-writer.js";
import { PART_ROWS, WORKLOAD } from "./table/index.js";
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
  const hash = createHash("sha256");
  const highest = Math.max(...prices);
  const stretch = Float64Array.from(prices, (price) => highest / price);
  const by_class = prices.map(() => 0);
  let written: Promise<void> = Promise.resolve();
  let rows = 0;
  let cpu_s = 0;
  let last_arrival_s = Number.NaN;
  let least_memory_mib = Number.POSITIVE_INFINITY;
  let children = 0;
  for await (const batch of workload.batches()) {
    const n = batch.rows;
    const arrival = batch.columns["arrival_s"]!;
    const runtime = batch.columns["runtime_s"]!;
    const priceClass = batch.columns["price_class"]!;
    const initial = batch.columns["memory_initial_mib"]!;
    const parent = batch.columns["parent"];
    const deadline_s = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      deadline_s[i] = arrival[i]! + runtime[i]! * stretch[priceClass[i]!]!;
      cpu_s += runtime[i]!;
      if (initial[i]! < least_memory_mib) least_memory_mib = initial[i]!;
      by_class[priceClass[i]!]!++;
    }
    if (parent) for (let i = 0; i < n; i++) if (parent[i]! >= 0) children++;
    for (const name of HASHED) {
      const values = batch.columns[name];
      if (values) hash.update(new Uint8Array(values.buffer, values.byteOffset, n * values.BYTES_PER_ELEMENT));
    }
    await written;
    written = writer.write({ ...batch.columns, deadline_s }, n);
    last_arrival_s = arrival[n - 1]!;
    rows += n;
    progress(rows);
  }
  const sha256 = hash.digest("hex");
  await writer.close({ workload_sha256: sha256 });
  const facts = { rows, sha256, cpu_s, last_arrival_s, least_memory_mib, by_class };
  return children > 0 ? { ...facts, children } : facts;
}
