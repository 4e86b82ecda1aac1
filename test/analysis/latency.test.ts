import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summarise } from "../../src/analysis/latency.js";
import { openRun } from "../../src/analysis/run-folder.js";
import type { ClassSummary, Estimate } from "../../src/analysis/summary.js";
import { canonicalTexts, parseOptions, resolveTexts } from "../../src/cli/run-options.js";
import { run } from "../../src/run.js";
import { writeManifests } from "../../src/run-manifest.js";
import { ingest } from "../../src/trace/ingest.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { type HandMade, handMadeRun, type MANIFEST, newPlace, type Told } from "./hand-made-run.js";

const INF = Number.POSITIVE_INFINITY;
const exactly = (value: number | null): Estimate => ({ value, lower_bound: false });
const atLeast = (value: number): Estimate => ({ value, lower_bound: true });

/** Invocations whose latencies are 1 to n, in a mixed order. */
function latencies(n: number, more: (i: number) => Partial<Told> = () => ({})): Told[] {
  return Array.from({ length: n }, (_, i) => {
    const latency = ((i * 7919) % n) + 1;
    return { arrival: 0, runtime: 1, finish: latency, ...more(latency) };
  });
}

async function xx(made: HandMade, manifest: Partial<typeof MANIFEST> = {}) {
  const summary = await summarise(openRun(await handMadeRun({ xx: { end: 1e6, ...made } }, manifest)));
  return summary.schedulers[0]!;
}

async function all(invocations: readonly Told[], end = 1e6): Promise<ClassSummary> {
  return (await xx({ invocations, end })).all;
}

