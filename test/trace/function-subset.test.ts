import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BATCH_ROWS, LAMBDA_COLUMNS, TableWriter, TRACE_INVOCATIONS } from "../../src/table/index.js";
import { writeSubset } from "../../src/trace/function-subset.js";
import type { TraceManifest } from "../../src/trace/trace.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { cells, fileWith, folderWith, openLog, read, rows, scratch } from "./helpers.js";

let folders = 0;

/** The subset of a trace folder that has these functions, in a new folder. */
async function subset(folder: string, kept: readonly number[]): Promise<{ folder: string; manifest: TraceManifest }> {
  const out = join(scratch, `subset-${folders++}`);
  mkdirSync(out);
  const trace = await openTrace(folder);
  const { name, sha256, functions, invocations } = trace.manifest;
  const sample = { from: { name, sha256, functions, invocations }, functions: kept.length, seed: 1, distances: {} };
  const manifest = await writeSubset(trace, Uint32Array.from(kept), { name: "part", sample }, out);
  await trace.close();
  return { folder: out, manifest };
}

const FUNCTIONS = [
  ["o1", "a", "f", "http"],
  ["o1", "a", "g", "timer"],
  ["o1", "b", "h", "queue"],
  ["o2", "a", "i", "http"],
] as const;
const MINUTES = Array.from({ length: 1440 }, (_, i) => i + 1);

/** Two days of Azure Functions 2019 with the rows that `wanted` lets through. */
function days(wanted: (name: string) => boolean): string {
  const some = FUNCTIONS.filter(([, , name]) => wanted(name));
  const table = (head: string, lines: readonly string[]) => `${[head, ...lines].join("\n")}\n`;
  const count = (f: number, minute: number, day: number) => ((f + 1) * (minute + day)) % (3 + f);
  const files: Record<string, string> = {};
  for (const day of [1, 2]) {
    const counts = some.map((row) => {
      const f = FUNCTIONS.indexOf(row);
      return `${row.join(",")},${MINUTES.map((minute) => count(f, minute, day)).join(",")}`;
    });
    const durations = some.map(([o, a, f]) => `${o},${a},${f},${100 * day + f.charCodeAt(0)},9,1,900,1,2,3,4,5,6,7`);
    const apps = new Set(some.map(([o, a]) => `${o},${a}`));
    const memory = [...apps].map((app) => `${app},5,${100 + day},1,2,3,4,5,6,7,8`);
    const levels = (name: string, of: readonly number[]) => of.map((level) => `${name}${level}`).join(",");
    files[`invocations.d0${day}.csv`] = table(`HashOwner,HashApp,HashFunction,Trigger,${MINUTES.join(",")}`, counts);
    files[`durations.d0${day}.csv`] = table(
      `HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,${levels("percentile_Average_", [0, 1, 25, 50, 75, 99, 100])}`,
      durations,
    );
    files[`memory.d0${day}.csv`] = table(
      `HashOwner,HashApp,SampleCount,AverageAllocatedMb,${levels("AverageAllocatedMb_pct", [1, 5, 25, 50, 75, 95, 99, 100])}`,
      memory,
    );
  }
  return folderWith(files);
}

const bytes = (folder: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name)).toString("base64")]));

describe("some functions of a count trace", () => {
  it("are byte for byte what ingest makes of their rows alone", async () => {
    const whole = await read(days(() => true));
    const part = await subset(whole.folder, [0, 2]);
    const alone = await read(days((name) => name === "f" || name === "h"));
    const tables = readdirSync(alone.folder).filter((name) => name.endsWith(".arrow"));
    expect(tables).toHaveLength(4);
    expect(bytes(part.folder, tables)).toEqual(bytes(alone.folder, tables));
    const { sha256, invocations, functions, duration_s, cpu, lacks } = alone.manifest;
    expect(part.manifest).toMatchObject({ sha256, invocations, functions, duration_s, cpu, lacks });
  });

  it("are the whole trace when they are all", async () => {
    const whole = await read(days(() => true));
    const { folder, manifest } = await subset(whole.folder, [0, 1, 2, 3]);
    expect(manifest.sha256).toBe(whole.manifest.sha256);
    expect(bytes(folder, ["counts.arrow"])).toEqual(bytes(whole.folder, ["counts.arrow"]));
  });

  it("keep their counts, minutes and length, and the memory of their app", async () => {
    const whole = await read(days(() => true));
    const { folder, manifest } = await subset(whole.folder, [1]);
    expect(await cells(folder)).toEqual((await cells(whole.folder)).filter((cell) => cell.startsWith("g ")));
    expect(rows(folder, "memory").map(({ owner, app, day }) => [owner, app, day])).toEqual([
      ["o1", "a", 0],
      ["o1", "a", 1],
    ]);
    expect(manifest).toMatchObject({
      name: "part",
      duration_s: 2 * 86400,
      rows: {
        functions: { kept: 1, left_out: 3 },
        durations: { kept: 2, left_out: 6 },
        memory: { kept: 2, left_out: 4 },
      },
      sample: { from: { sha256: whole.manifest.sha256, functions: 4 }, functions: 1, seed: 1 },
    });
  });

  it("keep memory of a function, and lack it where it was another's", async () => {
    const folder = folderWith({
      "invocations.csv": "HashOwner,HashApp,HashFunction,1\no,a,f,1\no,a,g,1\n",
      "memory.csv": "HashOwner,HashApp,HashFunction,SampleCount,AverageAllocatedMb\no,a,g,5,70\n",
    });
    const whole = await read(folder);
    expect((await subset(whole.folder, [0])).manifest.lacks).toContain("memory");
    expect((await subset(whole.folder, [1])).manifest.lacks).not.toContain("memory");
  });
});

