import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { TableReader } from "../../src/table/index.js";
import { DIFFERS, folderOf, plainTable, runFolder, SAMPLE } from "./runs.js";
import { allColumns, difference, sha256Of } from "./tables.js";

const ALL = Object.keys(SCHEDULERS).join(",");
const TABLES = ["invocations", "machines", "occupancy", "swaps", "windows"];
const sample = (flags: Parameters<typeof runFolder>[1]) =>
  runFolder(SAMPLE, { scheduler: ALL, machines: "2", cores: "4", k: "1", cut: "0s..600s", ...flags });
const plain = (flags: Parameters<typeof runFolder>[1], table = plainTable(600)) =>
  runFolder(folderOf("plain", { "table.csv": table }), { scheduler: ALL, machines: "4", cores: "2", k: "2", ...flags });

/** Hashes of one scheduler's files. */
const of = (scheduler: string, hashes: Record<string, string>) =>
  Object.fromEntries(Object.entries(hashes).filter(([name]) => name.startsWith(`${scheduler}/`)));

/** The columns of two runs' tables are equal, whatever their metadata say. */
async function expectSameColumns(one: string, other: string, tables: readonly string[], but: readonly string[] = []) {
  for (const table of tables) {
    const expected = await allColumns(one, table);
    for (const [name, values] of Object.entries(await allColumns(other, table))) {
      if (!but.includes(name)) expect(difference(values, expected[name]!), `${table}, ${name}`).toBe("");
    }
  }
}

it.each([
  ["a count trace", sample],
  ["a plain table", plain],
] as const)("%s: the same inputs, options and seed give the same sha256 of every file", async (_, make) => {
  const once = sha256Of(await make({}), DIFFERS);
  expect(Object.keys(once).length).toBe(2 + TABLES.length * Object.keys(SCHEDULERS).length);
  expect(sha256Of(await make({}), DIFFERS)).toEqual(once);
  const other = sha256Of(await make({ seed: "2" }), DIFFERS);
  for (const [name, hash] of Object.entries(other)) expect(hash, name).not.toBe(once[name]);
});

it("another scheduler beside it changes no byte of a scheduler's tables, nor of the workload", async () => {
  const all = sha256Of(await sample({}), DIFFERS);
  for (const scheduler of Object.keys(SCHEDULERS)) {
    const alone = sha256Of(await sample({ scheduler }), DIFFERS);
    expect(of(scheduler, alone)).toEqual(of(scheduler, all));
    expect(alone["workload.arrow"]).toBe(all["workload.arrow"]);
  }
  const reversed = sha256Of(await sample({ scheduler: ALL.split(",").reverse().join(",") }), DIFFERS);
  for (const scheduler of Object.keys(SCHEDULERS)) expect(of(scheduler, reversed)).toEqual(of(scheduler, all));
});

it("another k, number of machines or of shards changes no draw of the workload, and k nothing of who does not poll", async () => {
  const before = await plain({});
  const after = await plain({ k: "3", shards: "2" });
  for (const scheduler of ["edf", "ideal", "random"]) {
    await expectSameColumns(join(before, scheduler), join(after, scheduler), TABLES);
  }
  const machine = async (run: string) => (await allColumns(join(run, "hermod"), "invocations"))["machine"]!;
  expect(difference(await machine(after), await machine(before))).not.toBe("");
  const workloads = [before, after, await plain({ machines: "9" })].map((run) => sha256Of(run)["workload.arrow"]);
  expect(new Set(workloads).size).toBe(1);
});

it("a number of shards changes nothing while they place at once", async () => {
  await expectSameColumns(join(await plain({ shards: "1" }), "xx"), join(await plain({ shards: "7" }), "xx"), TABLES);
});

