import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
import { BATCH_ROWS } from "../../src/table/index.js";
import { prepareWorkload, type WorkloadOptions } from "../../src/workload/index.js";
import { AS_IS, type FakeInvocation, invocationTrace, rowsOf, total } from "./fakes.js";

/** A log of n invocations of three functions over an hour, of 1 CPU second each. */
function hour(n: number, extra: (i: number) => Partial<FakeInvocation> = () => ({})): FakeInvocation[] {
  const draws = keyed(9, PURPOSE.synthetic);
  const times = Array.from({ length: n }, (_, i) => draws.uniform(i, 0) * 3600).sort((a, b) => a - b);
  times[n - 1] = 3600;
  return times.map((arrival, i) => ({ f: i % 3, arrival, runtime: 1, ...extra(i) }));
}
const THREE = ["x", "y", "z"].map((app) => ({ owner: "o", app, name: "f" }));
const prepared = (rows: readonly FakeInvocation[], options: Partial<WorkloadOptions> = {}) =>
  prepareWorkload(invocationTrace(THREE, rows), { ...AS_IS, ...options });
const run = async (rows: readonly FakeInvocation[], options: Partial<WorkloadOptions> = {}) =>
  rowsOf(await prepared(rows, options));

describe("a log", () => {
  it("keeps its arrivals and runtimes, and the last arrival though it is the end", async () => {
    const rows = hour(2500);
    const out = await run(rows);
    expect(out.map((row) => row.arrival)).toEqual(rows.map((row) => row.arrival));
    expect(out.map((row) => row.app)).toEqual(rows.map((row) => THREE[row.f]!.app));
  });

  it("comes in full batches but the last", async () => {
    const rows = Array.from({ length: 2 * BATCH_ROWS + 5 }, (_, i) => ({ f: 0, arrival: i / 50, runtime: 0 }));
    const out = await run(rows);
    expect(out).toHaveLength(rows.length);
    expect(out.at(-1)!.arrival).toBe(rows.at(-1)!.arrival);
  });

  it("offers the sum of its runtimes, after CPU fraction and cap", async () => {
    const rows = hour(1800, (i) => ({ runtime: i % 2 === 0 ? 1 : 5 }));
    const workload = await prepared(rows, { cpuFraction: 0.5, maxRuntime: 2, machines: 1, cores: 1 });
    expect(workload.offeredLoadExpected).toBeCloseTo((900 * 0.5 + 900 * 2) / 3600, 12);
    expect(workload.report["put_out"]).toMatchObject({ invocations_at_max_runtime: 0 });
    await rowsOf(workload);
    expect(workload.report["put_out"]).toMatchObject({ invocations: 1800, invocations_at_max_runtime: 900 });
  });

  it("cut is the whole one's rows in the cut", async () => {
    const rows = hour(900);
    const whole = await run(rows);
    const part = await run(rows, { cut: [605, 1234.5] });
    expect(part).toEqual(whole.filter((row) => row.arrival >= 605 && row.arrival < 1234.5));
  });

  it("relabelled has other labels and no other difference", async () => {
    const rows = hour(400);
    const named = (names: readonly string[]) =>
      invocationTrace(
        names.map((name) => ({ owner: `o${name}`, app: `a${name}`, name })),
        rows,
        { keyedBy: "order" },
      );
    for (const load of [0.05, 0.4]) {
      const options = { ...AS_IS, machines: 1, cores: 1, load };
      const strip = async (names: readonly string[]) =>
        (await rowsOf(await prepareWorkload(named(names), options))).map(
          ({ arrival, runtime, priceClass, initial, peak }) => [arrival, runtime, priceClass, initial, peak],
        );
      expect(await strip(["p", "q", "r"])).toEqual(await strip(["z", "a", "m"]));
    }
  });

  it("of no length has no load to be scaled to", async () => {
    const one = [{ f: 0, arrival: 0, runtime: 1 }];
    expect((await prepared(one)).offeredLoadExpected).toBeNaN();
    expect(await run(one)).toHaveLength(1);
    await expect(prepared(one, { load: 0.5 })).rejects.toThrow(
      "invalid load: 0.5 (--load); expected a trace or cut longer than 0 s to go with it",
    );
  });

  it("with a caller that is no earlier row is refused", async () => {
    await expect(prepared([{ f: 0, arrival: 0, runtime: 1, parent: 0 }])).rejects.toThrow(
      "invalid parent: 0 (row 0 of fake); expected an earlier row",
    );
  });
});

