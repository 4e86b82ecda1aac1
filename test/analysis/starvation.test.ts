import { describe, expect, it } from "vitest";
import { openRun } from "../../src/analysis/run-folder.js";
import { starvation } from "../../src/analysis/starvation.js";
import type { Told } from "./hand-made-run.js";
import { labelledRun, rewrite } from "./latency-run.js";

type Row = Told & { start?: number | null; cpu?: number };

async function of(told: readonly Row[], functions: readonly (string | null)[] = []) {
  const folder = await labelledRun(
    { xx: { invocations: told, end: 100 } },
    { function: told.map((_, i) => functions[i] ?? null) },
  );
  await rewrite(folder, "xx", told.map((row, invocation) => ({ ...row, invocation })).reverse());
  return starvation(openRun(folder));
}

describe("starvation", () => {
  it("is the longest time that an invocation was there and not at work, and whose", async () => {
    const [row] = await of([{ finish: 3 }, { arrival: 10, runtime: 4, finish: 20 }, { finish: 5 }], ["f", "g", "h"]);
    // 2, 6 and 4 s.
    expect(row).toEqual({
      ...{ scheduler: "xx", price_class: 0, count: 3, never_finished: 0, never_finished_share: 0, never_started: 0 },
      ...{ longest_wait_s: 6, lower_bound: false, invocation: 1, function: "g", outcome: "finished" },
    });
  });

  it("lasts until the end of the run for who has not ended, and is then a lower bound", async () => {
    const [row] = await of([{ finish: 50 }, { arrival: 20, runtime: 9, finish: null, start: null, cpu: 0 }]);
    expect(row).toMatchObject({
      longest_wait_s: 80,
      lower_bound: true,
      invocation: 1,
      outcome: "unfinished",
      function: null,
    });
    expect(row).toMatchObject({ count: 2, never_finished: 1, never_finished_share: 0.5, never_started: 1 });
  });

  it("ends for the killed when they are killed, and for the rejected at once", async () => {
    const killed: Row = { arrival: 10, runtime: 9, finish: 30, outcome: "killed", cpu: 5 };
    const rejected: Row = { arrival: 10, runtime: 9, finish: 10, outcome: "rejected", start: null, cpu: 0 };
    const [low, high] = await of([killed, { ...rejected, priceClass: 1 }]);
    expect(low).toMatchObject({ longest_wait_s: 15, outcome: "killed", never_finished: 1, never_started: 0 });
    expect(high).toMatchObject({ price_class: 1, longest_wait_s: 0, never_started: 1, lower_bound: false });
  });

  it("takes the first of several who waited as long, and no rounding for a wait", async () => {
    const [row] = await of([{ arrival: 0.1, runtime: 0.2, finish: 0.1 + 0.2 }, { finish: 2 }, { finish: 2 }]);
    expect(row).toMatchObject({ longest_wait_s: 1, invocation: 1 });
    const [none] = await of(
      [{ arrival: 1e5, runtime: 0.1, finish: 1e5 + 0.1 + 1e-11 }].map((told) => ({
        ...told,
        arrival: 50,
        finish: 50.1 + 1e-11,
      })),
    );
    expect(none!.longest_wait_s).toBe(0);
  });
});
