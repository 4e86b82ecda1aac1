import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aq from "arquero";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { register } from "../../src/cli/export.js";
import { sweep } from "../../src/cli/sweep-run.js";
import type { Plan } from "../../src/sweep/plan.js";
import { readTable } from "../../src/table/index.js";
import { duckdb, sqlText } from "../table/duckdb.js";
import { checksums } from "./built.js";
import { call } from "./call.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-dataset-"));
afterAll(() => rmSync(here, { recursive: true }));
const at = (...path: string[]) => join(here, ...path);
const exported = (...args: readonly string[]) => call(register, "export", ...args);

/** Invocations whose memory does not fit. */
const lines = Array.from(
  { length: 240 },
  (_, i) => `${i / 10},${((i * 37) % 23) / 7},${i % 5},${90 + (i % 9)},300,f${i % 7},"o, ${i % 3}"`,
);
writeFileSync(
  at("own.csv"),
  `arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,function,owner\n${lines.join("\n")}\n`,
);
const OPTIONS = { trace: at("own.csv"), machines: 2, cores: 2, ram: "1000MiB", until: "30s" };
const PLAN = { options: OPTIONS, grid: { scheduler: ["xx", "edf"], load: [1.5, 3.5], seed: [1, 2] } };
const swept = (plan: Plan, folder: string) => sweep(plan, at(folder), undefined, { workers: 0 });
const files = (folder: string) => {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return all.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
};
/** A table of the data set `name`, as DuckDB reads it. */
const table = (name: string, of: string) => {
  const types = "hive_types = {'load': double, 'seed': int}";
  return `read_parquet(${sqlText(at(name, of, "**/*.parquet"))}, hive_partitioning = true, ${types})`;
};

interface Cell {
  readonly run: string;
  readonly options: Readonly<Record<string, string>>;
}
let cells: readonly Cell[] = [];
let printed = "";

beforeAll(async () => {
  await swept(PLAN, "swept");
  cells = JSON.parse(readFileSync(at("swept/sweep.json"), "utf8")).cells;
  printed = await exported(at("swept"), "--to", "parquet", "-o", at("set"));
});

/** Rows as the Arrow file of a run has them. */
const ours = (run: string, name: string) =>
  readTable(at("swept", run, `${name}.arrow`))
    .toArray()
    .map((row) => row.toJSON());