/** The rows of workload.arrow with labels as strings. */
async function workloadRows(run: string): Promise<Record<string, unknown>[]> {
  const reader = await TableReader.open(join(run, "workload.arrow"));
  const rows: Record<string, unknown>[] = [];
  for await (const { columns, rows: count } of reader.batches()) {
    for (let i = 0; i < count; i++) {
      const entries = Object.entries(columns).map(([name, values]) => {
        const strings = reader.dictionary(name);
        return [name, strings.length > 0 ? (strings[values[i]!] ?? null) : values[i]];
      });
      rows.push(Object.fromEntries(entries));
    }
  }
  await reader.close();
  return rows;
}

it.each([
  ["a count trace", (cut: string) => sample({ cut, scheduler: "random", "app-memory": "divide-by-functions" }), 600],
  ["a plain table", (cut: string) => plain({ cut, scheduler: "random" }), 40],
] as const)("%s: a cut has the rows of the whole that arrive in it, every value the same", async (_, make, length) => {
  const whole = await workloadRows(await make(`0s..${length}s`));
  const [from, to] = [length / 4 + 0.3, length / 2];
  const inside = whole.filter((row) => (row["arrival_s"] as number) >= from && (row["arrival_s"] as number) < to);
  expect(inside.length).toBeGreaterThan(20);
  expect(await workloadRows(await make(`${from}s..${to}s`))).toEqual(inside);
});

it("relabelling the functions of a workload table changes nothing but the labels", async () => {
  const relabelled = (name: string) => `zz${999 - Number(name.slice(1))}é${name[0]}`;
  const before = await plain({});
  const after = await plain({}, plainTable(600, relabelled));
  for (const scheduler of Object.keys(SCHEDULERS)) {
    await expectSameColumns(join(before, scheduler), join(after, scheduler), TABLES);
  }
  const renamed = (await workloadRows(before)).map((row) => {
    const labels = ["function", "app", "owner"].map((column) => [column, relabelled(row[column] as string)]);
    return { ...row, ...Object.fromEntries(labels) };
  });
  expect(await workloadRows(after)).toEqual(renamed);
});

it("relabelling changes nothing where classes and memory have to be drawn", async () => {
  const bare = (table: string) => table.replace(/^([^,]*,[^,]*),[^,]*,[^,]*,[^,]*,/gm, "$1,");
  const relabelled = (name: string) => `zz${999 - Number(name.slice(1))}${name[0]}`;
  const classes = { classes: "weights:1,1,1,1,1", scheduler: "xx" };
  const before = await plain(classes, bare(plainTable(600)));
  const after = await plain(classes, bare(plainTable(600, relabelled)));
  await expectSameColumns(join(before, "xx"), join(after, "xx"), TABLES);
  const labels = ["function", "app", "owner", "trigger"];
  await expectSameColumns(before, after, ["workload"], labels);
});

/** The lines after the header in another order. */
function shuffled(text: string): string {
  const [header, ...lines] = text.trimEnd().split("\n");
  const order = lines.map((line, i) => [(i * 7919) % lines.length, line] as const);
  return `${[header, ...order.sort((a, b) => a[0] - b[0]).map(([, line]) => line)].join("\n")}\n`;
}

it("shuffling the rows of a trace's files changes no byte of a run", async () => {
  const files = Object.fromEntries(readdirSync(SAMPLE).map((name) => [name, readFileSync(join(SAMPLE, name), "utf8")]));
  const other = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, shuffled(text)]));
  expect(Object.keys(files).length).toBe(3);
  const flags = { scheduler: ALL, machines: "2", cores: "4", cut: "0s..600s" };
  const before = sha256Of(await runFolder(folderOf("azure", files), flags), DIFFERS);
  expect(sha256Of(await runFolder(folderOf("azure", other), flags), DIFFERS)).toEqual(before);
});

it("shuffling the rows of a plain table without ties changes no byte of a run", async () => {
  const [header, ...lines] = plainTable(600).trimEnd().split("\n");
  const untied = `${[header, ...lines.map((line, i) => line.replace(/^[^,]*/, String(i / 16)))].join("\n")}\n`;
  const before = await plain({}, untied);
  const after = await plain({}, shuffled(untied));
  expect(sha256Of(after, DIFFERS)).toEqual(sha256Of(before, DIFFERS));
});
