import fc from "fast-check";
import { expect, it } from "vitest";
import { BracketTable } from "../../src/workload/bracket-table.js";

const LEVELS = [1, 25, 50, 99, 100];
const row = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e6, noNaN: true })), { minLength: 5, maxLength: 5 })
  .map((values) => values.toSorted((a, b) => a - b));

/** Mean of min(value, cap) by the midpoint rule over the uniform. */
function numericMean(table: BracketTable, at: number, cap: number): number {
  const n = 20_000;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.min(table.at(at, (i + 0.5) / n), cap);
  return sum / n;
}

it("its mean, capped or not, is the mean of what it draws", () => {
  fc.assert(
    fc.property(row, fc.double({ min: 0.01, max: 1.5, noNaN: true }), (values, part) => {
      const table = new BracketTable(LEVELS);
      table.add([9, 9, 9, 9, 9]);
      const at = table.add(values);
      const cap = part * values[4]!;
      const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(2e-3 * values[4]! + 1e-12);
      close(table.mean(at), numericMean(table, at, Number.POSITIVE_INFINITY));
      close(table.mean(at, cap), numericMean(table, at, cap));
    }),
    { seed: 1, numRuns: 60 },
  );
});

it("says that a row is constant only where every uniform has its first value, to the bit", () => {
  const value = fc.constantFrom(0, 1e-12, 1e-10, 1e-9, 2e-9, 3, 37.25, 1e6);
  const same = value.map((one) => new Array<number>(5).fill(one));
  const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(same, row), factor, (values, times) => {
      const table = new BracketTable(LEVELS);
      for (let before = 0; before < 20; before++) table.add([1, 1, 1, 1, 1]);
      const at = table.add(values, times);
      expect(table.isConstant(at)).toBe(values.every((v) => v === values[0]) && (values[0] === 0 || values[0]! > 1e-9));
      if (!table.isConstant(at)) return;
      for (let i = 0; i < 200; i++) expect(table.at(at, i / 200)).toBe(table.lowest(at));
    }),
    { seed: 4, numRuns: 200 },
  );
});

it("what it draws ascends with the uniform, between its first and last value", () => {
  fc.assert(
    fc.property(row, (values) => {
      const table = new BracketTable(LEVELS);
      const at = table.add(values, 2);
      let last = values[0]! * 2;
      for (let i = 0; i < 500; i++) {
        const value = table.at(at, i / 500);
        expect(value).toBeGreaterThanOrEqual(last * (1 - 1e-12));
        last = value;
      }
      expect(last).toBeLessThanOrEqual(table.highest(at) * (1 + 1e-12));
      expect(Math.abs(table.highest(at) - values[4]! * 2)).toBeLessThanOrEqual(values[4]! * 1e-12);
    }),
    { seed: 2, numRuns: 60 },
  );
});

it("a uniform is in the bracket between whose levels it lies, however near to one", () => {
  const levels = fc.uniqueArray(
    fc.oneof(fc.integer({ min: 0, max: 99 }), fc.double({ min: 0, max: 99.9, noNaN: true })),
    {
      minLength: 1,
      maxLength: 9,
    },
  );
  fc.assert(
    fc.property(levels, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (below, anywhere) => {
      const ascending = [...below.sort((a, b) => a - b), 100];
      const table = new BracketTable(ascending);
      const at = table.add(ascending.map((_, i) => i));
      const near = ascending.flatMap((level) => [level / 100, level / 100 - 2 ** -53, level / 100 + 2 ** -53]);
      for (const uniform of [anywhere, ...near].filter((u) => u >= 0 && u < 1)) {
        const bracket = ascending.findLastIndex((level) => level / 100 <= uniform);
        const value = table.at(at, uniform);
        expect(value).toBeGreaterThanOrEqual(Math.max(0, bracket));
        expect(value).toBeLessThanOrEqual(Math.max(0, bracket + (bracket < 0 ? 0 : 1)));
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});

it("it passes through its percentiles, log-uniform between them, and uniform from zero", () => {
  const table = new BracketTable(LEVELS);
  table.add([0, 4, 8, 32, 64]);
  expect([0, 0.01, 0.25, 0.5, 0.99].map((u) => table.at(0, u))).toEqual([0, 0, 4, 8, 32]);
  expect(table.at(0, 0.13)).toBeCloseTo(2, 12);
  expect(table.at(0, 0.375)).toBeCloseTo(Math.sqrt(32), 12);
});

it("the mean of a bracket without width is its value", () => {
  const table = new BracketTable([0, 50, 100]);
  table.add([3, 3, 3 * (1 + 1e-13)]);
  expect(table.mean(0)).toBeCloseTo(3, 11);
  table.add([0, 0, 0]);
  expect(table.mean(1)).toBe(0);
  expect(table.at(1, 0.99)).toBe(0);
});
