import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summarise } from "../../src/analysis/latency.js";
import { type LatencyQuestion, latency, latencyRows } from "../../src/analysis/latency-groups.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { handMadeRun, type Told } from "./hand-made-run.js";
import { labelledRun, rewrite } from "./latency-run.js";

const INF = Number.POSITIVE_INFINITY;

/** Twenty of owner a that take 1 to 20 s, twenty of owner b that take ten times as long, one of nobody. */
const OWNED: Told[] = Array.from({ length: 41 }, (_, i) => ({
  arrival: i,
  runtime: 1,
  finish: i + (i < 20 ? i + 1 : i < 40 ? 10 * (i - 19) : 7),
  priceClass: i % 2,
}));
const OWNERS = OWNED.map((_, i) => (i < 20 ? "a" : i < 40 ? "b" : null));

async function owned(question: LatencyQuestion, manifest = {}) {
  const folder = await labelledRun({ xx: { invocations: OWNED, end: 1000 } }, { owner: OWNERS }, manifest);
  return latency(openRun(folder), question);
}

describe("latency by group", () => {
  it("has the quantiles, the mean and the largest of each owner's, and of all", async () => {
    const { groups, all } = await owned({ by: "owner", of: "latency" });
    const counts = {
      killed: 0,
      rejected: 0,
      unfinished: 0,
      scheduler: "xx",
      p90: null,
      p99: null,
      p999: null,
      lower_bounds: "",
    };
    expect(groups).toEqual([
      { ...counts, group: [null], count: 1, finished: 1, mean: 7, p50: null, max: 7 },
      { ...counts, group: ["a"], count: 20, finished: 20, mean: 10.5, p50: 10, max: 20 },
      { ...counts, group: ["b"], count: 20, finished: 20, mean: 105, p50: 100, max: 200 },
    ]);
    // 20 times 10.5, 20 times 105 and 7; the 21st of 41 comes after 1 … 18 of a, 7 and 10.
    expect(all).toEqual([
      { ...counts, group: [], count: 41, finished: 41, mean: (210 + 2100 + 7) / 41, p50: 19, max: 200 },
    ]);
  });

  it("is of slowdown unless asked otherwise, and by class", async () => {
    const { of, by, groups } = await owned({});
    expect([of, by]).toEqual(["slowdown", ["class"]]);
    expect(groups.map(({ group, count, max }) => [group, count, max])).toEqual([
      [[0], 21, 190],
      [[1], 20, 200],
    ]);
  });

  it("can be of several groupings at once, the last changing fastest", async () => {
    const { groups } = await owned({ by: ["window", "class"], window: "20s", of: "latency" });
    expect(groups.map(({ group, count, max }) => [...group, count, max])).toEqual([
      [0, 0, 10, 19],
      [0, 1, 10, 20],
      [20, 0, 10, 190],
      [20, 1, 10, 200],
      [40, 0, 1, 7],
    ]);
  });

  it("has windows of the length that windows.arrow has, from the start of the part replayed", async () => {
    const options = { prices: "1,2", cores: "4", warmup: "0", scheduler: "", window: "30s" };
    const { groups } = await owned({ by: "window" }, { from_s: 0, options });
    expect(groups.map(({ group, count }) => [...group, count])).toEqual([
      [0, 30],
      [30, 11],
    ]);
  });

  it("leaves out who arrived before the cut, which wins over the run's own warm-up", async () => {
    const options = { prices: "1,2", cores: "4", warmup: "10s", scheduler: "" };
    const count = async (warmupCut?: string | number) => {
      const { all, warmup } = await owned(warmupCut === undefined ? {} : { warmupCut }, { options });
      return [all[0]!.count, warmup.rule, warmup.cut_s];
    };
    expect(await count()).toEqual([31, "run", 10]);
    expect(await count("30s")).toEqual([11, "fixed", 30]);
    expect(await count(0)).toEqual([41, "fixed", 0]);
  });

  it("counts the killed and rejected as infinite unless only the ended are asked for", async () => {
    const told = Array.from(
      { length: 40 },
      (_, i): Told => (i < 30 ? { finish: i + 1 } : { outcome: i < 35 ? "killed" : "rejected", finish: 2 }),
    );
    const run = openRun(await handMadeRun({ xx: { invocations: told } }));
    const [all] = (await latency(run)).all;
    expect(all).toMatchObject({ p50: 20, mean: INF, max: INF, count: 40, finished: 30, killed: 5, rejected: 5 });
    const [ended] = (await latency(run, { endedOnly: true })).all;
    expect(ended).toMatchObject({ p50: 15, mean: 15.5, max: 30, count: 40, finished: 30, killed: 5, rejected: 5 });
  });

  it("counts the unfinished with what they have, and names what rests on one", async () => {
    const told = Array.from(
      { length: 20 },
      (_, i): Told => ({ runtime: 1, arrival: 0, finish: i < 15 ? i + 1 : null }),
    );
    const run = openRun(await handMadeRun({ xx: { invocations: told, end: 30 } }));
    const { groups } = await latency(run, { of: "latency" });
    expect(groups[0]).toMatchObject({ p50: 10, mean: (120 + 150) / 20, max: 30, lower_bounds: "mean max" });
    expect((await latency(run, { of: "latency", endedOnly: true })).groups[0]).toMatchObject({
      max: 15,
      lower_bounds: "",
    });
  });

  it("finds owners by the column invocation, in whatever order rows were written", async () => {
    const folder = await labelledRun({ xx: { invocations: OWNED, end: 1000 } }, { owner: OWNERS });
    const before = await latency(openRun(folder), { by: "owner" });
    await rewrite(folder, "xx", OWNED.map((of, invocation) => ({ ...of, invocation })).reverse());
    expect(await latency(openRun(folder), { by: "owner" })).toEqual(before);
  });

  it("agrees with the summary, class by class", async () => {
    const told = fc.record({
      arrival: fc.integer({ min: 0, max: 120 }),
      runtime: fc.integer({ min: 0, max: 5 }),
      finish: fc.constantFrom(null, 130, 140, 155),
      priceClass: fc.integer({ min: 0, max: 1 }),
      outcome: fc.constantFrom("finished", "finished", "killed", "unfinished" as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 30, maxLength: 80 }), async (drawn) => {
        const invocations = drawn.map((of) => (of.finish === null ? { ...of, outcome: "unfinished" } : of)) as Told[];
        const run = openRun(await handMadeRun({ xx: { invocations, end: 160 } }));
        const [summary] = (await summarise(run)).schedulers;
        for (const of of ["latency", "slowdown"] as const) {
          const { groups, all } = await latency(run, { of });
          const own = [...groups, ...all].map(({ p50, lower_bounds }) => ({
            value: p50,
            lower_bound: /\bp50/.test(lower_bounds),
          }));
          const theirs = [...summary!.classes.filter(({ count }) => count > 0), summary!.all];
          expect(own).toEqual(theirs.map((one) => (of === "latency" ? one.latency_s : one.slowdown).p50));
        }
      }),
      { seed: 4, numRuns: 15 },
    );
  });

  it("has flat rows with a column for each grouping", async () => {
    const [first] = latencyRows(await owned({ by: "window,owner" })) as Record<string, unknown>[];
    expect(Object.keys(first!).slice(0, 4)).toEqual(["scheduler", "window_start_s", "owner", "count"]);
    expect(first).toMatchObject({ window_start_s: 0, owner: null, count: 1, lower_bound: false });
  });
});