describe("some functions of a log", () => {
  const HEAD = "arrival_s,runtime_s,function,memory_peak_mib,memory_initial_mib,parent";
  const LOG = ["0,1,f,64,32,", "1,2.5,g,,,0", "2,1,f,,,1", "3,0.1,h,,,", "3,7,g,128,1,3", "9,1,f,,,4"];

  it("are what ingest makes of their rows alone; a parent is found again, or lost and counted", async () => {
    const whole = await read(fileWith("w.csv", `${[HEAD, ...LOG].join("\n")}\n`));
    const part = await subset(whole.folder, [0, 1]);
    const alone = ["0,1,f,64,32,", "1,2.5,g,,,0", "2,1,f,,,1", "3,7,g,128,1,", "9,1,f,,,3"];
    const wanted = await read(fileWith("w.csv", `${[HEAD, ...alone].join("\n")}\n`));
    expect(rows(part.folder, "invocations")).toEqual(rows(wanted.folder, "invocations"));
    expect(rows(part.folder, "functions")).toEqual(rows(wanted.folder, "functions"));
    expect(part.manifest.sha256).toBe(wanted.manifest.sha256);
    expect(part.manifest.cpu).toEqual(wanted.manifest.cpu);
    expect(part.manifest.notes).toEqual(["1 invocation has lost the caller: its function is not in the sample"]);
  });

  it("are as long as the whole, though they end earlier", async () => {
    const whole = await read(fileWith("w.csv", `${[HEAD, ...LOG].join("\n")}\n`));
    const { manifest } = await subset(whole.folder, [1]);
    expect(manifest.duration_s).toBe(9);
  });

  it("are cut into full batches, and parents are found over their borders", async () => {
    const length = 2 * BATCH_ROWS + 500;
    const lines = Array.from({ length }, (_, i) => `${i},1,${i % 3 === 0 ? "f" : "g"},${i >= 5 ? i - 3 : ""}`);
    const whole = await read(fileWith("w.csv", `arrival_s,runtime_s,function,parent\n${lines.join("\n")}\n`));
    const log = await openLog((await subset(whole.folder, [1])).folder);
    const sizes: number[] = [];
    let row = 0;
    for await (const { rows: size, columns } of log.batches()) {
      sizes.push(size);
      for (let i = 0; i < size; i++, row++) {
        const parent = columns["parent"]![i]!;
        // Row r of g was row 1 + r + floor(r / 2); its parent, three rows earlier, is two earlier now.
        if (columns["arrival_s"]![i]! >= 5 && parent !== row - 2) throw new Error(`row ${row} has parent ${parent}`);
      }
    }
    await log.close();
    expect(sizes.every((size, i) => size === BATCH_ROWS || i === sizes.length - 1)).toBe(true);
    expect(row).toBe(lines.filter((line) => line.includes(",g,")).length);
  });

  it("keep the further columns of their format", async () => {
    const whole = await read(fileWith("w.csv", "arrival_s,runtime_s,function\n0,1,f\n1,2,g\n2,3,g\n"));
    const path = join(scratch, `further-${folders++}`);
    const trace = await openTrace(whole.folder);
    const writer = await TableWriter.create(
      path,
      [...TRACE_INVOCATIONS, ...LAMBDA_COLUMNS],
      {},
      { status: ["ok", "timeout"] },
    );
    await writer.write(
      {
        function_id: Uint32Array.of(0, 1, 1),
        arrival_s: Float64Array.of(0, 1, 2),
        runtime_s: Float64Array.of(1, 2, 3),
        billed_s: Float64Array.of(1, 2, Number.NaN),
        status: Int32Array.of(0, 1, -1),
      },
      3,
    );
    await writer.close();
    await trace.close();
    copyFileSync(path, join(whole.folder, "invocations.arrow"));
    const part = await subset(whole.folder, [1]);
    const found = rows(part.folder, "invocations").map(({ arrival_s, billed_s, status }) => [
      arrival_s,
      billed_s,
      status,
    ]);
    expect(found).toEqual([
      [1, 2, "timeout"],
      [2, null, null],
    ]);
  });
});