describe("a sweep as a data set", () => {
  it("has a folder per table, and a partition per scheduler and option that the plan varies", () => {
    expect(files(at("set")).filter((path) => path.startsWith("invocations"))).toEqual(
      ["edf", "xx"].flatMap((scheduler) =>
        ["1.5", "3.5"].flatMap((load) =>
          [1, 2].map((seed) => `invocations/scheduler=${scheduler}/load=${load}/seed=${seed}/part-00000.parquet`),
        ),
      ),
    );
    expect(new Set(files(at("set")).map((path) => path.replace(/\/.*/, "")))).toEqual(
      new Set(["dataset.json", "invocations", "machines", "occupancy", "summary", "swaps", "windows", "workload"]),
    );
    expect(files(at("set")).filter((path) => path.startsWith("workload"))[0]).toBe(
      "workload/load=1.5/seed=1/part-00000.parquet",
    );
  });

  it("has every row of every table to the last bit, as DuckDB reads it", async () => {
    let rows = 0;
    for (const { run, options } of cells) {
      for (const scheduler of ["xx", "edf"]) {
        const where = `where scheduler = '${scheduler}' and load = ${options["load"]} and seed = ${options["seed"]}`;
        for (const name of ["invocations", "machines", "windows", "swaps", "occupancy"]) {
          const got = await duckdb(`select * exclude (scheduler, load, seed) from ${table("set", name)} ${where}`);
          const expected = ours(run, `${scheduler}/${name}`);
          expect(got).toEqual(expected);
          rows += got.length;
        }
      }
      const where = `where load = ${options["load"]} and seed = ${options["seed"]}`;
      const workload = await duckdb(`select * exclude (load, seed) from ${table("set", "workload")} ${where}`);
      expect(workload).toEqual(ours(run, "workload").map((row, invocation) => ({ invocation, ...row })));
      rows += workload.length;
    }
    const summary = await duckdb(`select * from ${sqlText(at("set/summary/*.parquet"))}`);
    expect(summary).toEqual(
      readTable(at("swept/summary.arrow"))
        .toArray()
        .map((row) => row.toJSON()),
    );
    rows += summary.length;
    expect(printed).toBe(
      `${at("set")}: 7 tables of 4 runs, by scheduler, load, seed\n45 files written, ${rows.toLocaleString("en-US")} rows\n`,
    );
    const swaps = await duckdb(`select distinct kind from ${table("set", "swaps")} order by all`);
    expect(swaps.map(({ kind }) => kind)).toEqual(["in", "out"]);
  });

  it("answers a question over all runs as our own tables do", async () => {
    const slowest = await duckdb(`
      select scheduler, load, owner, count(*)::int n, count(finish_s)::int ended, quantile_disc(finish_s - i.arrival_s, 0.9) q
      from ${table("set", "invocations")} i join ${table("set", "workload")} w using (load, seed, invocation)
      group by all order by all`);
    const groups = new Map<string, { n: number; latencies: number[] }>();
    for (const { run, options } of cells) {
      const owners = ours(run, "workload").map(({ owner }) => owner);
      for (const scheduler of ["xx", "edf"]) {
        for (const { invocation, arrival_s, finish_s } of ours(run, `${scheduler}/invocations`)) {
          const key = JSON.stringify([scheduler, Number(options["load"]), owners[invocation]]);
          const group = groups.get(key) ?? { n: 0, latencies: [] };
          groups.set(key, group);
          group.n++;
          if (finish_s !== null) group.latencies.push(finish_s - arrival_s);
        }
      }
    }
    // DuckDB's quantile_disc: the value with at least that share at or below it.
    const expected = [...groups].map(([key, { n, latencies }]) => {
      const [scheduler, load, owner] = JSON.parse(key);
      const sorted = latencies.sort((a, b) => a - b);
      return { scheduler, load, owner, n, ended: sorted.length, q: sorted[Math.ceil(0.9 * sorted.length) - 1] };
    });
    const order = (row: { scheduler?: unknown; load?: unknown; owner?: unknown }) =>
      `${row.scheduler} ${row.load} ${row.owner}`;
    expect(slowest).toEqual(expected.sort((a, b) => (order(a) < order(b) ? -1 : 1)));
  });

  it("says in each file which scheduler, config, seed and trace it is of", async () => {
    const path = at("set/invocations/scheduler=xx/load=3.5/seed=2/part-00000.parquet");
    const rows = await duckdb(`select decode(key) k, decode(value) v from parquet_kv_metadata(${sqlText(path)})`);
    const { columns, ...said } = Object.fromEntries(rows.map(({ k, v }) => [k, v]));
    const { run } = cells.find(({ options }) => options["load"] === "3.5" && options["seed"] === "2")!;
    expect(said).toEqual(Object.fromEntries(readTable(at("swept", run, "xx/invocations.arrow")).schema.metadata));
    expect(said).toMatchObject({ scheduler: "xx", seed: "2" });
    expect(JSON.parse(String(columns))["finish_s"]).toEqual({
      ...{ type: "float64", unit: "s", about: "When it ended.", null: "it has not ended" },
    });
  });

  it("has the same bytes whenever it is made, and is gone on with", async () => {
    const before = checksums(at("set"));
    await exported(at("swept"), "--to", "parquet", "-o", at("again"), "--table", "windows");
    expect(files(at("again")).length).toBe(9);
    await exported(at("swept"), "--to", "parquet", "-o", at("again"));
    expect(checksums(at("again"))).toEqual(before);
    const lost = files(at("again")).filter((path) => path.includes("seed=1"));
    for (const path of lost) rmSync(at("again", path));
    const since = statSync(at("again/windows/scheduler=xx/load=1.5/seed=2/part-00000.parquet")).mtimeMs;
    const said = await exported(at("swept"), "--to", "parquet", "-o", at("again"));
    expect(said).toMatch(/\n22 files written, [\d,]+ rows; 23 were there already\n$/);
    expect(checksums(at("again"))).toEqual(before);
    expect(statSync(at("again/windows/scheduler=xx/load=1.5/seed=2/part-00000.parquet")).mtimeMs).toBe(since);
  });

  it("grows with its sweep, and loses what the sweep no longer has", async () => {
    const small = { ...PLAN, grid: { ...PLAN.grid, seed: [1, 3] } };
    await swept(small, "other");
    await exported(at("other"), "--to", "parquet", "-o", at("grown"), "--table", "windows");
    await swept(PLAN, "other");
    await exported(at("other"), "--to", "parquet", "-o", at("grown"), "--table", "windows");
    const windows = files(at("set")).filter((path) => path.startsWith("windows"));
    expect(files(at("grown"))).toEqual(["dataset.json", ...windows]);
  });
});