describe("quantiles in a summary", () => {
  it("are the ceil(n q)-th smallest observation", async () => {
    const { latency_s, slowdown } = await all(latencies(10_000));
    expect(latency_s).toEqual({ p50: exactly(5000), p99: exactly(9900), p999: exactly(9990) });
    expect(slowdown).toEqual({ ...latency_s, mean: exactly(5000.5) });
  });

  it("are null over fewer than 10 / (1 - q) observations", async () => {
    const quantilesOf = async (n: number) => {
      const { p50, p99, p999 } = (await all(latencies(n))).latency_s;
      return [p50, p99, p999].map(({ value }) => value !== null);
    };
    expect(await quantilesOf(19)).toEqual([false, false, false]);
    expect(await quantilesOf(20)).toEqual([true, false, false]);
    expect(await quantilesOf(999)).toEqual([true, false, false]);
    expect(await quantilesOf(1000)).toEqual([true, true, false]);
    expect(await quantilesOf(9999)).toEqual([true, true, false]);
    expect(await quantilesOf(10_000)).toEqual([true, true, true]);
  });

  it.each(["killed", "rejected"] as const)("count the %s as infinite", async (outcome) => {
    const lost = (n: number) => all(latencies(1000, (latency) => (latency > 1000 - n ? { outcome, finish: 2 } : {})));
    expect((await lost(10)).latency_s.p99).toEqual(exactly(990));
    expect((await lost(11)).latency_s.p99).toEqual(exactly(INF));
    expect((await lost(11)).slowdown).toMatchObject({ p99: exactly(INF), mean: exactly(INF) });
    expect(await lost(11)).toMatchObject({ count: 1000, finished: 989, [outcome]: 11, missed: expect.any(Number) });
  });

  it("count the unfinished with what they have so far, and at least their runtime", async () => {
    const arrived = (arrival: number) => ({ arrival, runtime: 30, finish: null });
    const { latency_s, slowdown } = await all(
      Array.from({ length: 20 }, (_, i) => arrived(10 * i)),
      100,
    );
    // Ends at 100; arrivals after it never were. 11 are too few; so twice the same.
    expect(latency_s.p50.value).toBeNull();
    const twice = Array.from({ length: 22 }, (_, i) => arrived(10 * (i >> 1)));
    const found = await all(twice, 100);
    expect(found.latency_s.p50).toEqual(atLeast(50));
    expect(found.slowdown.p50).toEqual(atLeast(1 + (100 - (50 + 30)) / 30));
    expect(slowdown.mean.lower_bound).toBe(true);
  });

  it("are a lower bound where an unfinished one is at or below them, and only there", async () => {
    const open = (latency: number) => (latency === 600 ? { finish: null, arrival: 400 } : {});
    const { latency_s, slowdown } = await all(latencies(1000, open), 1000);
    expect(latency_s).toMatchObject({ p50: exactly(500), p99: atLeast(990) });
    expect(slowdown).toMatchObject({ p50: exactly(500), p99: atLeast(990), mean: { lower_bound: true } });
    const at = await all(
      latencies(1000, (latency) => (latency === 500 ? { finish: null, arrival: 500 } : {})),
      1000,
    );
    expect(at.latency_s.p50).toEqual(atLeast(500));
  });

  it("that are infinite are no lower bound", async () => {
    const none = await all(Array.from({ length: 20 }, (_, i) => (i < 9 ? { finish: null } : { outcome: "killed" })));
    expect(none.latency_s.p50).toEqual(exactly(INF));
    expect(none.slowdown.mean).toEqual(exactly(INF));
  });

  it("of slowdown leave out who needs no CPU", async () => {
    const told = latencies(40, (latency) => (latency > 20 ? { runtime: 0 } : {}));
    const { latency_s, slowdown, count } = await all(told);
    expect([count, latency_s.p50.value, slowdown.p50.value, slowdown.mean.value]).toEqual([40, 20, 10, 10.5]);
  });

  it("of slowdown are 1 where rounding ends an invocation a little early", async () => {
    const told = Array.from({ length: 20 }, () => ({ arrival: 0.1, runtime: 0.2, finish: 0.3 }));
    expect(0.3 - (0.1 + 0.2)).toBeLessThan(0);
    expect((await all(told)).slowdown.mean).toEqual(exactly(1));
  });

  it("agree with sorting, class by class and whether the table is in parts or not", async () => {
    const outcome = fc.constantFrom("finished", "finished", "finished", "killed", "rejected", "unfinished" as const);
    const told = fc.record({
      arrival: fc.integer({ min: 0, max: 120 }),
      runtime: fc.integer({ min: 0, max: 5 }),
      wait: fc.integer({ min: 0, max: 50 }),
      priceClass: fc.integer({ min: 0, max: 1 }),
      outcome,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 80 }), fc.nat(), async (drawn, cut) => {
        const invocations = drawn.map((of) => ({ ...of, finish: of.arrival + of.runtime + of.wait }) as Told);
        const parts = [cut % drawn.length, drawn.length - (cut % drawn.length)];
        const found = await xx({ invocations, end: 100 });
        expect(await xx({ invocations, end: 100, parts })).toEqual(found);
        for (const of of [...found.classes, found.all]) {
          const own = invocations.filter((i) => i.arrival! <= 100 && [null, i.priceClass].includes(of.price_class));
          const sorted = own.map(latencyOf).sort((a, b) => a - b);
          expect(of.count).toBe(own.length);
          const p50 = own.length < 20 ? null : sorted[Math.ceil(own.length / 2) - 1];
          expect(of.latency_s.p50.value).toBe(p50);
        }
      }),
      { seed: 5, numRuns: 20 },
    );
  });

  it("are exact over more rows than a batch or a chunk holds", async () => {
    const { latency_s, count } = await all(latencies(200_000, (latency) => ({ priceClass: latency % 2 })));
    expect(count).toBe(200_000);
    expect(latency_s).toEqual({ p50: exactly(100_000), p99: exactly(198_000), p999: exactly(199_800) });
  });
});

function latencyOf({ arrival, runtime, finish, outcome }: Told): number {
  if (outcome === "killed" || outcome === "rejected") return INF;
  return outcome === "unfinished" ? Math.max(100 - arrival!, runtime!) : finish! - arrival!;
}

describe("counts in a summary", () => {
  it("are of arrivals, class by class and together", async () => {
    const { classes, all } = await xx({
      end: 50,
      invocations: [
        { priceClass: 0, preemptions: 3 },
        { priceClass: 1, outcome: "killed", finish: 2 },
        { priceClass: 0, outcome: "rejected", finish: null },
        { priceClass: 0, arrival: 50, finish: null },
        { priceClass: 0, arrival: 50.5, finish: null },
        { priceClass: 1, preemptions: 4 },
      ],
    });
    const counts = { count: 5, finished: 2, killed: 1, rejected: 1, unfinished: 1, preemptions: 7 };
    expect(all).toMatchObject({ price_class: null, price: null, ...counts });
    expect(classes[0]).toMatchObject({ price_class: 0, price: 1, count: 3, unfinished: 1, preemptions: 3 });
    expect(classes[1]).toMatchObject({ price_class: 1, price: 2, count: 2, killed: 1, preemptions: 4 });
  });

  it("leave out who arrived before the end of the warm-up", async () => {
    const told = [119.9, 120, 121].map((arrival) => ({ arrival }));
    const warm = { from_s: 60, to_s: 200, options: { prices: "1,2", cores: "4", warmup: "1m", scheduler: "" } };
    expect((await xx({ invocations: told }, warm)).all.count).toBe(2);
  });

  it("of a class without arrivals are zero, and its statistics null", async () => {
    const { classes } = await xx({ invocations: [{ priceClass: 0 }] });
    expect(classes[1]).toMatchObject({ count: 0, missed: 0, missed_share: null });
    expect(classes[1]!.slowdown).toEqual({
      p50: exactly(null),
      p99: exactly(null),
      p999: exactly(null),
      mean: exactly(null),
    });
  });
});

