import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SwapAnalysis } from "../../src/analysis/swap/answer.js";
import { register as registerGenerate } from "../../src/cli/generate.js";
import { register as registerReplay } from "../../src/cli/replay.js";
import { register as registerSwap } from "../../src/cli/swap.js";
import { call } from "./call.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-swap-test-"));
const at = (name: string) => join(here, name);
afterAll(() => rmSync(here, { recursive: true }));

const swap = (...args: readonly string[]) => call(registerSwap, "swap", ...args);
const json = async (...args: readonly string[]) => JSON.parse(await swap(...args, "--json")) as SwapAnalysis[];
const replay = (trace: string, run: string, ...args: readonly string[]) =>
  call(registerReplay, "replay", at(trace), "-o", at(run), "--machines", "10", "--scheduler", "xx", ...args);

/** What a command says is wrong. */
async function said(command: Promise<string>): Promise<string> {
  return command.then(
    () => "nothing",
    (error: Error) => error.message,
  );
}

beforeAll(async () => {
  await call(registerGenerate, "generate", "paper", "-o", at("paper.arrow"), "--load", "21", "--ticks", "600");
  await replay("paper.arrow", "run", "--ram", "32000MiB");
  await replay("paper.arrow", "finite", "--ram", "32000MiB", "--swap", "12GB");
  await replay("paper.arrow", "unlimited");
  await replay("paper.arrow", "roomy", "--ram", "200GiB");
});

