import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isTraceFolder, openTrace } from "../../src/trace/trace-folder.js";
import { fileWith, folderWith, openLog, read, scratch } from "./helpers.js";

const COUNTS = "HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,1,2\n";

it("has the tables of its kind and nothing else", async () => {
  const counts = await read(fileWith("i.csv", COUNTS));
  expect(readdirSync(counts.folder).sort()).toEqual([
    "counts.arrow",
    "durations.arrow",
    "functions.arrow",
    "manifest.json",
    "memory.arrow",
  ]);
  const log = await read(fileWith("w.csv", "arrival_s,runtime_s\n0,1\n"));
  expect(readdirSync(log.folder).sort()).toEqual(["functions.arrow", "invocations.arrow", "manifest.json"]);
});

it("has a manifest that is what ingest returned", async () => {
  const { folder, manifest } = await read(fileWith("i.csv", COUNTS));
  expect(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))).toEqual(manifest);
  const trace = await openTrace(folder);
  expect(trace.manifest).toEqual(manifest);
  await trace.close();
});

it("is told from other folders by its manifest and functions", async () => {
  const { folder } = await read(fileWith("i.csv", COUNTS));
  expect(isTraceFolder(folder)).toBe(true);
  expect(isTraceFolder(folderWith({ "manifest.json": "{}" }))).toBe(false);
  expect(isTraceFolder(fileWith("i.csv", COUNTS))).toBe(false);
  expect(isTraceFolder("/no/such")).toBe(false);
});

it("gives what is not known of an invocation as NaN and -1", async () => {
  const { folder } = await read(fileWith("w.csv", "arrival_s,runtime_s,price_class\n0,1,3\n1,1,\n"));
  const log = await openLog(folder);
  for await (const { rows, columns } of log.batches()) {
    expect(rows).toBe(2);
    expect(Array.from(columns["price_class"]!)).toEqual([3, -1]);
    expect(Array.from(columns["parent"]!)).toEqual([-1, -1]);
    expect(Array.from(columns["memory_peak_mib"]!)).toEqual([Number.NaN, Number.NaN]);
  }
  await log.close();
});

async function opened(folder: string): Promise<string> {
  const trace = await openTrace(folder).catch((error: Error) => error.message);
  return typeof trace === "string" ? trace : "opened";
}

it("says what is wrong with a folder that is none, or not whole", async () => {
  expect(await opened("/no/such")).toBe("invalid trace: /no/such (no such file or folder); expected a trace folder");
  const other = folderWith({ "x.csv": "a" });
  expect(await opened(other)).toBe(
    `invalid trace: ${other} (no trace folder); expected a folder that ingest has written`,
  );
  const { folder } = await read(fileWith("i.csv", COUNTS));
  const copy = (name: string) => {
    const path = join(scratch, name);
    cpSync(folder, path, { recursive: true });
    return path;
  };
  const cut = copy("cut");
  writeFileSync(join(cut, "manifest.json"), "{");
  expect(await opened(cut)).toBe(
    `invalid trace: ${cut} (manifest.json is not whole); expected a whole trace folder: ingest it again`,
  );
  const old = copy("old");
  const manifest = { ...JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")), table_version: "0" };
  writeFileSync(join(old, "manifest.json"), JSON.stringify(manifest));
  expect(await opened(old)).toBe(
    `invalid trace: i (${old}, tables of version 0); expected tables of version 1: ingest it again`,
  );
  const short = copy("short");
  truncateSync(join(short, "counts.arrow"), 200);
  expect(await opened(short)).toBe(
    `invalid table: ${join(short, "counts.arrow")} (cut short or not Arrow); expected a whole Arrow file`,
  );
  const without = copy("without");
  rmSync(join(without, "memory.arrow"));
  expect(await opened(without)).toBe(
    `invalid table: ${join(without, "memory.arrow")} (ENOENT); expected an Arrow file`,
  );
});
