import { expect, it } from "vitest";
import { sparkline } from "../../src/cli/sparkline.js";

it("goes from the least to the most", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([10, 0, 10], 2)).toBe("██▁▁██");
});

it("is level where values hardly differ, and at the bottom where all are 0", () => {
  expect(sparkline([100, 100.5, 99.8])).toBe("▄▅▄");
  expect(sparkline([0, 0])).toBe("▁▁");
  expect(sparkline([4])).toBe("▅");
});
