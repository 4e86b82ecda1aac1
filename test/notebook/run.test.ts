import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chart } from "../../src/chart/charts.js";
import { open } from "../../src/notebook/run.js";
import {
  type Column,
  INVOCATIONS,
  MACHINES,
  OUTCOMES,
  TABLE_VERSION,
  TableWriter,
  WINDOWS,
  WORKLOAD,
} from "../../src/table/index.js";

let folder: string;

const MANIFEST = {
  replaybook: "0.1.0",
  table_version: TABLE_VERSION,
  trace: { name: "eight", kind: "invocations", format: "table", sha256: "0" },
  seed: 1,
  options: { prices: "1,2", cores: "8" },
  machines: 1,
  from_s: 0,
  to_s: 8,
  sample_every_s: 1,
  offered_load: { expected: 0.5, realised: 0.5 },
  workload: { rows: 8, sha256: "0" },
  schedulers: { xx: { end_s: 8 }, edf: { end_s: 8 } },
};

/** Writes a table in batches of the sizes given, row `first` first. Odd invocations are unfinished. */
async function write(path: string, columns: readonly Column[], sizes: readonly number[], first = 0): Promise<void> {
  const dictionaries = { outcome: [...OUTCOMES], owner: ["a", "b"] };
  const table = await TableWriter.create(join(folder, path), columns, { scheduler: path.split("/")[0]! }, dictionaries);
  for (const size of sizes) {
    const at = first;
    const column = (value: (row: number) => number) => Float64Array.from({ length: size }, (_, i) => value(at + i));
    await table.write(
      {
        invocation: Uint32Array.from(column((row) => row)),
        price_class: new Uint8Array(size),
        arrival_s: column((row) => row),
        runtime_s: column(() => 0.5),
        finish_s: column((row) => (row % 2 ? Number.NaN : row + 0.5)),
        preemptions: new Uint32Array(size),
        outcome: Int32Array.from(column((row) => (row % 2 ? OUTCOMES.indexOf("unfinished") : 0))),
        owner: Int32Array.from(column((row) => (row % 3) - 1)),
      },
      size,
    );
    first += size;
  }
  await table.close();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "replaybook run "));
  writeFileSync(join(folder, "run.json"), JSON.stringify(MANIFEST));
  for (const made of ["xx", "edf/invocations"]) mkdirSync(join(folder, made), { recursive: true });
  await write("workload.arrow", WORKLOAD, [5, 3]);
  await write("xx/invocations.arrow", INVOCATIONS, [5, 3]);
  await write("edf/invocations/part-00000.arrow", INVOCATIONS, [3, 2]);
  await write("edf/invocations/part-00001.arrow", INVOCATIONS, [3], 5);
  for (const scheduler of ["xx", "edf"]) {
    await write(`${scheduler}/machines.arrow`, MACHINES, []);
    await write(`${scheduler}/windows.arrow`, WINDOWS, []);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a run", () => {
  it("has its manifest, and its schedulers as they were asked for", () => {
    const run = open(folder);
    expect(run.manifest).toEqual(MANIFEST);
    expect(run.schedulers).toEqual(["xx", "edf"]);
  });

  it("sums up to a row per scheduler and class, with what the chart of p99 slowdowns needs", async () => {
    const summary = await open(folder).summary();
    expect(summary.select("scheduler", "price_class", "price", "count", "finished", "unfinished").objects()).toEqual([
      { scheduler: "xx", price_class: 0, price: 1, count: 8, finished: 4, unfinished: 4 },
      { scheduler: "xx", price_class: 1, price: 2, count: 0, finished: 0, unfinished: 0 },
      { scheduler: "edf", price_class: 0, price: 1, count: 8, finished: 4, unfinished: 4 },
      { scheduler: "edf", price_class: 1, price: 2, count: 0, finished: 0, unfinished: 0 },
    ]);
    const labels = (chart("p99-slowdown", summary) as unknown as { data: { values: { label: string }[] } }).data.values;
    expect(labels.map(({ label }) => label)).toEqual(["too few  xx", "too few  edf"]);
  });

  it.each(["xx", "edf"])("gives the same table from one file as from parts (%s)", (scheduler) => {
    const table = open(folder).table(scheduler, "invocations");
    const columns = table.select("invocation", "finish_s", "outcome").objects();
    expect(columns).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({
        invocation: i,
        finish_s: i % 2 ? null : i + 0.5,
        outcome: i % 2 ? "unfinished" : "finished",
      })),
    );
  });

  it("gives labels and their nulls as they are, whatever the size of a batch", () => {
    const owners = open(folder).workload().array("owner");
    expect([...owners]).toEqual([null, "a", "b", null, "a", "b", null, "a"]);
  });

  it("gives Arrow's table with what it says of itself", () => {
    const table = open(folder).arrow("edf", "invocations");
    expect(table.numRows).toBe(8);
    expect(table.schema.metadata.get("scheduler")).toBe("edf");
    expect(table.schema.fields.find((field) => field.name === "finish_s")!.metadata.get("unit")).toBe("s");
  });

  it.each(["xx", "edf"])("reads the columns named and no others (%s)", (scheduler) => {
    const table = open(folder).table(scheduler, "invocations", ["finish_s", "outcome"]);
    expect(table.columnNames()).toEqual(["finish_s", "outcome"]);
    expect(table.objects()).toEqual(
      open(folder).table(scheduler, "invocations").select("finish_s", "outcome").objects(),
    );
    expect(open(folder).workload(["arrival_s"]).columnNames()).toEqual(["arrival_s"]);
    expect(() => open(folder).table(scheduler, "invocations", ["finish"])).toThrow(
      /^invalid column: finish \(.*\.arrow\); expected some of invocation, price_class, arrival_s/,
    );
  });

  it("comes part by part, whole batches at a time", async () => {
    const parts: unknown[][] = [];
    for await (const part of open(folder).parts("edf", "invocations", ["invocation", "outcome"], 4)) {
      parts.push([...part.array("invocation")]);
    }
    expect(parts).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6, 7],
    ]);
  });

  it("says what there is when asked for what is not", () => {
    const run = open(folder);
    expect(() => run.table("fifo", "invocations")).toThrow(
      `invalid scheduler: fifo (${folder}); expected one of xx, edf`,
    );
    expect(() => run.table("xx", "swaps")).toThrow(
      `invalid table: swaps (${join(folder, "xx")}); expected one of invocations, machines, windows`,
    );
  });

  it("is not any folder", () => {
    const none = join(folder, "none");
    expect(() => open(none)).toThrow(
      `invalid run: ${none} (no such folder); expected a folder written by replaybook replay; for the demo, run npm start first`,
    );
    expect(() => open(join(folder, "xx"))).toThrow(
      `invalid run: ${join(folder, "xx")} (has no run.json); expected a folder written by replaybook replay`,
    );
  });
});