describe("a deadline", () => {
  const missed = async (told: Told, end?: number) => (await all([told], end)).missed;

  it("is arrival + runtime x (highest price / own price)", async () => {
    const at = (priceClass: number, finish: number) => missed({ arrival: 10, runtime: 3, priceClass, finish });
    expect(await Promise.all([at(0, 16), at(0, 16.1), at(1, 13), at(1, 13.1)])).toEqual([0, 1, 0, 1]);
  });

  it("is missed by more than 1e-9 x max(1, finish)", async () => {
    const late = (by: number) => missed({ arrival: 1000, runtime: 0, finish: 1000 * (1 + by) });
    expect([await late(0.9e-9), await late(1.1e-9)]).toEqual([0, 1]);
    const early = (by: number) => missed({ arrival: 0.001, runtime: 0, finish: 0.001 + by });
    expect([await early(0.9e-9), await early(1.1e-9)]).toEqual([0, 1]);
  });

  it("is missed by everything killed, rejected, or unfinished past it", async () => {
    expect(await missed({ outcome: "killed", finish: 0 })).toBe(1);
    expect(await missed({ outcome: "rejected", finish: null })).toBe(1);
    const open = { arrival: 90, runtime: 5, finish: null };
    expect([await missed(open, 100), await missed(open, 100.1)]).toEqual([0, 1]);
  });

  it("counts as a share of the arrivals", async () => {
    const { missed, missed_share } = await all([{}, {}, {}, { finish: 9 }]);
    expect([missed, missed_share]).toEqual([1, 0.25]);
  });
});

describe("a summary", () => {
  it("has the schedulers in the order they were asked for, and says how far it is", async () => {
    const made = { invocations: [{}, {}] };
    const seen: number[][] = [];
    const folder = await handMadeRun({ xx: made, edf: made, hermod: made });
    const { schedulers } = await summarise(openRun(folder), (rows, total) => seen.push([rows, total]));
    expect(schedulers.map(({ scheduler }) => scheduler)).toEqual(["xx", "edf", "hermod"]);
    expect(seen).toEqual([
      [2, 6],
      [4, 6],
      [6, 6],
    ]);
  });

  it("is refused of a table that lacks rows", async () => {
    const folder = await handMadeRun({ xx: { invocations: [{}, {}, {}] }, edf: { invocations: [{}] } });
    await expect(summarise(openRun(folder))).rejects.toThrow(
      `invalid run: ${folder} (edf/invocations has 1 of 3 rows); expected a whole run folder: replay it again`,
    );
  });

  it("reads what a replay writes", async () => {
    const place = newPlace();
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2 ? 30 : 3},${i % 5}`);
    const [csv, folder] = [join(place, "w.csv"), mkdtempSync(join(place, "run-"))];
    writeFileSync(csv, ["arrival_s,runtime_s,price_class", ...rows, ""].join("\n"));
    const ingested = mkdtempSync(join(place, "trace-"));
    await ingest([csv], { format: undefined, map: {}, onBadRow: "stop" }, ingested);
    const trace = await openTrace(ingested);
    const texts = resolveTexts({}, { machines: "2", cores: "4", until: "50s", scheduler: "hermod,ideal" });
    const options = parseOptions(texts);
    const facts = await run(trace, options, folder, { workers: 0 });
    await trace.close();
    writeManifests(folder, trace, {}, canonicalTexts(texts, options), facts, {});
    const summary = await summarise(openRun(folder));
    expect(summary).toMatchObject({ invocations: 40, machines: 2, cores: 4, prices: [0.3, 0.7, 1, 1.5, 2], seed: 1 });
    for (const [i, { scheduler, all, utilisation }] of summary.schedulers.entries()) {
      const { finished, unfinished, preemptions } = facts.results[i]!;
      expect(all).toMatchObject({ count: 40, finished, unfinished, preemptions });
      expect(utilisation!.mean).toBeGreaterThan(0.5);
      expect(utilisation!.spread === null).toBe(scheduler === "ideal");
    }
  });
});