describe("replaybook swap", () => {
  it("tells of overflow, the law, traffic, drives, the drafts' shortcuts, the back-test and capacity in 80 columns", async () => {
    const text = await swap(at("run"));
    const titles = text.split("\n\n").map((part) => part.split("\n")[0]!.replace(/ {2,}.*/, ""));
    expect(titles[0]).toMatch(/^run, xx: 10 machines with 33\.6 GB of RAM, 0\.0693 machine-days looked at$/);
    expect(titles.slice(1)).toEqual([
      "Overflow of a size of swap",
      "The law of peaks over a threshold (generalised Pareto; < is used)",
      "Swap that a machine outgrows once in so long",
      "Traffic, which is another matter than space",
      expect.stringMatching(/^Drives for [\d.]+ GB a machine$/),
      "The drafts' shortcuts",
      "Back-test: overflows predicted from one part of the time, and seen in the other",
      "Capacity: what the load of a class and those above needs, every invocation run",
    ]);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("replays at the sizes asked for and sets what was killed against what was foretold", async () => {
    const [of] = await json(at("run"), "--sizes", "6GB,9GB,12GB");
    const replayed = of!.sizes.filter((row) => row.kills !== null);
    expect(replayed.map(({ size_mib }) => Math.round(size_mib * 1.048576))).toEqual([6000, 9000, 12000]);
    // Where nothing was replayed, kills are foretold from the sizes where it was.
    const between = of!.sizes.find(({ size_mib }) => Math.round(size_mib * 1.048576) === 10000)!;
    expect(between.kills).toBeNull();
    expect(between.predicted_kills!.kills).toBeGreaterThan(replayed[2]!.kills!.kills);
    expect(between.predicted_kills!.kills).toBeLessThan(replayed[1]!.kills!.kills);
    const manifest = JSON.parse(readFileSync(join(at("finite"), "run.json"), "utf8"));
    const kills = replayed.map((row) => row.kills!);
    expect(kills[2]!.kills + kills[2]!.kills_after).toBe(manifest.schedulers.xx.killed);
    expect(kills[2]!.all.killed).toBe(manifest.schedulers.xx.killed);
    expect(kills[0]!.kills).toBeGreaterThan(kills[1]!.kills);
    expect(kills[1]!.kills).toBeGreaterThan(kills[2]!.kills);
    // The lowest classes are the ones that are killed.
    expect(kills[0]!.classes[0]!.per_million).toBeGreaterThan(10 * kills[0]!.classes[4]!.per_million!);
    for (const { overflows_per_machine_day: seen, fitted_per_machine_day: law, predicted_kills, ...row } of replayed) {
      expect(row.kills!.kills).toBeGreaterThanOrEqual(predicted_kills!.low);
      expect(row.kills!.kills).toBeLessThanOrEqual(predicted_kills!.high);
      expect(predicted_kills!.kills / row.kills!.kills).toBeGreaterThan(0.4);
      expect(predicted_kills!.kills / row.kills!.kills).toBeLessThan(2.5);
      if (law !== null) expect(seen).toBeLessThan(law.profile.high);
    }
    const text = await swap(at("run"), "--sizes", "6GB,9GB,12GB");
    expect(text).toContain("Kills, replayed at that size\n");
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("takes a run at a finite size for its replay, and keeps its own where it is told to", async () => {
    const [given] = await json(at("run"), at("finite"));
    const [own] = await json(at("run"), "--sizes", "12GB", "-o", at("kept"));
    const { drive: _, ...row } = given!.sizes[0]!;
    expect(own!.sizes[0]).toMatchObject(row);
    expect(existsSync(at("kept"))).toBe(true);
    expect(await said(swap(at("run"), "--sizes", "12GB", "-o", at("kept")))).toBe(
      `invalid output: ${at("kept")} (-o, exists); expected a new name, or --force to replace it`,
    );
  });

  it("says the same every time", async () => {
    expect(await swap(at("run"))).toBe(await swap(at("run")));
  });

  it("never estimates above the deterministic bound", async () => {
    const [of] = await json(at("run"), "--every", "3650000d");
    const { bound_mib } = of!.bound;
    for (const { size_mib } of of!.tail.sizes_for) {
      expect(size_mib.estimate).toBeLessThanOrEqual(bound_mib);
      expect(size_mib.profile.high).toBeLessThanOrEqual(bound_mib);
      expect(size_mib.bootstrap.high).toBeLessThanOrEqual(bound_mib);
    }
    expect(of!.peak_mib.max).toBeLessThanOrEqual(bound_mib);
    expect(of!.tail.sizes_for.at(-1)!.far).toBe(true);
  });
});

describe("replaybook swap of several runs", () => {
  const few = "at least 20 to extrapolate from: a longer run, more load, or --sizes to measure kills";
  const why = () => [
    `unlimited: cannot be told, invalid ram: unlimited (--ram of ${at("unlimited")}); expected a run with finite memory, such as --ram 32GiB: without a limit nothing is swapped`,
    `run: cannot be told, invalid run: ${at("run")} (a replay like ${at("run")}); expected runs that differ`,
    `roomy, xx: cannot be told, invalid swap: 0 clusters of visits (${at("roomy")}, xx); expected ${few}`,
  ];

  it("answers what can be, and says at the end of which nothing can be told, and why", async () => {
    const text = await swap(at("roomy"), at("unlimited"), at("run"), at("run"));
    const alone = await swap(at("run"));
    expect(text.startsWith(alone)).toBe(true);
    const rest = text.slice(alone.length).trim().split("\n\n");
    expect(rest.map((paragraph) => paragraph.replace(/\n +/g, " "))).toEqual(why());
    expect(text.split("\n").filter((line) => line.length > 80 && !line.includes(here))).toEqual([]);
  });

  it("has the answers alone in JSON", async () => {
    const both = await json(at("roomy"), at("run"));
    expect(both.map(({ run, scheduler }) => [run, scheduler])).toEqual([["run", "xx"]]);
  });

  it("looks at the runs that have the scheduler asked for", async () => {
    await call(registerReplay, "replay", at("paper.arrow"), "-o", at("edf"), "--scheduler", "edf", "--ram", "9GiB");
    const text = await swap(at("edf"), at("run"), "--scheduler", "xx");
    expect(text).toMatch(/^run, xx: 10 machines/);
    expect(text.trim().split("\n\n").at(-1)!.replace(/\n +/g, " ")).toBe(
      `edf: cannot be told, invalid scheduler: xx (${at("edf")}); expected one of edf`,
    );
  });

  it("refuses where nothing can be told of any", async () => {
    expect(await said(swap(at("unlimited"), at("roomy")))).toBe(why()[2]!.replace("roomy, xx: cannot be told, ", ""));
  });

  it("keeps of what could not be told no replay", async () => {
    cpSync(at("run"), at("gone"), { recursive: true });
    rmSync(join(at("gone"), "timings.json"));
    const manifest = JSON.parse(readFileSync(join(at("gone"), "run.json"), "utf8"));
    writeFileSync(
      join(at("gone"), "run.json"),
      JSON.stringify({ ...manifest, workload: { ...manifest.workload, sha256: "other" } }),
    );
    const text = await swap(at("gone"), at("run"), "--sizes", "12GB", "-o", at("some"));
    expect(text).toContain("gone, xx: cannot be told, invalid trace: none");
    expect(readdirSync(at("some")).map((name) => name.replace(/-.*/, ""))).toEqual(["xx"]);
  });
});

describe("replaybook swap refuses", () => {
  const priced = "a number of USD, 0 or more";
  const finite =
    "invalid ram: unlimited (--ram of RUN); expected a run with finite memory, such as --ram 32GiB: without a limit nothing is swapped";

  it("unlimited RAM asked for its swap", async () => {
    expect(await said(swap(at("unlimited")))).toBe(finite.replace("RUN", at("unlimited")));
  });

  it("too few events to extrapolate from, unless kills are measured", async () => {
    const few = "at least 20 to extrapolate from: a longer run, more load, or --sizes to measure kills";
    const line = `invalid swap: 0 clusters of visits (${at("roomy")}, xx); expected ${few}`;
    expect(await said(swap(at("roomy")))).toBe(line);
    const text = await swap(at("roomy"), "--sizes", "1GB");
    expect(text.replace(/\n +/g, " ")).toContain(line);
    expect(text).toContain("Kills, replayed at that size\n");
  });

  it("a catalogue with a missing or a negative price", async () => {
    const catalogue = JSON.parse(readFileSync(join(import.meta.dirname, "../../data/prices/drives.json"), "utf8"));
    catalogue.items[0].value = -30;
    writeFileSync(at("negative.json"), JSON.stringify(catalogue));
    const id = "pny-cs900-500gb.price";
    expect(await said(swap(at("run"), "--drives", at("negative.json")))).toBe(
      `invalid price: -30 (${id} of ${at("negative.json")}); expected ${priced}`,
    );
    delete catalogue.items[0].value;
    writeFileSync(at("missing.json"), JSON.stringify(catalogue));
    expect(await said(swap(at("run"), "--drives", at("missing.json")))).toBe(
      `invalid price: none (${id} of ${at("missing.json")}); expected ${priced}`,
    );
  });

  it("finite runs alone, and a trace that is no longer there", async () => {
    expect(await said(swap(at("finite")))).toBe(
      `invalid swap: 12GB (--swap of ${at("finite")}); expected with it the same replay at --swap unlimited, which shows how much swap there is a use for`,
    );
    mkdirSync(at("moved"));
    cpSync(at("run"), at("moved"), { recursive: true });
    rmSync(join(at("moved"), "timings.json"));
    expect(await said(swap(at("moved"), "--sizes", "12GB"))).toBe(
      `invalid trace: none (timings.json of ${at("moved")}); expected the trace's path, which replay writes there`,
    );
  });

  it.each([
    [["--sizes", "12"], "invalid size: 12 (--sizes); expected a number with a unit, such as 32GiB, 500GB or 800MiB"],
    [["--sizes", "1GB,1000MB"], "invalid size: 1000MB (--sizes, twice); expected each size once"],
    [["--scheduler", "edf"], "invalid scheduler: edf (RUN); expected one of xx"],
    [["--every", "0"], "invalid time: 0 (--every); expected a time above 0, such as 30d"],
    [["-o", "kept"], "invalid option: -o (without --sizes); expected --sizes with it: what is kept are its replays"],
  ])("%s", async (args, message) => {
    expect(await said(swap(at("run"), ...args))).toBe(message.replace("RUN", at("run")));
  });
});
