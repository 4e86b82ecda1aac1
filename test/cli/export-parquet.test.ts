import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { register } from "../../src/cli/export.js";
import { readTable } from "../../src/table/index.js";
import { ingest } from "../../src/trace/ingest.js";
import { handMadeRun, MANIFEST, newPlace } from "../analysis/hand-made-run.js";
import { duckdb, sqlText } from "../table/duckdb.js";
import { call } from "./call.js";

const TOLD = [{ arrival: 0.1, runtime: 0.2, preemptions: 3 }, { finish: null }, { arrival: 1e-7, runtime: 0 }];
const made = () => handMadeRun({ xx: { invocations: TOLD, parts: [2, 1] }, edf: { invocations: TOLD } });
const files = (folder: string) => {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return all.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
};
const exported = (...args: readonly string[]) => call(register, "export", ...args);

/** A trace folder of a table of one's own. */
async function trace(text: string): Promise<string> {
  const folder = join(newPlace(), "trace");
  mkdirSync(folder);
  const file = join(dirname(folder), "own.csv");
  writeFileSync(file, text);
  await ingest([file], { onBadRow: "stop" }, folder);
  return folder;
}

describe("replaybook export --to parquet", () => {
  it("writes every table of a run, parts as parts", async () => {
    const folder = await made();
    expect(await exported(folder, "--to", "parquet")).toBe(`${folder}-parquet: 7 tables, 11 rows\n`);
    expect(files(`${folder}-parquet`)).toEqual([
      ...["edf/invocations.parquet", "edf/machines.parquet", "edf/windows.parquet", "workload.parquet"],
      ...["xx/invocations/part-00000.parquet", "xx/invocations/part-00001.parquet"],
      ...["xx/machines.parquet", "xx/windows.parquet"],
    ]);
    const rows = "select invocation, arrival_s, finish_s, preemptions, outcome from";
    const told = [
      { invocation: 0, arrival_s: 0.1, finish_s: 0.1 + 0.2, preemptions: 3, outcome: "finished" },
      { invocation: 1, arrival_s: 0, finish_s: null, preemptions: 0, outcome: "unfinished" },
      { invocation: 2, arrival_s: 1e-7, finish_s: 1e-7, preemptions: 0, outcome: "finished" },
    ];
    for (const path of ["xx/invocations/*.parquet", "edf/invocations.parquet"]) {
      expect(await duckdb(`${rows} ${sqlText(join(`${folder}-parquet`, path))}`)).toEqual(told);
    }
  });

  it("writes the same bytes again", async () => {
    const folder = await made();
    await exported(folder, "--to", "parquet");
    await exported(folder, "--to", "parquet", "-o", `${folder}-again`);
    for (const path of files(`${folder}-parquet`)) {
      const [one, two] = ["parquet", "again"].map((name) => readFileSync(join(`${folder}-${name}`, path)));
      expect(one!.equals(two!)).toBe(true);
    }
  });

  it("numbers the rows of the workload, to join what became of them", async () => {
    const folder = await made();
    await exported(folder, "--to", "parquet", "--table", "workload");
    const sql = `select invocation, arrival_s, "function" f from ${sqlText(`${folder}-parquet/workload.parquet`)}`;
    expect(await duckdb(sql)).toEqual([
      { invocation: 0, arrival_s: 0.1, f: null },
      { invocation: 1, arrival_s: 0, f: null },
      { invocation: 2, arrival_s: 1e-7, f: null },
    ]);
  });

  it("writes only the tables that are asked for, in CSV, too", async () => {
    const folder = await made();
    await exported(folder, "--to", "parquet", "--table", "windows,workload");
    expect(files(`${folder}-parquet`)).toEqual(["edf/windows.parquet", "workload.parquet", "xx/windows.parquet"]);
    await exported(folder, "--to", "csv", "--table", "xx/invocations");
    expect(files(`${folder}-csv`)).toEqual(["xx/invocations.csv"]);
  });

  it("is refused of tables that are not there", async () => {
    const folder = await made();
    await expect(exported(folder, "--to", "parquet", "--table", "windows,swaps")).rejects.toThrow(
      /^invalid table: swaps \(--table\); expected some of workload, invocations, machines, windows, xx\/invocations, /,
    );
    await expect(exported(folder, "--to", "arrow")).rejects.toThrow(
      `invalid table format: arrow (--to; ${folder} is a run, whose tables are Arrow); expected csv or parquet`,
    );
    await expect(exported(join(folder, "no"), "--to", "parquet")).rejects.toThrow(/^invalid run: .*no such folder/);
    expect(files(dirname(folder)).every((path) => path.startsWith("made/"))).toBe(true);
  });

  it("keeps the manifest's trace and the table's name with what says nothing of itself", async () => {
    const folder = await trace("arrival_s,runtime_s\n0,1\n");
    await exported(folder, "--to", "parquet");
    const { sha256 } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    const path = sqlText(`${folder}-parquet/functions.parquet`);
    const rows = await duckdb(`select decode(key) k, decode(value) v from parquet_kv_metadata(${path})`);
    const { columns, ...said } = Object.fromEntries(rows.map(({ k, v }) => [k, v]));
    const own = { replaybook: MANIFEST.replaybook, trace: "own", trace_format: "workload", trace_sha256: sha256 };
    expect(said).toEqual({ ...own, table: "functions", table_version: "1" });
    expect(JSON.parse(String(columns))["owner"].null).toBe("not in the trace");
    expect(files(`${folder}-parquet`)).toEqual(["functions.parquet", "invocations.parquet", "manifest.json"]);
  });
});

describe("a table that was exported", () => {
  const TEXT = `arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,function,owner,parent
0,1,2,64.1,128,f,o,
0.3,0.1,,,,"g, ✓",o,0
7.7,1e-9,0,1,1,,,1
`;

  it("is read back as a workload: the trace is the same", async () => {
    const folder = await trace(TEXT);
    await exported(folder, "--to", "parquet");
    // What a workload table needs of a trace: its invocations with their functions' names.
    const [calls, functions] = ["invocations", "functions"].map((name) => sqlText(`${folder}-parquet/${name}.parquet`));
    const joined = join(dirname(folder), "joined.parquet");
    const own = "arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib, parent";
    await duckdb(`copy (select ${own}, owner, app, "function", "trigger" from ${calls} join ${functions} using (function_id)
      order by arrival_s) to ${sqlText(joined)} (format parquet)`);
    const back = join(dirname(folder), "back");
    mkdirSync(back);
    const { sha256 } = await ingest([joined], { onBadRow: "stop" }, back);
    expect(sha256).toBe(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")).sha256);
    const rows = (at: string) =>
      readTable(join(at, "invocations.arrow"))
        .toArray()
        .map((row) => row.toJSON());
    expect(rows(back)).toEqual(rows(folder));
  });

  it("is replayed as a workload as the Arrow file is", async () => {
    const folder = await made();
    await exported(folder, "--to", "parquet");
    const sums = [`${folder}/workload.arrow`, `${folder}-parquet/workload.parquet`].map(async (path, i) => {
      const into = join(dirname(folder), `trace-${i}`);
      mkdirSync(into);
      return (await ingest([path], { onBadRow: "stop" }, into)).sha256;
    });
    const [arrow, parquet] = await Promise.all(sums);
    expect(parquet).toBe(arrow);
  });
});
