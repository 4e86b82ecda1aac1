import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chart } from "../../src/chart/charts.js";
import { cheapest } from "../../src/notebook/cost.js";
import type { Run } from "../../src/notebook/run.js";
import { done, MAIN } from "../cli/built.js";

/** As built, for they start the built command line. */
const built = (name: string) => import(pathToFileURL(join(MAIN, "../../notebook", `${name}.js`)).href);
const { generate } = (await built("make")) as typeof import("../../src/notebook/make.js");
const { replay } = (await built("replay")) as typeof import("../../src/notebook/replay.js");
const { machineSwap, memoryMap, swap } = (await built("swap")) as typeof import("../../src/notebook/swap.js");
const { validated } = (await built("validation")) as typeof import("../../src/notebook/validation.js");

type Row = Record<string, unknown>;
const SAMPLE = join(import.meta.dirname, "../../traces/azure-functions-sample");
const here = mkdtempSync(join(tmpdir(), "replaybook swap cells "));
const cwd = process.cwd();
const machines = { machines: 10, ram: "32000MiB", scheduler: "xx" };
let trace: string;
let run: Run;
beforeAll(async () => {
  process.chdir(here); // a notebook's folder
  writeFileSync("package.json", "{}");
  trace = await generate("paper", { load: 20, ticks: 200 });
  run = await replay({ trace, ...machines }, "run");
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(here, { recursive: true });
});

describe("swap in a cell", () => {
  it("measures the kills that the command line measures, in replays that are kept", async () => {
    const need = await swap(run, { sizes: ["5GB"] });
    const [theirs] = JSON.parse(await done(["swap", "run", "--sizes", "5GB", "--json"], here));
    const ours = need.analysis.sizes.find(({ kills }) => kills !== null);
    expect(JSON.parse(JSON.stringify(ours))).toEqual(theirs.sizes[0]);
    expect(ours!.kills!.kills).toBeGreaterThan(0);
    const kept = readdirSync("data/runs");
    expect(kept).toEqual([expect.stringMatching(/^swap-5GB-xx-of-run_[0-9a-f]{10}$/)]);
    await swap(run, { sizes: ["5GB"] });
    expect(readdirSync("data/runs")).toEqual(kept);
  });

  it("is tables, and rows that the charts take", async () => {
    const need = await swap(run, { also: [5000, 10_000] });
    expect(need.sizes().array("size_mib")).toEqual([5000, 10_000]);
    expect(need.sizes().array("kills")).toEqual([null, null]);
    expect(need.kills().numRows()).toBe(0);
    expect(need.thresholds().filter("d => d.chosen").numRows()).toBe(1);
    expect(need.sizesFor().array("every_s")).toEqual([3600, 86400, 30 * 86400, 365 * 86400]);
    expect(need.backTest().columnNames()).toContain("held");
    expect(need.drives().array("drive")).toContain("pny-cs900-500gb");
    const drawn = {
      "swap-rates": need.sizes(),
      "memory-heat-map": await memoryMap(run),
      "occupancy-and-traffic": await machineSwap(run),
    };
    for (const [name, rows] of Object.entries(drawn)) expect(chart(name, rows.objects()).description).toBeTruthy();
  });

  it("is refused for runs that differ in more than swap, and for too few events", async () => {
    const other = await replay({ trace, ...machines, seed: 2, k: 4 }, "other");
    await expect(swap([run, other])).rejects.toThrow(
      "invalid runs: 2 (of different replays); expected runs that differ in the size of swap alone",
    );
    const light = await replay({ trace: await generate("paper", { load: 10, ticks: 50 }), ...machines }, "light");
    await expect(swap(light)).rejects.toThrow(
      /^invalid swap: \d+ clusters of visits \(light, xx\); expected at least 20/,
    );
  });
});

describe("a choice of classes, validated in a cell,", () => {
  it("sets what `cheapest` foretells against what replays show", async () => {
    const sample = await replay({ trace: SAMPLE, cut: "0m..2m", machines: 5, scheduler: "xx" }, "sample");
    const rows = (await validated(sample.folder, "p90<=1.01", "xx", { bill_killed: false })).objects() as Row[];
    const offers = (await cheapest(sample.folder, "p90<=1.01")).objects() as Row[];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const offer = offers.find((of) => of["function"] === row["function"] && of["price_class"] === row["to"]);
      expect(offer).toMatchObject({ cheapest: true, current: false, share: row["share_foretold"] });
      const error = 100 * ((row["share_alone"] as number) - (row["share_foretold"] as number));
      expect(row["error_alone_points"]).toBeCloseTo(error, 9);
      expect(row["dollars_alone"]).toBeCloseTo(row["dollars_foretold"] as number, 12);
    }
  });
});
