import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type RecordBatchFileReader, RecordBatchReader } from "apache-arrow";
import { parquetMetadata } from "hyparquet";
import { expect, it } from "vitest";
import { FORMATS } from "../../src/trace/formats.js";
import type { TraceManifest } from "../../src/trace/trace.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { MOST_UNPACKED } from "../../src/trace/unpack.js";
import { read, scratch } from "../trace/helpers.js";
import { broken, drawing, type Files, SAMPLES } from "./broken-files.js";

/** In all; the environment may ask for more, and the first of them stay the same. */
const TRIES = Number(process.env["TRIES"] ?? 1000);
const formats = Object.keys(FORMATS);
const each = Math.ceil(TRIES / formats.length);

// The limit of what may unpack, at a size that a test can afford.
Object.assign(MOST_UNPACKED, { bytes: 300_000 });

function written(folder: string, files: Files): void {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

/** Rows of a file (lines of a log), counted in another way than by its reader; null where that cannot be told. */
function rowsIn(name: string, bytes: Buffer): number | null {
  try {
    if (name.endsWith(".arrow")) return rowsOfArrow(bytes);
    if (name.endsWith(".parquet")) return Number(parquetMetadata(new Uint8Array(bytes).buffer).num_rows);
  } catch {
    return null;
  }
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("latin1");
  if (name.endsWith(".txt")) return text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0);
  return text
    .split("\n")
    .slice(1)
    .filter((line) => line !== "" && line !== "\r").length;
}

/** Apache Arrow's own loop over a damaged file may never end. */
function rowsOfArrow(bytes: Buffer): number {
  const reader = RecordBatchReader.from(bytes).open();
  let rows = 0;
  if (reader.isFile()) {
    const file = reader as RecordBatchFileReader;
    for (let i = 0; i < file.numRecordBatches; i++) rows += file.readRecordBatch(i)!.numRows;
  } else for (const batch of reader) rows += batch.numRows;
  return rows;
}

function total(manifest: TraceManifest, of: string): number {
  return Object.values(manifest.rows).reduce((sum, counts) => sum + (counts[of] ?? 0), 0);
}

/** What a trace holds: its invocations, each checked. */
async function invocationsOf(folder: string): Promise<number> {
  const trace = await openTrace(folder);
  let found = 0;
  if (trace.kind === "counts") {
    for await (const { minute, functionId, count, length } of trace.minutes(0, Number.POSITIVE_INFINITY)) {
      expect(60 * minute).toBeLessThan(trace.manifest.duration_s);
      for (let i = 0; i < length; i++) {
        if (!(functionId[i]! < trace.manifest.functions && count[i]! > 0)) throw new Error(`a wrong cell, ${i}`);
        found += count[i]!;
      }
    }
  } else {
    let last = 0;
    for await (const { rows, columns } of trace.batches()) {
      for (let i = 0; i < rows; i++) {
        const arrival = columns["arrival_s"]![i]!;
        const runtime = columns["runtime_s"]![i]!;
        const good = arrival >= last && arrival <= trace.manifest.duration_s && runtime >= 0 && runtime < 1 / 0;
        if (!good) throw new Error(`a wrong row, ${i}: ${arrival} ${runtime}`);
        last = arrival;
      }
      found += rows;
    }
  }
  await trace.close();
  return found;
}

/** Whether the files gave a trace: true, or Invalid; anything else is thrown. */
async function tried(folder: string, files: Files): Promise<boolean> {
  let result: Awaited<ReturnType<typeof read>>;
  try {
    result = await read(folder, { onBadRow: "quarantine" });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "Invalid") throw error;
    expect(error.message).toMatch(/^invalid [^\n]+; expected [^\n]+$/);
    return false;
  }
  const { manifest } = result;
  const counted = manifest.sources.map(({ name, bytes }) => {
    const key = Object.keys(files).find((file) => file === name)!;
    expect(files[key]!.length).toBe(bytes);
    return rowsIn(key, files[key]!);
  });
  const aside = Object.keys(files).length > manifest.sources.length;
  if (aside) expect(manifest.notes.join("\n")).toMatch(/left aside/);
  const [kept, quarantined] = [total(manifest, "kept"), total(manifest, "quarantined")];
  const found = kept + quarantined + total(manifest, "others");
  if (!counted.includes(null)) expect(found).toBe(counted.reduce((sum, rows) => sum! + rows!, 0));
  const rejects = join(result.folder, "rejects.csv");
  expect(existsSync(rejects) ? readFileSync(rejects, "latin1").split("\n").length - 2 : 0).toBe(quarantined);
  expect(await invocationsOf(result.folder)).toBe(manifest.invocations);
  rmSync(result.folder, { recursive: true });
  return true;
}

it("there are samples of every format", () => {
  expect(Object.keys(SAMPLES).sort()).toEqual([...formats].sort());
});

it.each(formats)("reads whole files of %s without a bad row", async (format) => {
  for (let seed = 0; seed < 10; seed++) {
    const files = SAMPLES[format]!(drawing(seed));
    const folder = join(scratch, `whole-${format}-${seed}`);
    written(folder, files);
    const { manifest } = await read(folder);
    expect(manifest.format).toBe(format);
    expect(await tried(folder, files)).toBe(true);
  }
});

it.each(formats)(
  `makes of damaged files of %s a trace that lost no row unseen, or says in a line what is wrong (${each} tries)`,
  async (format) => {
    let traces = 0;
    for (let seed = 1; seed <= each; seed++) {
      const draw = drawing(1000 * formats.indexOf(format) + seed);
      const { files, done } = broken(SAMPLES[format]!(draw), draw);
      const folder = join(scratch, `broken-${format}-${seed}`);
      written(folder, files);
      try {
        if (await tried(folder, files)) traces++;
      } catch (error) {
        throw new Error(`try ${seed} of ${format}: ${done}, in ${folder}`, { cause: error });
      }
      rmSync(folder, { recursive: true });
    }
    expect(traces).toBeGreaterThan(each / 10);
    expect(traces).toBeLessThan(each);
  },
  600_000,
);
