import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CcdfRow, ccdf } from "../../src/analysis/ccdf.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { handMadeRun, type Told } from "./hand-made-run.js";

const rowsOf = async (invocations: Told[], question = {}): Promise<CcdfRow[]> =>
  ccdf(openRun(await handMadeRun({ xx: { invocations, end: 1e6 } })), question);

describe("the complementary distribution", () => {
  it("has every value of few, with the share above it", async () => {
    const rows = await rowsOf([3, 1, 2, 2].map((finish) => ({ finish, priceClass: 1 })));
    const row = { scheduler: "xx", price_class: 1, lower_bound: false };
    expect(rows).toEqual([
      { ...row, value: 1, share_above: 0.75 },
      { ...row, value: 2, share_above: 0.25 },
      { ...row, value: 3, share_above: 0 },
    ]);
  });

  it("ends at the share of the killed and rejected", async () => {
    const lost: Told[] = [{ outcome: "killed" }, { outcome: "rejected" }];
    const rows = await rowsOf([{ finish: 4 }, { finish: 8 }, ...lost]);
    expect(rows.map(({ value, share_above }) => [value, share_above])).toEqual([
      [4, 0.75],
      [8, 0.5],
    ]);
    expect(await rowsOf(lost)).toEqual([]);
    expect(await rowsOf([{ finish: 4 }, ...lost], { endedOnly: true })).toMatchObject([{ value: 4, share_above: 0 }]);
  });

  it("is a lower bound from the first value that may still grow", async () => {
    const rows = await rowsOf([{ finish: 4 }, { finish: 2e6, outcome: "unfinished" }, { finish: 2e6 }]);
    expect(rows.map(({ value, lower_bound }) => [value, lower_bound])).toEqual([
      [4, false],
      [1e6, true],
      [2e6, true],
    ]);
  });

  it("is of latency unless slowdown is asked for", async () => {
    const told = [{ runtime: 2, finish: 6 }];
    expect([(await rowsOf(told))[0]!.value, (await rowsOf(told, { of: "slowdown" }))[0]!.value]).toEqual([6, 3]);
  });

  it("is exact at each of a few hundred points of many, from the least value to the largest", async () => {
    const n = 100_000;
    const rows = await rowsOf(Array.from({ length: n }, (_, i) => ({ finish: 1 + ((i * 7919) % n) })));
    expect(rows.length).toBeGreaterThan(300);
    expect(rows.length).toBeLessThan(400);
    expect(rows.filter(({ value, share_above }) => Math.abs(share_above - (n - value) / n) > 1e-12)).toEqual([]);
    expect([rows[0]!.value, rows.at(-1)!.value]).toEqual([1, n]);
    // At most a fortieth of a factor 10 apart in the tail.
    const tail = rows.map(({ share_above }) => share_above).filter((share) => share > 0 && share < 0.5);
    const steps = tail.slice(1).map((share, i) => tail[i]! / share);
    expect(steps.filter((step, i) => step > 1.12 && tail[i]! > 100 / n)).toEqual([]);
  });

  it("never rises, and is exact, whatever the values", async () => {
    const told = fc.record({
      finish: fc.integer({ min: 1, max: 9 }),
      outcome: fc.constantFrom("finished", "finished", "killed" as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 1, maxLength: 60 }), async (invocations) => {
        const values = invocations.map(({ finish, outcome }) =>
          outcome === "killed" ? Number.POSITIVE_INFINITY : finish,
        );
        const rows = await rowsOf(invocations);
        expect(rows.map(({ share_above }) => share_above)).toEqual(
          rows.map(({ value }) => values.filter((own) => own > value).length / values.length),
        );
        expect(rows.map(({ value }) => value)).toEqual(
          [...new Set(rows.map(({ value }) => value))].sort((a, b) => a - b),
        );
      }),
      { seed: 3, numRuns: 20 },
    );
  });
});
