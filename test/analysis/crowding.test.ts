import { describe, expect, it } from "vitest";
import { crowding } from "../../src/analysis/crowding.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { handMadeRun, type Told } from "./hand-made-run.js";

/** 2000 arrivals over 100 s, runtime 1; latencies 1 … 20 in turn, from 50 s on three times that. */
const STEP: Told[] = Array.from({ length: 2000 }, (_, i) => {
  const arrival = i / 20;
  return { arrival, finish: arrival + (1 + (i % 20)) * (arrival < 50 ? 1 : 3) };
});
const STEP_AT = { step: "50s..100s", before: "0s..50s" };
const of = async (invocations: readonly Told[], question: object = {}, end = 1e6) =>
  crowding(openRun(await handMadeRun({ xx: { invocations, end } })), { ...STEP_AT, ...question });

describe("the crowding index", () => {
  it("is p99 in the step over p99 before it, of slowdown and of latency, class by class", async () => {
    const rows = await of(STEP);
    expect(rows.map((row) => [row.of, row.price_class, row.before_count, row.step_count])).toEqual([
      ["slowdown", 0, 1000, 1000],
      ["slowdown", 1, 0, 0],
      ["latency", 0, 1000, 1000],
      ["latency", 1, 0, 0],
    ]);
    // The 990th of 1000, of which 50 are the largest: 20 and 60.
    expect(rows[2]).toMatchObject({ lower_bound: false });
    expect(rows[2]!.before_p99).toBeCloseTo(20, 9);
    expect(rows[2]!.step_p99).toBeCloseTo(60, 9);
    expect(rows[2]!.index).toBeCloseTo(3, 9);
    // Every block has the same values.
    expect([rows[2]!.low, rows[2]!.high].map((end) => end!.toFixed(6))).toEqual(["3.000000", "3.000000"]);
    expect(rows[1]).toMatchObject({ before_p99: null, step_p99: null, index: null, low: null, high: null });
  });

  it("is not told of fewer than a thousand arrivals in either span", async () => {
    const [row] = await of(STEP.slice(1));
    expect(row).toMatchObject({ before_count: 999, before_p99: null, index: null, low: null });
    expect(row!.step_p99).toBeCloseTo(60, 9);
  });

  it("is infinite where more than one in a hundred are killed in the step alone", async () => {
    const killed = (from: number) =>
      STEP.map((told, i): Told => (i >= from && i % 50 === 0 ? { ...told, outcome: "killed" } : told));
    expect((await of(killed(1000)))[0]).toMatchObject({
      step_p99: Number.POSITIVE_INFINITY,
      index: Number.POSITIVE_INFINITY,
    });
    expect((await of(killed(0)))[0]).toMatchObject({ index: null });
    expect((await of(killed(0), { endedOnly: true }))[0]!.index).toBeNull(); // 980 are left
  });

  it("is a lower bound where the step's p99 rests on unfinished ones", async () => {
    const open = STEP.map((told, i): Told => (i >= 1950 ? { ...told, finish: null } : told));
    const [row] = await of(open, {}, 1000);
    expect(row).toMatchObject({ lower_bound: true });
  });

  it("has no interval where all arrivals are close together", async () => {
    const close = STEP.map((told, i) => ({ ...told, arrival: i < 1000 ? i / 1e6 : 50 + i / 1e6 }));
    const [row] = await of(close);
    expect(row!.index).not.toBeNull();
    expect([row!.low, row!.high]).toEqual([null, null]);
  });

  it("does not count who arrives at the end of a span to it", async () => {
    const rows = await of(STEP, { step: [50, 60], before: [0, 10] });
    expect([rows[0]!.before_count, rows[0]!.step_count]).toEqual([200, 200]);
  });

  it.each([
    [{ step: "5s" }, "invalid span: 5s (step); expected a span such as 8h..16h, its end after its start"],
    [
      { step: [9, 5] },
      "invalid span: 9,5 (step); expected two times in seconds, the end after the start, or a text such as 8h..16h",
    ],
    [
      { before: "49s..60s" },
      "invalid before: 49s..60s (step is 50s..100s); expected a span that does not overlap with the step's",
    ],
    [{ step: "200s..300s" }, "invalid step: 200s..300s (no arrivals); expected a part of 0s..100s"],
    [{ before: "200s..300s" }, "invalid before: 200s..300s (no arrivals); expected a part of 0s..100s"],
  ])("%j is refused in a line", async (question, message) => {
    await expect(of(STEP, question)).rejects.toThrow(message);
  });
});
