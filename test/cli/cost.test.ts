import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CostAnalysis } from "../../src/analysis/cost/answer.js";
import { PRICES } from "../../src/analysis/prices.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { register as registerCapacity } from "../../src/cli/capacity.js";
import { register as registerCost } from "../../src/cli/cost.js";
import { type ChoiceAnswer, choiceReport } from "../../src/cli/cost-choice-report.js";
import { ProgressDisplay } from "../../src/cli/progress.js";
import { register as registerReplay } from "../../src/cli/replay.js";
import { replayWithClasses } from "../../src/cli/replay-with-classes.js";
import { readTable } from "../../src/table/index.js";
import { call } from "./call.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-cost-test-"));
const at = (name: string) => join(here, name);
afterAll(() => rmSync(here, { recursive: true }));

const cost = (...args: readonly string[]) => call(registerCost, "cost", ...args);
const json = async (...args: readonly string[]) =>
  JSON.parse(await cost(...args, "--json")) as CostAnalysis & { objective: ChoiceAnswer };

/** What a command says is wrong. */
async function said(command: Promise<string>): Promise<string> {
  return command.then(
    () => "nothing",
    (error: Error) => error.message,
  );
}

/** 3,000 invocations of six functions of three owners in 300 s: 20 CPU seconds come a second, on average. */
function trace(): string {
  const rows = Array.from({ length: 3000 }, (_, i) => {
    const burst = i % 50 < 25 ? 0 : 4;
    const runtime = 0.5 + ((i * 7) % 11) * 0.3;
    const [f, mib] = [i % 6, 100 + 37 * (i % 6)];
    return `${(i / 10 + burst).toFixed(3)},${runtime.toFixed(3)},${f % 3},${mib},${4 * mib},fn${f},app${f % 3},owner${f % 3}`;
  });
  const sorted = rows.sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
  const head = "arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,function,app,owner";
  return `${[head, ...sorted].join("\n")}\n`;
}

const cluster = ["--machines", "3", "--cores", "7", "--prices", "0.5,1,2", "--k", "3", "--shards", "2"];

beforeAll(async () => {
  writeFileSync(at("trace.csv"), trace());
  const budget = ["--budget-default", "0.02", "--price-unit", "1e-6", "--memory-price", "1e-7"];
  const memory = ["--ram", "3GiB", "--swap", "20GB"];
  const replay = (run: string, schedulers: string, ...args: readonly string[]) =>
    call(registerReplay, "replay", at("trace.csv"), "-o", at(run), ...cluster, "--scheduler", schedulers, ...args);
  await replay("run", "xx,hermod", "--warmup", "10s");
  await replay("budgets", "xx", ...budget, ...memory);
});

