import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { register } from "../../src/cli/export.js";
import { writeCsv } from "../../src/cli/write-csv.js";
import type { Column, ColumnType, Values } from "../../src/table/index.js";
import { handMadeRun, write } from "../analysis/hand-made-run.js";
import { call } from "./call.js";

const INVOCATIONS = [{ arrival: 0.1, runtime: 0.2, preemptions: 3 }, { finish: null }, { arrival: 1e-7, runtime: 0 }];
const made = () => handMadeRun({ xx: { invocations: INVOCATIONS, parts: [2, 1] }, edf: { invocations: INVOCATIONS } });
const files = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

describe("replaybook export", () => {
  it("writes every table of a run, in parts or not, to a file of its own beside the run", async () => {
    const folder = await made();
    const target = `${folder}-csv`;
    expect(await call(register, "export", folder, "--to", "csv")).toBe(`${target}: 7 tables, 11 rows\n`);
    expect(files(target)).toEqual([
      ...["edf", "edf/invocations.csv", "edf/machines.csv", "edf/windows.csv", "workload.csv"],
      ...["xx", "xx/invocations.csv", "xx/machines.csv", "xx/windows.csv"],
    ]);
    const text = readFileSync(join(target, "xx/invocations.csv"), "utf8");
    expect(text).toBe(`\
invocation,price_class,arrival_s,runtime_s,start_s,finish_s,machine,preemptions,swap_outs,swap_ins,outcome,cpu_s,\
memory_running_mib_s,memory_resident_mib_s,memory_swapped_mib_s
0,0,0.1,0.2,,0.30000000000000004,-1,3,0,0,finished,,,,
1,0,0,1,,,-1,0,0,0,unfinished,,,,
2,0,1e-7,0,,1e-7,-1,0,0,0,finished,,,,
`);
    expect(readFileSync(join(target, "edf/invocations.csv"), "utf8")).toBe(text);
  });

  it("writes where it is told, and replaces what is there only with --force", async () => {
    const folder = await made();
    const target = join(dirname(folder), "new/place");
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "mine"), "");
    await expect(call(register, "export", folder, "--to", "csv", "-o", target)).rejects.toThrow(
      `invalid output: ${target} (-o, exists); expected a new name, or --force to replace it`,
    );
    expect(files(target)).toEqual(["mine"]);
    await call(register, "export", folder, "--to", "csv", "-o", target, "--force");
    expect(files(target)).toContain("workload.csv");
    expect(files(target)).not.toContain("mine");
  });

  it("never replaces the run", async () => {
    const folder = await made();
    for (const target of [folder, join(folder, "csv"), dirname(folder)]) {
      await expect(call(register, "export", folder, "--to", "csv", "-o", target, "--force")).rejects.toThrow(
        `invalid output: ${target} (-o, which holds the run or lies in it); expected another folder`,
      );
    }
  });

  it("says what a run can be written as", async () => {
    await expect(call(register, "export", await made(), "--to", "xlsx")).rejects.toThrow(
      "invalid table format: xlsx (--to); expected one of csv, parquet, arrow",
    );
  });

  it("leaves nothing behind where a table is cut short", async () => {
    const folder = await made();
    const path = join(folder, "edf/machines.arrow");
    truncateSync(path, 500);
    await expect(call(register, "export", folder, "--to", "csv")).rejects.toThrow(
      `invalid table: ${path} (cut short or not Arrow); expected a whole Arrow file`,
    );
    expect(files(dirname(folder)).filter((name) => name.includes("csv"))).toEqual([]);
  });

  it("is refused of a table that lacks rows", async () => {
    const folder = await handMadeRun({ xx: { invocations: [{}, {}] }, edf: { invocations: [{}] } });
    await expect(call(register, "export", folder, "--to", "csv")).rejects.toThrow(
      `invalid run: ${folder} (edf/invocations has 1 of 2 rows); expected a whole run folder: replay it again`,
    );
    expect(existsSync(`${folder}-csv`)).toBe(false);
  });
});

/** The lines of a table of one column, without its name. */
async function lines(type: ColumnType, values: Values, strings?: readonly string[]): Promise<string[]> {
  const folder = dirname(await handMadeRun({}));
  const column: Column = { name: "x", type, unit: "", about: "", nulls: "none" };
  await write(join(folder, "x.arrow"), [column], { x: values }, values.length, strings && { x: strings });
  expect(await writeCsv([join(folder, "x.arrow")], join(folder, "x.csv"))).toBe(values.length);
  const text = readFileSync(join(folder, "x.csv"), "utf8");
  expect(text.startsWith("x\n") && text.endsWith("\n")).toBe(true);
  return text.slice(2, -1).split("\n");
}

describe("a column in CSV", () => {
  it("has labels in quotes where RFC 4180 wants them, and null empty", async () => {
    const strings = ["plain", "a,b", 'say "x"', "", " padded", "naïve ✓"];
    expect(await lines("dictionary", Int32Array.of(0, 1, 2, 3, 4, 5, -1, 0), strings)).toEqual([
      ...["plain", '"a,b"', '"say ""x"""', '""', '" padded"', "naïve ✓", "", "plain"],
    ]);
    expect(await lines("dictionary", Int32Array.of(0), ["two\r\nlines"])).toEqual(['"two\r', 'lines"']);
  });

  it("has doubles as JavaScript prints them, which read back as the same", async () => {
    const doubles = fc.double({ noNaN: true });
    const some = [0, 1, -1, 2147483647, 2147483648, 1e21, 5e-324, -1.2345678901234567e-123, Number.POSITIVE_INFINITY];
    await fc.assert(
      fc.asyncProperty(fc.array(doubles, { minLength: 1 }), async (drawn) => {
        const values = [...drawn, ...some].map((x) => x + 0);
        expect((await lines("float64", Float64Array.from(values))).map(Number)).toEqual(values);
      }),
      { seed: 4, numRuns: 20 },
    );
    expect(await lines("float64", Float64Array.of(0.1, Number.NaN, 1e-7, 1e21))).toEqual(["0.1", "", "1e-7", "1e+21"]);
  });

  it("has floats with as few digits as read back as the same float", async () => {
    expect(await lines("float32", Float32Array.of(0.1, 83.54775, 170, 1e-3, Number.NaN, 16777216))).toEqual([
      ...["0.1", "83.54775", "170", "0.001", "", "16777216"],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.float({ noNaN: true }), { minLength: 1 }), async (drawn) => {
        const values = Float32Array.from(drawn, (x) => x + 0);
        expect((await lines("float32", values)).map((text) => Math.fround(Number(text)))).toEqual([...values]);
      }),
      { seed: 4, numRuns: 20 },
    );
  });

  it("has whole numbers to the last digit", async () => {
    const whole = [0, 9, 10, 99, 100, 2147483647];
    expect(await lines("int32", Int32Array.of(...whole, -1, -2))).toEqual([...whole.map(String), "", "-2"]);
    expect(await lines("uint32", Uint32Array.of(...whole, 4294967295))).toEqual([...whole.map(String), "4294967295"]);
    expect(await lines("uint8", Uint8Array.of(0, 255))).toEqual(["0", "255"]);
  });

  it("goes on over many chunks and batches", async () => {
    const values = Float64Array.from({ length: 150_000 }, (_, i) => i / 7);
    expect((await lines("float64", values)).map(Number)).toEqual([...values]);
  });
});
