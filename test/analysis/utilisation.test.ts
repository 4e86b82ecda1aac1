import { describe, expect, it } from "vitest";
import { openRun } from "../../src/analysis/run-folder.js";
import { utilisation } from "../../src/analysis/utilisation.js";
import { handMadeRun, type MANIFEST, type Sample } from "./hand-made-run.js";

async function of(machines: readonly Sample[], manifest: Partial<typeof MANIFEST> = {}) {
  return utilisation(openRun(await handMadeRun({ xx: { machines } }, manifest)), "xx");
}

const options = (warmup: string) => ({ prices: "1", cores: "4", warmup, scheduler: "" });

describe("utilisation", () => {
  it("is mean busy cores over cores, with its spread over machines", async () => {
    const machines: Sample[] = [
      [10, 0, 1],
      [10, 1, 2],
      [10, 2, 0],
      [20, 0, 3],
      [20, 1, 4],
      [20, 2, 2],
    ];
    const { mean, spread } = (await of(machines, { machines: 3 }))!;
    expect(mean).toBeCloseTo(0.5, 15);
    expect(spread).toMatchObject({ min: 0.25, median: 0.5, max: 0.75 });
    expect(spread!.deviation).toBeCloseTo(Math.sqrt(2 / 3) / 4, 15);
  });

  it("has as its median the lower of the two in the middle", async () => {
    const machines = [4, 3, 2, 1].map((busy, machine): Sample => [10, machine, busy]);
    expect((await of(machines, { machines: 4 }))!.spread!.median).toBe(0.5);
  });

  it("of a central pool is one value, over the cores of all machines", async () => {
    expect(
      await of([
        [10, -1, 6],
        [20, -1, 2],
      ]),
    ).toEqual({ mean: 0.5, spread: null });
  });

  it("leaves out intervals that are cut short or end after the part that was replayed", async () => {
    const machines: Sample[] = [
      [10, -1, 4],
      [20, -1, 4],
      [30, -1, 0],
      [33, -1, 8],
    ];
    expect((await of(machines, { to_s: 25 }))!.mean).toBe(0.5);
    expect((await of(machines.slice(2), { from_s: 20 }))!.mean).toBe(0);
  });

  it("leaves out intervals that begin in the warm-up", async () => {
    const machines: Sample[] = [
      [60, -1, 0],
      [70, -1, 0],
      [80, -1, 4],
      [90, -1, 4],
    ];
    expect((await of(machines, { from_s: 50, options: options("20s") }))!.mean).toBe(0.5);
    expect((await of(machines, { from_s: 50, options: options("11s") }))!.mean).toBe(0.5);
    expect((await of(machines, { from_s: 50, options: options("0") }))!.mean).toBe(0.25);
  });

  it("takes interval ends that are off by rounding as they are meant", async () => {
    const machines = Array.from({ length: 10 }, (_, i): Sample => [(i + 1) * 0.1, -1, 4]);
    const run = { to_s: 1, sample_every_s: 0.1, options: options("300ms") };
    expect((await of(machines, run))!.mean).toBeCloseTo(0.5, 12);
  });

  it("is null where no whole interval is left", async () => {
    expect(await of([[4, -1, 4]], { to_s: 4 })).toBeNull();
  });
});
