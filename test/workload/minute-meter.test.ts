import { expect, it } from "vitest";
import { MinuteMeter } from "../../src/workload/minute-meter.js";

it("has the least and the most of whole minutes, those without invocations included", () => {
  const meter = new MinuteMeter(300);
  meter.add(0, 5, 60);
  meter.add(1, 2, 30);
  meter.add(1, 2, 60);
  meter.add(4, 9, 600);
  expect(meter.close()).toEqual({ invocations: { least: 0, most: 9 }, cores: { least: 0, most: 10 } });
});

it("leaves out a minute that the trace has in part, but where it is all there is", () => {
  const meter = new MinuteMeter(150);
  for (const [minute, count] of [
    [0, 5],
    [1, 6],
    [2, 1],
  ] as const)
    meter.add(minute, count, 0);
  expect(meter.close().invocations).toEqual({ least: 5, most: 6 });
  const short = new MinuteMeter(20);
  short.add(0, 3, 12);
  expect(short.close()).toEqual({ invocations: { least: 3, most: 3 }, cores: { least: 0.2, most: 0.2 } });
});
