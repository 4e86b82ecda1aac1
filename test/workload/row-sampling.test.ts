import fc from "fast-check";
import { expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
import { RowSampling } from "../../src/workload/row-sampling.js";

it("keeps what the draw keyed by its number says, from whatever number it is asked", () => {
  const first = fc.oneof(fc.nat(5000), fc.integer({ min: 2 ** 32 - 3000, max: 2 ** 32 + 3000 }));
  const asked = fc.array(fc.tuple(first, fc.nat(9000)), { minLength: 1, maxLength: 4 });
  const property = fc.property(asked, fc.constantFrom(0.001, 0.3, 0.999), fc.nat(), (spans, share, seed) => {
    const sampling = new RowSampling(share, seed);
    const draws = keyed(seed, PURPOSE.record);
    for (const [from, rows] of spans) {
      sampling.open(from, rows);
      sampling.open(from, rows);
      const expected = Array.from({ length: rows }, (_, row) => row).filter((row) => {
        const number = from + row;
        return draws.uniform(number % 2 ** 32, Math.floor(number / 2 ** 32)) < share;
      });
      expect([...sampling.kept.subarray(0, sampling.count)]).toEqual(expected);
      expect([...sampling.marks.keys()].filter((row) => sampling.marks[row] === 1)).toEqual(expected);
      expect(sampling.marks.length).toBe(rows);
    }
  });
  fc.assert(property, { seed: 31, numRuns: 60 });
});
