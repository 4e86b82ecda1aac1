import { describe, expect, it } from "vitest";
import { p99Slowdown, type SlowdownRow } from "../../src/chart/p99-slowdown.js";

const row = (p99_slowdown: number | null, more: Partial<SlowdownRow> = {}): SlowdownRow => ({
  scheduler: "xx",
  price_class: 0,
  p99_slowdown,
  ...more,
});

/** The parts of the specification that depend on the rows. */
function drawn(...rows: SlowdownRow[]) {
  const spec = p99Slowdown(rows) as unknown as {
    data: { values: { p99_slowdown: number; label: string }[] };
    layer: [{ encoding: { x: { scale: { type: string; domain: number[] } } } }];
  };
  return { values: spec.data.values, labels: spec.data.values.map((v) => v.label), ...spec.layer[0].encoding.x.scale };
}

describe("the chart of p99 slowdowns", () => {
  it("is linear up to a slowdown of 10, and logarithmic beyond", () => {
    expect(drawn(row(1), row(10))).toMatchObject({ type: "linear", domain: [1, 10] });
    expect(drawn(row(1), row(10.5))).toMatchObject({ type: "log", domain: [1, 10.5] });
  });

  it("spans 1 to 2 at least, also where nothing waits", () => {
    expect(drawn(row(1), row(1))).toMatchObject({ type: "linear", domain: [1, 2] });
  });

  it("writes three digits or so, thousands apart", () => {
    expect(drawn(row(1), row(2.345), row(23.45), row(234.5), row(23456.7)).labels).toEqual([
      "1.00  xx",
      "2.35  xx",
      "23.5  xx",
      "235  xx",
      "23,457  xx",
    ]);
  });

  it("marks a lower bound with ≥", () => {
    expect(drawn(row(37.2, { lower_bound: true })).labels).toEqual(["≥ 37.2  xx"]);
  });

  it("draws infinity to the end of the scale, which only finite ones set", () => {
    const { values, domain } = drawn(row(Number.POSITIVE_INFINITY), row(4));
    expect(domain).toEqual([1, 4]);
    expect(values[0]).toMatchObject({ p99_slowdown: 4, label: "∞  xx" });
  });

  it("draws no bar for a p99 that is not printed, and says why", () => {
    expect(drawn(row(null), row(4)).values[0]).toMatchObject({ p99_slowdown: 1, label: "too few  xx" });
  });

  it("leaves out classes that nothing arrived in", () => {
    expect(drawn(row(null, { count: 0 }), row(4, { count: 5000 })).labels).toEqual(["4.00  xx"]);
  });
});
