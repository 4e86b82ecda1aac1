import { join } from "node:path";
import {
  ARRAYS,
  BATCH_ROWS,
  type Column,
  type Dictionaries,
  TableWriter,
  TRACE_INVOCATIONS,
  type Values,
} from "../table/index.js";
import type { ContentHash } from "./content-hash.js";
import { type CpuTotals, noCpu } from "./cpu-share.js";
import type { InvocationTrace } from "./trace.js";

/** Columns that a log may lack altogether. */
const OPTIONAL = ["price_class", "memory_initial_mib", "memory_peak_mib", "parent"];

/** Which rows are kept, a bit for each, and from that their new numbers. */
class KeptRows {
  private bits = new Uint32Array(2048);
  /** Rows kept before each word of `bits`. */
  private before = new Uint32Array(2048);
  private kept = 0;

  /** Rows come in order. */
  add(row: number, keep: boolean): void {
    const word = row >>> 5;
    if (word === this.bits.length) {
      this.bits = doubled(this.bits);
      this.before = doubled(this.before);
    }
    if ((row & 31) === 0) this.before[word] = this.kept;
    if (!keep) return;
    this.bits[word]! |= 1 << (row & 31);
    this.kept++;
  }

  /** The new number of a row; -1 where it is left out. */
  of(row: number): number {
    const bits = this.bits[row >>> 5]!;
    const bit = 1 << (row & 31);
    return (bits & bit) === 0 ? -1 : this.before[row >>> 5]! + ones(bits & (bit - 1));
  }
}

function doubled(from: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(2 * from.length);
  to.set(from);
  return to;
}

/** Bits set in a 32-bit word. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** What was written of a log or of counts. */
export interface Written {
  readonly invocations: number;
  /** Invocations kept whose parent is not. */
  readonly orphans: number;
  readonly totals: CpuTotals;
  /** Strings of a log's further columns, where it has any. */
  readonly dictionaries?: Dictionaries;
}

/**
 * Writes invocations.arrow of the functions that are kept (`idOf` gives the new id, -1 for the others), batch by batch,
 * with all columns that the log has.
 */
export async function writeSubsetLog(
  trace: InvocationTrace,
  idOf: Int32Array,
  folder: string,
  hash: ContentHash,
  onProgress: (done: number, total: number) => void,
): Promise<Written> {
  const totals = noCpu(idOf.reduce((most, id) => Math.max(most, id + 1), 0));
  const columns = trace.table?.columns ?? TRACE_INVOCATIONS;
  const rows = new KeptRows();
  const told = new Set<string>();
  const kept = new Uint32Array(BATCH_ROWS);
  let dictionaries: Dictionaries = {};
  let writer: TableWriter | null = null;
  let into = emptyBatch(columns);
  let used = 0;
  let row = 0;
  let written = 0;
  let orphans = 0;
  const put = async () => {
    if (used === 0) return;
    for (const { name } of columns) hash.values(name, into[name]!.subarray(0, used));
    await writer!.write(into, used);
    into = emptyBatch(columns);
    used = 0;
  };
  try {
    for await (const batch of trace.batches()) {
      if (writer === null) {
        dictionaries = dictionariesOf(trace);
        writer = await TableWriter.create(join(folder, "invocations.arrow"), columns, {}, dictionaries);
      }
      const functionId = batch.columns["function_id"]!;
      const arrival = batch.columns["arrival_s"]!;
      const runtime = batch.columns["runtime_s"]!;
      const parent = batch.columns["parent"]!;
      for (let i = 0; i < batch.rows; ) {
        let picked = 0;
        for (; i < batch.rows && used + picked < BATCH_ROWS; i++, row++) {
          const id = idOf[functionId[i]!]!;
          rows.add(row, id >= 0);
          if (id < 0) continue;
          kept[picked++] = i;
          totals.invocations[id]!++;
          totals.cpu_s[id]! += runtime[i]!;
        }
        for (const { name } of columns) {
          const [from, to] = [batch.columns[name]!, into[name]!];
          for (let p = 0; p < picked; p++) to[used + p] = from[kept[p]!]!;
        }
        for (let p = 0; p < picked; p++) {
          const at = kept[p]!;
          into["function_id"]![used + p] = idOf[functionId[at]!]!;
          if (parent[at]! < 0) continue;
          const place = rows.of(parent[at]!);
          into["parent"]![used + p] = place;
          if (place < 0) orphans++;
        }
        for (const name of OPTIONAL) {
          if (!told.has(name) && into[name]!.subarray(used, used + picked).some((value) => value >= 0)) told.add(name);
        }
        used += picked;
        written += picked;
        if (used === BATCH_ROWS) await put();
      }
      if (batch.rows > 0) onProgress(arrival[batch.rows - 1]!, trace.manifest.duration_s);
    }
    await put();
    await writer?.close();
  } catch (error) {
    await writer?.abandon();
    throw error;
  }
  for (const name of OPTIONAL) if (!told.has(name)) hash.forget(name);
  totals.known.set(totals.invocations);
  const further = columns.length > TRACE_INVOCATIONS.length;
  return { invocations: written, orphans, totals, ...(further && { dictionaries }) };
}

/** The strings of a log that has been read from. */
function dictionariesOf({ table }: InvocationTrace): Dictionaries {
  const labels = (table?.columns ?? []).filter(({ type }) => type === "dictionary");
  return Object.fromEntries(labels.map(({ name }) => [name, table!.dictionary(name)]));
}

function emptyBatch(columns: readonly Column[]): Record<string, Values> {
  return Object.fromEntries(columns.map(({ name, type }) => [name, new ARRAYS[type](BATCH_ROWS)]));
}