it("becomes Arrow files in the same folders, the bytes of the runs', which Arquero reads", async () => {
  await exported(at("swept"), "--to", "arrow", "-o", at("arrows"));
  const parquet = files(at("set")).map((path) => path.replace(/\.parquet$/, ".arrow"));
  expect(files(at("arrows"))).toEqual(parquet);
  const path = at("arrows/windows/scheduler=xx/load=1.5/seed=1/part-00000.arrow");
  expect(readFileSync(path).equals(readFileSync(at("swept", cells[0]!.run, "xx/windows.arrow")))).toBe(true);
  const counted = aq.fromArrow(readFileSync(path)).rollup({ n: aq.op.sum("count") });
  expect(counted.objects()).toEqual([{ n: ours(cells[0]!.run, "workload").length }]);
});

it("becomes CSV in the same folders", async () => {
  await exported(at("swept"), "--to", "csv", "-o", at("csv"), "--table", "windows,summary");
  const sql = `select sum(count)::int n, count(distinct scheduler)::int s from read_csv(${sqlText(at("csv/windows/**/*.csv"))}, hive_partitioning = true)`;
  const invocations = cells.reduce((sum, { run }) => sum + ours(run, "workload").length, 0);
  expect(await duckdb(sql)).toEqual([{ n: 2 * invocations, s: 2 }]);
});

describe("a sweep that cannot be exported is refused with one line, and leaves nothing", () => {
  const fails = (folder: string, ...args: readonly string[]) => {
    return expect(exported(at(folder), "--to", "parquet", "-o", at("new"), ...args)).rejects;
  };

  it("where it was cut short", async () => {
    await swept({ ...PLAN, grid: { seed: [1, 2, 3] } }, "short");
    const { cells } = JSON.parse(readFileSync(at("short/sweep.json"), "utf8"));
    rmSync(at("short", cells[1].run), { recursive: true });
    await fails("short").toThrow(
      `invalid sweep: ${at("short")} (2 of its 3 runs are done); ` +
        "expected a whole sweep: the same sweep command goes on with it",
    );
  });

  it("where a table is unknown", async () => {
    await fails("swept", "--table", "invocation").toThrow(
      "invalid table: invocation (--table); expected some of workload, invocations, machines, occupancy, swaps, windows, summary",
    );
  });

  it("where the output is in the sweep, or somebody else's", async () => {
    await expect(exported(at("swept"), "--to", "parquet", "-o", at("swept/set"), "--force")).rejects.toThrow(
      `invalid output: ${at("swept/set")} (-o, which holds the sweep or lies in it); expected another folder`,
    );
    await expect(exported(at("set"), "--to", "parquet")).rejects.toThrow(/^invalid run: .* \(has no run.json\)/);
    await expect(exported(at("swept"), "--to", "parquet", "-o", at("other"))).rejects.toThrow(
      `invalid output: ${at("other")} (-o, exists and is no data set's); expected `,
    );
  });

  it("where its sweep.json is damaged", async () => {
    await swept({ options: { ...OPTIONS, scheduler: "edf" } }, "broken");
    writeFileSync(at("broken/sweep.json"), "{}");
    await fails("broken").toThrow(
      `invalid sweep: ${at("broken")} (its sweep.json is not a sweep's); expected a folder written by replaybook sweep`,
    );
    writeFileSync(at("broken/sweep.json"), "{");
    await fails("broken").toThrow(/^invalid sweep: .*sweep.json \(not JSON\)/);
  });

  it("and leaves nothing", () => {
    expect(readdirSync(here)).not.toContain("new");
  });
});
