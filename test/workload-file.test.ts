import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readTable, TableWriter } from "../src/table/index.js";
import { prepareWorkload } from "../src/workload/index.js";
import { type SavedStream, type WorkloadFacts, WorkloadStream, writeWorkload } from "../src/workload-file.js";
import { AS_IS, countTrace, invocationTrace } from "./workload/fakes.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-workload-file-"));
afterAll(() => rmSync(here, { recursive: true }));
let folders = 0;
const newFolder = () => mkdtempSync(join(here, `${folders++}-`));

const PRICES = AS_IS.prices;
const COUNTS = countTrace(
  [
    { owner: "o", app: "a", trigger: "http", counts: new Array(4).fill(60_000) },
    { owner: "p", app: "b", trigger: "queue", counts: new Array(4).fill(9_000) },
  ],
  { durations: [{ f: 0, average: 120, minimum: 10, maximum: 2000, percentiles: [10, 12, 50, 80, 150, 900, 1500] }] },
);
const LOG = invocationTrace(
  [{ app: "a" }],
  Array.from({ length: 150_000 }, (_, i) => ({
    ...{ f: 0, arrival: i / 999, runtime: (i % 17) / 10, initial: 10 + (i % 900), peak: 1000 },
    ...(i % 3 === 2 ? { parent: i - 2 } : {}),
  })),
);
const TRACES = { counts: COUNTS, log: LOG };
const prepared = (trace: keyof typeof TRACES) => prepareWorkload(TRACES[trace], AS_IS);
const keptIn = (folder: string, share: number) => ({ share, seed: 5, folder, metadata: { seed: "5" } });

const create = TableWriter.create.bind(TableWriter);
const opened: TableWriter[] = [];
vi.spyOn(TableWriter, "create").mockImplementation(async (...of) => {
  const writer = await create(...of);
  opened.push(writer);
  return writer;
});
/** Closes the files that a process which is killed leaves as they are. */
async function leave(): Promise<void> {
  for (const writer of opened.splice(0)) await writer.abandon();
}

async function through(stream: WorkloadStream): Promise<number> {
  let batches = 0;
  for await (const _ of stream.batches(false)) batches++;
  return batches;
}

it("has a sha256 that is chained over its batches, of their numbers column after column", async () => {
  const names = ["arrival_s", "runtime_s", "price_class", "memory_initial_mib", "memory_peak_mib", "parent"];
  let sha256 = Buffer.alloc(0);
  for await (const { rows, columns } of (await prepared("counts")).batches()) {
    const hash = createHash("sha256").update(sha256);
    for (const name of names) hash.update(columns[name]!.slice(0, rows));
    sha256 = hash.digest();
  }
  const written = await writeWorkload(await prepared("counts"), PRICES, newFolder(), {});
  expect(written.sha256).toBe(sha256.toString("hex"));
  expect(written.rows).toBe(4 * 69_000);
  const stream = new WorkloadStream(await prepared("counts"), PRICES, keptIn(newFolder(), 0));
  await through(stream);
  expect(stream.facts).toEqual(written);
});

it("writes each batch as it was drawn, though the next is drawn meanwhile", async () => {
  const crowd = Array.from({ length: 150_000 }, (_, i) => ({
    ...{ f: i % 3, arrival: i / 3000, runtime: i / 1e6, priceClass: i % 5, initial: i % 9, peak: 9 },
    ...(i % 3 > 0 ? { parent: i - (i % 3) } : {}),
  }));
  const functions = ["a", "b", "c"].map((app) => ({ app }));
  const workload = await prepareWorkload(invocationTrace(functions, crowd), AS_IS);
  const folder = newFolder();
  await writeWorkload(workload, PRICES, folder, {});
  const table = readTable(join(folder, "workload.arrow"));
  const column = (name: string) => table.getChild(name)!.toArray();
  const runtime = column("runtime_s");
  const parent = table.getChild("parent")!;
  for (const [i, row] of crowd.entries()) {
    if (runtime[i] !== row.runtime || parent.get(i) !== (row.parent ?? null)) expect.fail(`row ${i}`);
  }
  expect(table.numRows).toBe(crowd.length);
});

describe.each([
  ["counts", 0],
  ["counts", 0.02],
  ["counts", 0.6],
  ["log", 0.6],
] as const)("a stream of %s of which a share of %d is kept", (trace, share) => {
  const bytesOf = (folder: string) => (share > 0 ? readFileSync(join(folder, "workload.arrow")) : null);
  let undisturbed: { facts: WorkloadFacts; bytes: Buffer | null; batches: number };
  beforeAll(async () => {
    const folder = newFolder();
    const stream = new WorkloadStream(await prepared(trace), PRICES, keptIn(folder, share));
    const batches = await through(stream);
    undisturbed = { facts: stream.facts, bytes: bytesOf(folder), batches };
  });

  it("that was killed goes on from any batch: the same facts, and the same bytes of the sample", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(undisturbed.batches), fc.nat(3), async (at, further) => {
        const folder = newFolder();
        const killed = new WorkloadStream(await prepared(trace), PRICES, keptIn(folder, share));
        const batches = killed.batches(false);
        for (let batch = 0; batch < at; batch++) await batches.next();
        const saved = JSON.parse(JSON.stringify(await killed.save())) as SavedStream;
        for (let batch = 0; batch < further; batch++) await batches.next();
        await leave();
        const resumed = await WorkloadStream.resume(await prepared(trace), PRICES, keptIn(folder, share), saved);
        expect(await resumed.save()).toEqual(saved);
        expect(await through(resumed)).toBe(undisturbed.batches - at);
        expect(resumed.facts).toEqual(undisturbed.facts);
        if (share > 0) expect(bytesOf(folder)!.equals(undisturbed.bytes!)).toBe(true);
        rmSync(folder, { recursive: true });
      }),
      { seed: 21, numRuns: 6 },
    );
  }, 60_000);
});

it.each([
  ["counts", 0.02],
  ["log", 0.3],
] as const)("keeps of %s the rows of the whole, labels too", async (trace, share) => {
  const [some, whole] = [newFolder(), newFolder()];
  await through(new WorkloadStream(await prepared(trace), PRICES, keptIn(some, share)));
  await writeWorkload(await prepared(trace), PRICES, whole, {});
  const [sample, every] = [some, whole].map((folder) => readTable(join(folder, "workload.arrow")));
  const numbers = sample!.getChild("invocation")!.toArray() as Uint32Array;
  expect(numbers.length / every!.numRows).toBeCloseTo(share, 2);
  for (const { name } of every!.schema.fields) {
    const [kept, of] = [sample!.getChild(name)!, every!.getChild(name)!];
    const other = numbers.findIndex((number, row) => kept.get(row) !== of.get(number));
    expect(other, name).toBe(-1);
  }
});

it("says which workload it is in the sample's metadata, and how many have callers in its facts", async () => {
  const folder = newFolder();
  const stream = new WorkloadStream(await prepared("log"), PRICES, keptIn(folder, 0.01));
  await through(stream);
  const { metadata } = readTable(join(folder, "workload.arrow")).schema;
  expect(metadata.get("workload_sha256")).toBe(stream.facts.sha256);
  expect(stream.facts.children).toBe(50_000);
  expect(stream.facts.rows).toBe(150_000);
});
