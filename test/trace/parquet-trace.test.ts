import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { register } from "../../src/cli/export.js";
import type { MinuteCounts } from "../../src/trace/trace.js";
import { call } from "../cli/call.js";
import { failure, fileWith, openCounts, openLog, read, rows, scratch } from "./helpers.js";

const SAMPLE = join(import.meta.dirname, "../../traces/azure-functions-sample");
let exports = 0;
/** A trace folder's tables as Parquet. */
async function exported(folder: string): Promise<string> {
  const target = join(scratch, `parquet-${exports++}`);
  await call(register, "export", folder, "--to", "parquet", "-o", target);
  return target;
}
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));

it("reads a count trace that was exported as Parquet back as it was", async () => {
  const { folder } = await read(SAMPLE);
  const back = await read(await exported(folder));
  expect(manifestOf(back.folder)).toEqual(manifestOf(folder));
  for (const table of ["functions", "durations", "memory"])
    expect(rows(back.folder, table)).toEqual(rows(folder, table));
  const [one, two] = await Promise.all([folder, back.folder].map(openCounts));
  const all = async (minutes: AsyncIterable<MinuteCounts>) => {
    let [cells, sum] = [0, 0];
    for await (const { minute, functionId, count, length } of minutes) {
      cells += length;
      for (let i = 0; i < length; i++) sum = (sum * 31 + minute * 7 + functionId[i]! * 3 + count[i]!) % 4294967291;
    }
    return { cells, sum };
  };
  const expected = await all(one!.minutes(0, 1440));
  expect(expected.cells).toBeGreaterThan(1000);
  expect(await all(two!.minutes(0, 1440))).toEqual(expected);
  await Promise.all([one!.close(), two!.close()]);
});

const TEXT = `arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,function,owner,parent
0,1,2,64.1,128,f,o,
0.3,0.1,,,,"g, ✓",o,0
7.7,1e-9,0,1,1,,,1
`;

it("reads an invocation trace that was exported as Parquet back as it was, under another name", async () => {
  const { folder } = await read(fileWith("own.csv", TEXT));
  const back = await read(await exported(folder), { name: "other" });
  expect(back.manifest).toEqual({ ...manifestOf(folder), name: "other" });
  for (const table of ["functions", "invocations"]) expect(rows(back.folder, table)).toEqual(rows(folder, table));
  await (await openLog(back.folder)).close();
});

it("refuses one that lacks a table, or has another's, in one line", async () => {
  const { folder } = await read(fileWith("own.csv", TEXT));
  const whole = await exported(folder);
  const copy = (name: string) => {
    cpSync(whole, join(scratch, name), { recursive: true });
    return join(scratch, name);
  };
  const lacking = copy("lacking");
  rmSync(join(lacking, "invocations.parquet"));
  const expected = "expected a trace as export has written it";
  expect(await failure(lacking)).toBe(`invalid trace: ${lacking} (has no invocations.parquet); ${expected}`);
  const other = copy("other");
  writeFileSync(join(other, "manifest.json"), JSON.stringify({ ...manifestOf(whole), invocations: 4 }));
  expect(await failure(other)).toBe(
    `invalid trace: ${other} (invocations.parquet is not what its manifest.json says); ${expected}`,
  );
  const damaged = copy("damaged");
  writeFileSync(join(damaged, "functions.parquet"), readFileSync(join(damaged, "functions.parquet")).subarray(0, 200));
  expect(await failure(damaged)).toBe(
    "invalid table: functions.parquet (cut short, damaged or not Parquet); expected a whole Parquet file",
  );
});