describe("replaybook cost", () => {
  it("says what tenants pay, whether the provider earns, and what it costs elsewhere, in 80 columns", async () => {
    for (const args of [[], ["--by", "owner"], ["--price-unit", "break-even", "--by", "function", "--top", "2"]]) {
      const text = await cost(at("run"), ...args);
      const titles = text.split("\n\n").map((part) => part.split("\n")[0]!);
      expect(titles.slice(1, 4)).toEqual([
        "What tenants pay (xx)",
        "Does the provider earn? By the month",
        "The same work elsewhere, all of it finished",
      ]);
      expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it("says what is billed where the run ended before all had come, and what is elsewhere", async () => {
    const more = [...cluster, "--scheduler", "xx,hermod", "--until", "100s"];
    await call(registerReplay, "replay", at("trace.csv"), "-o", at("until"), ...more);
    const text = await cost(at("until"));
    const { schedulers, invocations, span_s } = await json(at("until"));
    const { all } = schedulers[0]!;
    // Of ten a second, those that came in 100 s; which is when the first burst of each five seconds is through.
    expect(all.invocations).toBeGreaterThan(950);
    expect(all.invocations).toBeLessThan(1050);
    expect(invocations).toBe(3000);
    expect(text.split("\n\n")[0]!.replace(/\n +/g, " ")).toContain(
      `until: ${all.invocations.toLocaleString("en-US")} invocations billed, which came in the 1 min 40 s to the run's ` +
        "end (--until), of 3,000 in 5 min 4 s, on 3 machines x 7 cores; a month: 30 days of such work",
    );
    expect(span_s).toBeGreaterThan(300);
    expect(text).toContain("\nThe same elsewhere: all 3,000 invocations of 5 min 4 s, finished\n");
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const whole = (await cost(at("run"))).split("\n\n")[0]!.replace(/\n +/g, " ");
    expect(whole).toContain("run: 3,000 invocations in 5 min 4 s on 3 machines x 7 cores; a month");
  });

  it("bills what budgets count as spent", async () => {
    const { schedulers } = await json(at("budgets"), "--by", "owner");
    const { budgets, groups, provider } = schedulers[0]!;
    expect(budgets!.owners_with_a_budget).toBe(3);
    expect(budgets!.owners.length).toBeGreaterThan(0);
    for (const { owner, spent } of budgets!.owners) {
      expect(groups.find(({ group }) => group === owner)!.dollars / spent).toBeCloseTo(1, 9);
    }
    expect(provider.drive).toMatchObject({ drive: "pny-cs900-500gb" });
    expect(provider.drives).toBeGreaterThan(0);
    const text = await cost(at("budgets"));
    expect(text).toMatch(/^Budgets \(xx\): \d of 3 owners went over$/m);
    expect(text).toMatch(/^ {2}cost: machines \$\d+, power \$[\d.]+, drives \S+, \d+ x pny-cs900-500gb\*/m);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(["arrow", "csv", "parquet"])("writes the bill of every invocation as .%s", async (ending) => {
    const file = at(`bills.${ending}`);
    const text = await cost(at("run"), "-o", file, "--scheduler", "hermod");
    expect(text).toContain(`wrote ${file}: 3,000 bills\n`);
    const { schedulers } = await json(at("run"), "--scheduler", "hermod");
    if (ending === "arrow") {
      const column = readTable(file).getChild("dollars")!.toArray() as Float64Array;
      expect(column.reduce((a, b) => a + b, 0) / schedulers[0]!.all.dollars).toBeCloseTo(1, 9);
    }
    if (ending === "csv") expect(readFileSync(file, "utf8").split("\n")).toHaveLength(3002);
    expect(await said(cost(at("run"), "-o", file))).toMatch(/^invalid output: .* \(-o, exists\)/);
    expect(readdirSync(here).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("takes memory by the hour, and another folder of catalogues", async () => {
    cpSync(PRICES, at("prices"), { recursive: true });
    const path = join(at("prices"), "aws-lambda.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"value": 2e-7', '"value": 4e-7'));
    const [plain, other] = [
      await json(at("run")),
      await json(at("run"), "--prices", at("prices"), "--memory-price", "3.6/h"),
    ];
    expect(other.elsewhere[0]!.dollars - plain.elsewhere[0]!.dollars).toBeCloseTo(3000 * 2e-7, 9);
    expect(other.schedulers[0]!.tariff!.memory_price).toBeCloseTo(1e-3, 12);
  });

  it.each([
    ["negative", '"value": -2e-7', "-2e-7"],
    ["missing", '"price": 1', "none"],
  ])("refuses a catalogue with a %s price in one line", async (name, text, shown) => {
    const folder = at(name);
    cpSync(PRICES, folder, { recursive: true });
    const path = join(folder, "aws-lambda.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"value": 2e-7', text));
    expect(await said(cost(at("run"), "--prices", folder))).toBe(
      `invalid price: ${shown} (request of ${path}); expected a number of USD/request, 0 or more`,
    );
  });

  it.each([
    [["--by", "planet"], "invalid grouping: planet (--by); expected one of class, owner, app, function"],
    [["--memory", "never"], "invalid memory: never (--memory); expected one of running, resident, held"],
    [["--scheduler", "edf"], `invalid scheduler: edf (${at("run")}); expected one of xx, hermod`],
    [
      ["--price-unit", "free"],
      "invalid price-unit: free (--price-unit); expected drafts, break-even, lambda-equal, or dollars above 0, such as 1e-8",
    ],
    [["--validate"], "invalid option: --validate (without --objective); expected --objective with it, such as p99<=2"],
    [
      ["-o", "bills.xls"],
      "invalid table format: bills.xls (-o); expected a name that ends in one of csv, parquet, arrow",
    ],
    [
      ["--memory-price", "-1"],
      "invalid memory-price: -1 (--memory-price); expected dollars per GiB and second, 0 or more, such as 1e-9, or per hour, such as 0.0034/h",
    ],
  ])("refuses %s", async (args, message) => {
    expect(await said(cost(at("run"), ...args))).toBe(message);
  });
});

describe("replaybook cost --objective", () => {
  it("replays with the functions moved, and shows what was foretold, what was seen and the error", async () => {
    const args = ["--objective", "p90<=2", "--validate", "--price-unit", "break-even"];
    const analysis = await json(at("run"), ...args);
    const { choices, validation } = analysis.objective;
    expect(choices).toHaveLength(6);
    expect(validation!.length).toBeGreaterThan(0);
    for (const { choice, predicted, alone, together, error } of validation!) {
      expect(choice.cheapest).not.toBe(choice.current);
      expect(alone.count).toBe(together.count);
      expect(error.alone.share).toBeCloseTo(alone.share - predicted.share, 12);
      // All is finished, so the bill is the price of the new class x the same CPU.
      expect(error.together.dollars).toBeCloseTo(0, 9);
    }
    const text = choiceReport(analysis.objective, analysis, 10);
    expect(text).toMatch(/^ +(\S+ +){8}\$\S+→\$\S+$/m);
    expect(text).toMatch(/^Replayed with \d functions? moved, most CPU first$/m);
    expect(text).toMatch(/largest error -?[\d.]+ points alone, -?[\d.]+ together/);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("says which classes had too few invocations to tell, and does not call that a class that is too slow", async () => {
    const analysis = await json(at("run"), "--objective", "p99.9<=2");
    const text = choiceReport(analysis.objective, analysis, 10).replace(/\n +/g, " ");
    expect(text).toContain(
      "no class does for 0; too few invocations to tell what a class is like: 0, 1, 2; all moves: $0.00",
    );
    expect(text).not.toContain("none");
  });

  it("replays everything else, every draw included, as it was: with nothing moved the same becomes of every invocation", async () => {
    for (const name of ["run", "budgets"]) {
      const before = openRun(at(name));
      const display = new ProgressDisplay(Number.POSITIVE_INFINITY);
      const after = await replayWithClasses(before, "xx", (_, own) => own, here, `${name}-again`, display);
      const table = (of: typeof before) => readTable(of.table("xx/invocations").files[0]!);
      for (const column of ["start_s", "finish_s", "machine", "price_class", "preemptions", "swap_outs"]) {
        expect(table(after).getChild(column)!.toArray()).toEqual(table(before).getChild(column)!.toArray());
      }
      expect(after.manifest.from_s).toBe(before.manifest.from_s);
      expect(after.manifest.to_s).toBe(before.manifest.to_s);
      expect(existsSync(join(here, `${name}-again`, "workload.arrow"))).toBe(false);
    }
  });
});

describe("replaybook capacity", () => {
  it("says how many machines each class and those above need, in 80 columns", async () => {
    const text = await call(registerCapacity, "capacity", at("run"));
    const rows = text.split("\n").filter((line) => /^ +\d( and up)? /.test(line));
    expect(rows.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(["2", "1 and up", "0 and up"]);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const found = JSON.parse(await call(registerCapacity, "capacity", at("run"), "--json")) as unknown[];
    expect(found).toHaveLength(3);
    expect(text).not.toContain("size by the mean");
    await expect(call(registerCapacity, "capacity", at("run"), "--scheduler", "edf")).rejects.toThrow(
      `invalid scheduler: edf (${at("run")}); expected one of xx, hermod`,
    );
  });

  it("has for its mean the load that the run's manifest says was offered", async () => {
    type Told = { readonly cores: { readonly mean: number } }[];
    const [all] = JSON.parse(await call(registerCapacity, "capacity", at("budgets"), "--json")) as Told;
    const { offered_load } = openRun(at("budgets")).manifest;
    expect(all!.cores.mean / 21).toBeCloseTo(offered_load.realised, 9);
  });

  it("says where the run is too short to be sized by what is at work at once", async () => {
    writeFileSync(at("short.csv"), "arrival_s,runtime_s\n0,30\n1,30\n2,30\n");
    await call(registerReplay, "replay", at("short.csv"), "-o", at("short"), "--machines", "3", "--scheduler", "xx");
    const text = await call(registerCapacity, "capacity", at("short"));
    expect(text.replace(/\n +/g, " ")).toContain("the run is shorter than what it runs: work goes on");
  });
});