describe("scaled", () => {
  const n = 6000;
  const rows = hour(n, (i) => ({ runtime: 1 + (i % 7), initial: i, peak: i, priceClass: i % 5 }));
  const own = total(rows.map((row) => row.runtime));
  const at = (factor: number) => ({ machines: 1, cores: 1, load: (factor * own) / 3600 });

  it.each([0.3, 0.999, 2.4, 5])("by %d it offers the load asked for within 4 standard errors", async (factor) => {
    const workload = await prepared(rows, at(factor));
    expect(workload.report.scale).toBeCloseTo(factor, 9);
    expect(workload.invocationsExpected).toBeCloseTo(n * factor, 6);
    const part = factor - Math.floor(factor);
    const error = Math.sqrt(part * (1 - part) * total(rows.map((row) => row.runtime * row.runtime)));
    const sum = total((await rowsOf(workload)).map((row) => row.runtime));
    expect(Math.abs(sum - factor * own)).toBeLessThan(4 * error + 1e-3 * own * Number(part > 0.9999 || part < 1e-4));
  });

  it("down it is thinned: what is kept is unchanged, and more load keeps all that less does", async () => {
    const known = new Map(rows.map((row) => [row.arrival, row]));
    const less = await run(rows, at(0.3));
    const more = new Set((await run(rows, at(0.6))).map((row) => row.arrival));
    for (const row of less) {
      expect(row.runtime).toBe(known.get(row.arrival)!.runtime);
      expect(more.has(row.arrival)).toBe(true);
    }
  });

  it("up each stays where it is and its copies, equal to it, are in its minute", async () => {
    const out = await run(rows, at(3.5));
    const times = new Set(out.map((row) => row.arrival));
    for (const row of rows) expect(times.has(row.arrival)).toBe(true);
    const minutes = new Map<number, Set<number>>();
    for (const row of out) {
      const of = minutes.get(row.initial) ?? new Set();
      minutes.set(row.initial, of.add(Math.floor(row.arrival / 60)));
      expect(row.runtime).toBe(1 + (row.initial % 7));
    }
    for (const [i, of] of minutes) if (rows[i]!.arrival < 3600) expect(of.size).toBe(1);
    for (let i = 1; i < out.length; i++) expect(out[i]!.arrival).toBeGreaterThanOrEqual(out[i - 1]!.arrival);
    expect(out.at(-1)!.arrival).toBe(3600);
  });
});

describe("callers", () => {
  it("stay the row they were, wherever a cut begins; one outside is none, and counted", async () => {
    const rows = hour(300, (i) => ({ initial: i, peak: i, ...(i >= 3 ? { parent: i - 3 } : {}) }));
    const whole = await run(rows);
    expect(whole.map((row) => row.parent)).toEqual(rows.map((row) => row.parent ?? -1));
    const workload = await prepared(rows, { cut: [600, 3000] });
    const part = await rowsOf(workload);
    expect(part.slice(0, 3).map((row) => row.parent)).toEqual([-1, -1, -1]);
    for (const row of part.slice(3)) expect(part[row.parent]!.initial).toBe(row.initial - 3);
    expect(workload.report["put_out"]).toMatchObject({ parents_lost: 3 });
  });

  it("of a scaled log are the first of their copies and always an earlier row", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.2, max: 4, noNaN: true }), async (factor) => {
        const rows = hour(200, (i) => ({ initial: i, peak: i, ...(i >= 1 ? { parent: i - 1 } : {}) }));
        const workload = await prepared(rows, { machines: 1, cores: 1, load: (factor * 200) / 3600 });
        const out = await rowsOf(workload);
        let lost = out.filter((row) => row.initial === 0).length;
        lost = out.filter((row) => row.parent < 0).length - lost;
        out.forEach((row, i) => {
          if (row.parent < 0) return;
          expect(row.parent).toBeLessThan(i);
          expect(out[row.parent]).toMatchObject({ initial: row.initial - 1, arrival: rows[row.initial - 1]!.arrival });
        });
        expect(workload.report["put_out"]).toMatchObject({ parents_lost: lost });
      }),
      { seed: 5, numRuns: 25 },
    );
  });
});
