import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHARTS } from "../../src/chart/charts.js";
import { register } from "../../src/cli/charts.js";
import { register as registerGenerate } from "../../src/cli/generate.js";
import { register as registerReplay } from "../../src/cli/replay.js";
import { call } from "./call.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-charts-test-"));
const at = (name: string) => join(here, name);
afterAll(() => rmSync(here, { recursive: true }));

const charts = (...args: readonly string[]) => call(register, "charts", ...args);
const files = (folder: string) => readdirSync(at(folder), { recursive: true, encoding: "utf8" }).sort();

beforeAll(async () => {
  const paper = ["--load", "21", "--ticks", "120"];
  await call(registerGenerate, "generate", "paper", "-o", at("paper.arrow"), ...paper);
  const replay = (run: string, ...args: readonly string[]) =>
    call(registerReplay, "replay", at("paper.arrow"), "-o", at(run), "--scheduler", "xx,edf", ...args);
  await replay("small", "--machines", "10", "--ram", "32000MiB");
  await replay("large", "--machines", "14");
});

describe("replaybook charts", () => {
  it("lists the charts there are, a line of at most 80 columns each", async () => {
    const lines = (await charts()).trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual(Object.keys(CHARTS));
    expect(lines[0]).toBe("p99-slowdown           p99 slowdown by price class and scheduler");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("lists them as JSON with the columns that they need", async () => {
    const listed = JSON.parse(await charts("--json")) as { name: string; needs: string[] }[];
    expect(listed.find(({ name }) => name === "cost-by-owner")!.needs).toEqual([
      ...["scheduler", "group", "price_class", "dollars"],
    ]);
  });

  it("draws all that a run has data for, and says where", async () => {
    const said = await charts(at("small"), "-o", at("drawn"), "--format", "svg");
    expect(files("drawn")).toEqual([
      ...["cost-by-class.svg", "latency-ccdf.svg", "memory-heat-map.svg"],
      ...["occupancy-and-traffic.svg", "p99-slowdown.svg", "swap-rates.svg", "trace-overview.svg"],
      "utilisation-by-load.svg",
    ]);
    expect(said.trimEnd().split("\n").sort()).toEqual(files("drawn").map((file) => at(`drawn/${file}`)));
    for (const file of files("drawn")) expect(readFileSync(at(`drawn/${file}`), "utf8")).toMatch(/^<svg .*<\/svg>$/s);
  });

  it("has overflow at round sizes beside the kills at the size that was replayed", async () => {
    const paper = ["replay", at("paper.arrow"), "-o", at("finite"), "--scheduler", "xx,edf", "--machines", "10"];
    await call(registerReplay, ...(paper as [string, ...string[]]), "--ram", "32000MiB", "--swap", "7GB");
    await charts(at("small"), at("finite"), "-o", at("twins"), "--only", "swap-rates", "--format", "json");
    const text = readFileSync(at("twins/small/swap-rates.json"), "utf8");
    const sizes = (series: string) =>
      new Set(
        [...text.matchAll(/\{[^{}]*\}/g)]
          .map(([row]) => row)
          .filter((row) => row.includes(`"series":"${series}"`) || row.includes(`"series": "${series}"`))
          .map((row) => JSON.parse(row).size),
      );
    expect(sizes("kills, replayed at that size")).toEqual(new Set([7]));
    expect(sizes("outgrown, seen").size).toBeGreaterThan(2);
  });

  it("draws cost against the tail from where a class has enough invocations to tell a p99 by", async () => {
    const longer = ["--load", "21", "--ticks", "150"];
    await call(registerGenerate, "generate", "paper", "-o", at("longer.arrow"), ...longer);
    await call(registerReplay, "replay", at("longer.arrow"), "-o", at("longer"), "--scheduler", "xx");
    await charts(at("longer"), "-o", at("frontier"), "--only", "cost-latency-frontier", "--format", "json");
    expect(files("frontier")).toEqual(["cost-latency-frontier.json"]);
  });

  it("leaves out what a run of one invocation has nothing to draw for", async () => {
    writeFileSync(at("one.csv"), "arrival_s,runtime_s\n0,1\n");
    await call(registerReplay, "replay", at("one.csv"), "-o", at("one"), "--machines", "2", "--sample-every", "1s");
    await charts(at("one"), "-o", at("of-one"), "--format", "json");
    expect(files("of-one")).toEqual(["cost-by-class.json", "p99-slowdown.json", "trace-overview.json"]);
  });

  it("draws those asked for as PNG or Vega-Lite's JSON", async () => {
    await charts(at("small"), "-o", at("png"), "--only", "p99-slowdown");
    expect(files("png")).toEqual(["p99-slowdown.png"]);
    expect(readFileSync(at("png/p99-slowdown.png")).subarray(1, 4).toString()).toBe("PNG");
    await charts(at("small"), "-o", at("json"), "--only", "p99-slowdown", "--format", "json");
    const spec = JSON.parse(readFileSync(at("json/p99-slowdown.json"), "utf8"));
    expect(spec.$schema).toBe("https://vega.github.io/schema/vega-lite/v5.json");
  });

  it("draws several runs into folders of their own, and what compares their loads beside them, unless too few are told", async () => {
    const only = "p99-slowdown,p99-by-load,utilisation-by-load";
    await charts(at("small"), at("large"), "-o", at("both"), "--only", only, "--format", "json");
    expect(files("both").filter((file) => file.endsWith(".json"))).toEqual([
      ...["large/p99-slowdown.json", "large/utilisation-by-load.json", "small/p99-slowdown.json"],
      ...["small/utilisation-by-load.json", "utilisation-by-load.json"],
    ]);
    const spec = JSON.parse(readFileSync(at("both/utilisation-by-load.json"), "utf8"));
    const loads = (spec.data.values as { load: number }[]).map(({ load }) => load);
    const { machines, offered_load } = JSON.parse(readFileSync(at("large/run.json"), "utf8"));
    expect(machines).toBe(14);
    expect(new Set(loads)).toEqual(
      new Set([(offered_load.realised * 14) / 10, offered_load.realised].map((load) => Number(load.toFixed(3)))),
    );
  });

  it("has the schedulers of bills in the run's order, the class that pays most first", async () => {
    await charts(at("small"), "-o", at("bills"), "--only", "cost-by-class", "--format", "json");
    const { facet, data, spec } = JSON.parse(readFileSync(at("bills/cost-by-class.json"), "utf8"));
    expect(facet.sort).toEqual(["xx", "edf"]);
    expect(spec.encoding.y.sort).toEqual([4, 3, 2, 1, 0].map((of) => `class ${of}`));
    const values = data.values as { scheduler: string; price_class: number }[];
    expect(values.map(({ scheduler, price_class }) => [scheduler, price_class])).toEqual(
      ["xx", "edf"].flatMap((scheduler) => [4, 3, 2, 1, 0].map((of) => [scheduler, of])),
    );
  });

  it("draws what compares seeds of one load, too", async () => {
    const paper = ["--scheduler", "xx,edf", "--machines", "10", "--ram", "32000MiB", "--seed", "2"];
    await call(registerReplay, "replay", at("paper.arrow"), "-o", at("seed-2"), ...paper);
    const only = ["--only", "utilisation-by-load", "--format", "json"];
    await charts(at("small"), at("seed-2"), "-o", at("seeds"), ...only);
    const { title, data } = JSON.parse(readFileSync(at("seeds/utilisation-by-load.json"), "utf8"));
    expect(title.subtitle[1]).toMatch(/^2 seeds: /);
    expect(data.values.map(({ scheduler }: { scheduler: string }) => scheduler)).toEqual(["xx", "edf"]);
  });

  it.each<[string, string[], string]>([
    ["another chart", ["small", "-o", "x", "--only", "pie"], "invalid chart: pie (--only); expected one of p99-"],
    [
      "another format",
      ["small", "-o", "x", "--format", "pdf"],
      "invalid chart format: pdf (--format); expected one of png",
    ],
    ["no place to draw to", ["small"], "invalid option: none (-o); expected a folder to draw the charts into"],
    ["no run to draw", ["-o", "x"], "invalid argument: none (run); expected a run folder to draw"],
    [
      "no data for a chart",
      ["large", "-o", "x", "--only", "swap-rates"],
      "invalid chart: swap-rates (--only, for which",
    ],
    ["a folder that exists", ["small", "-o", "."], "invalid output: "],
    ["no run", ["none", "-o", "x"], "invalid run: "],
  ])("says so where there is %s, and leaves nothing behind", async (_fact, args, message) => {
    const paths = args.map((arg) => (["small", "large", "none", "x", "."].includes(arg) ? at(arg) : arg));
    await expect(charts(...paths)).rejects.toThrow(message);
    expect(existsSync(at("x"))).toBe(false);
    expect(readdirSync(here).filter((name) => name.includes("partial"))).toEqual([]);
  });
});