describe("a question that has no answer", () => {
  const refused = async (question: object, message: (folder: string) => string) => {
    const folder = await labelledRun({ xx: { invocations: OWNED } }, { owner: OWNERS });
    await expect(latency(openRun(folder), question)).rejects.toThrow(message(folder));
  };

  it.each([
    [{ by: "colour" }, "invalid by: colour (by); expected one of class, trigger, owner, app, function, window"],
    [{ by: "class,class" }, "invalid by: class,class (by, one of them twice); expected each once"],
    [{ of: "speed" }, "invalid quantity: speed (of); expected one of slowdown, latency"],
    [{ by: "window", window: 0 }, "invalid window: 0 (window); expected a time above 0, such as 60s"],
    [
      { by: "window", window: "soon" },
      "invalid window: soon (window); expected seconds, 0 or more, or a time such as 90s",
    ],
    [{ warmupCut: "soon" }, "invalid warmup-cut: soon (warmupCut); expected mser-5 or a time such as 90s"],
    [{ warmupCut: -1 }, "invalid warmup-cut: -1 (warmupCut); expected mser-5 or a time such as 90s"],
    [
      { by: "window", window: 1e-6 },
      "invalid by: window (100000001 groups); expected at most 20000000 groups: longer windows, or one of them",
    ],
  ])("%j is refused in a line", (question, message) => refused(question, () => message));

  it("about a scheduler that is not there names those that are", () =>
    refused({ scheduler: "fifo" }, (folder) => `invalid scheduler: fifo (${folder}); expected one of xx`));

  it("about what the trace does not say names it", () =>
    refused(
      { by: "trigger" },
      (folder) =>
        `invalid by: trigger (${folder}/workload names none, nor did the trace); expected class, window or what the trace names`,
    ));

  it("for want of a column names it and the table", async () => {
    const folder = await handMadeRun({ xx: { invocations: OWNED } });
    await rewrite(
      folder,
      "xx",
      OWNED.map((of, invocation) => ({ ...of, invocation })),
      "finish_s",
    );
    const path = join(folder, "xx", "invocations.arrow");
    await expect(latency(openRun(folder))).rejects.toThrow(
      `invalid column: finish_s (${path}); expected some of invocation, price_class, arrival_s, runtime_s, start_s, machine,`,
    );
  });

  it("for want of a table, or rows of it, says so", async () => {
    const folder = await handMadeRun({ xx: { invocations: OWNED } });
    const run = openRun(folder);
    await rewrite(folder, "xx", [{ invocation: 0 }]);
    await expect(latency(run)).rejects.toThrow(
      `invalid run: ${folder} (xx/invocations has 1 of 41 rows); expected a whole run folder: replay it again`,
    );
    rmSync(join(folder, "workload.arrow"));
    await expect(latency(run, { by: "owner" })).rejects.toThrow(
      `invalid run: ${folder} (has no workload.arrow); expected a whole run folder: replay it again`,
    );
  });
});
