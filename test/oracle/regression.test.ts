import { expect, it } from "vitest";
import { COLUMNS, REGRESSION, rounding, slowdowns } from "./regression.js";

// 1 M invocations after 1 M that do not count, one seed: a fifth of the table's own size, which is for
// `npm run bench:oracles`. Both sides of the comparison have the spread over seeds of a run of their size.
it.each(REGRESSION.map((row) => [row.name, row] as const))(
  "%s at load 0.95: within 4 standard deviations of the independent simulator's table",
  (_, row) => {
    const found = slowdowns(row, 1_000_000, 1_000_000, 1);
    for (const [i, oracle] of row.oracle.entries()) {
      const tolerance = 4 * Math.hypot(row.spreadOfShort[i]!, row.spread[i]!) + row.rule[i]! + rounding(oracle);
      expect(Math.abs(found[i]! - oracle), `${COLUMNS[i]}: ${found[i]}, table ${oracle}`).toBeLessThanOrEqual(
        tolerance,
      );
    }
  },
);

it("one pool under priority is better than placing: in every column, and for all but the lowest class without a wait", () => {
  const { shares } = REGRESSION[3]!;
  const pool = slowdowns({ scheduler: "ideal", shares }, 500_000, 500_000, 1);
  const placed = slowdowns({ scheduler: "xx", shares }, 500_000, 500_000, 1);
  for (const [i, value] of pool.entries()) expect(value, COLUMNS[i]).toBeLessThanOrEqual(placed[i]!);
  for (const value of pool.slice(3, 7)) expect(value).toBeCloseTo(1, 9);
});
