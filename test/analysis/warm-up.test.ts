import { describe, expect, it } from "vitest";
import { openRun } from "../../src/analysis/run-folder.js";
import { warmUp } from "../../src/analysis/warm-up.js";
import { handMadeRun, type Told } from "./hand-made-run.js";

/** One arrival every 0.1 s of 100 s; the first so many take long. */
const series = (slow: number, more: (i: number) => Partial<Told> = () => ({})): Told[] =>
  Array.from({ length: 1000 }, (_, i) => {
    const arrival = i / 10 + 0.05;
    return { arrival, runtime: 1, finish: arrival + (i < slow ? 50 : 2 + (i % 2)), ...more(i) };
  });
const found = async (schedulers: Record<string, Told[]>) => {
  const made = Object.entries(schedulers).map(([name, invocations]) => [name, { invocations, end: 1e4 }]);
  return warmUp(openRun(await handMadeRun(Object.fromEntries(made))), Object.keys(schedulers), { warmupCut: "mser-5" });
};

describe("a warm-up of so long", () => {
  it("has to end before the last arrivals, or before the run's end where that came first", async () => {
    const told = { xx: { invocations: series(0), end: 60 } };
    const options = { prices: "1,2", cores: "4", warmup: "0", scheduler: "" };
    const cut = async (warmupCut: string | number, more: object = {}) =>
      (
        await warmUp(openRun(await handMadeRun(told, { options: { ...options, ...more } }, "cut")), ["xx"], {
          warmupCut,
        })
      ).cut_s;
    expect([await cut("99s"), await cut(0), await cut(59, { until: "60s" })]).toEqual([99, 0, 59]);
    const beyond =
      /^invalid warmup-cut: 100s \(warmupCut, .*cut\); expected less than 100s, for which invocations arrive$/;
    await expect(cut("100s")).rejects.toThrow(beyond);
    await expect(cut("1m", { until: "60s" })).rejects.toThrow("expected less than 60s, for which invocations arrive");
  });

  it("of nothing can be asked of a run in which all comes at once", async () => {
    const run = openRun(await handMadeRun({ xx: { invocations: [{}] } }, { to_s: 0 }));
    expect((await warmUp(run, ["xx"], { warmupCut: 0 })).cut_s).toBe(0);
  });
});

describe("the warm-up by MSER-5", () => {
  it("ends where the mean latency of arrivals settles, to five thousandths of the run", async () => {
    // 98 slow ones: 9.8 s, and so the batch of five tenths of a second up to 10 s.
    const { rule, cut_s, found: each } = await found({ xx: series(98) });
    expect([rule, each[0]!.why]).toEqual(["mser-5", null]);
    expect(cut_s).toBeCloseTo(10, 9);
  });

  it("is the longest of the schedulers looked at", async () => {
    const { cut_s, found: each } = await found({ xx: series(98), edf: series(0), hermod: series(198) });
    expect(each.map((one) => [one.scheduler, Math.round(one.cut_s!)])).toEqual([
      ["xx", 10],
      ["edf", 0],
      ["hermod", 20],
    ]);
    expect(Math.round(cut_s)).toBe(20);
  });

  it("does not mind the killed, whose latency is infinite", async () => {
    const { cut_s } = await found({ xx: series(98, (i) => (i % 7 === 0 ? { outcome: "killed" } : {})) });
    // Of a thousandth each seventh is empty, and so batches are a little longer.
    expect(cut_s).toBeGreaterThan(9.5);
    expect(cut_s).toBeLessThan(10.6);
  });

  it("says why where it fails, and then keeps the run's own", async () => {
    const rising = series(0).map((of, i) => ({ ...of, finish: of.arrival! + 1 + i }));
    const run = openRun(
      await handMadeRun(
        { xx: { invocations: rising, end: 1e4 }, edf: { invocations: rising.slice(0, 1000), end: 1e4 } },
        { options: { prices: "1,2", cores: "4", warmup: "7s", scheduler: "" } },
      ),
    );
    expect(await warmUp(run, ["xx"], { warmupCut: "mser-5" })).toEqual({
      rule: "mser-5",
      cut_s: 7,
      found: [{ scheduler: "xx", cut_s: null, why: "latency does not settle within the first half" }],
    });
    const few = await found({ xx: series(0).slice(0, 40) });
    expect(few).toEqual({
      rule: "mser-5",
      cut_s: 0,
      found: [{ scheduler: "xx", cut_s: null, why: "fewer than 50 of the run's 1000 parts have arrivals" }],
    });
  });
});
