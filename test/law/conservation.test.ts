import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { recount } from "./recount.js";
import { cluster, smallWorkload, until } from "./workloads.js";

const RUNS = { seed: 31, numRuns: 300 };

// A recount throws where a core idles though somebody waits on its machine or in its pool, where an invocation ends
// twice, or with other than the CPU seconds it needs, or where time goes back.
describe.each(Object.keys(SCHEDULERS))("%s", (name) => {
  it("loses and doubles no invocation, keeps no core idle while one waits, and delivers what each needs", () => {
    const property = fc.property(smallWorkload, cluster, until, (workload, config, end) => {
      const { rows } = recount(name, config, workload, end, 1);
      for (const [i, { outcome }] of rows.entries()) {
        const arrived = end === null || workload.arrival_s[i]! <= end;
        expect(outcome !== "absent").toBe(arrived);
        if (end === null) expect(outcome).toBe("finished");
      }
    });
    fc.assert(property, RUNS);
  });

  it("ends nothing before arrival + runtime, and starts nothing before its arrival", () => {
    const property = fc.property(smallWorkload, cluster, (workload, config) => {
      for (const [i, { start, finish }] of recount(name, config, workload, null, 1).rows.entries()) {
        const least = workload.arrival_s[i]! + workload.runtime_s[i]!;
        expect(finish).toBeGreaterThanOrEqual(least - 1e-9 * Math.max(1, least));
        expect(start).toBeGreaterThanOrEqual(workload.arrival_s[i]!);
        expect(start).toBeLessThanOrEqual(finish);
      }
    });
    fc.assert(property, RUNS);
  });

  it("what happens up to a time does not depend on what comes after it", () => {
    const property = fc.property(smallWorkload, cluster, fc.nat(24), (workload, config, quarters) => {
      const whole = recount(name, config, workload, null, 1).rows;
      const stopped = recount(name, config, workload, quarters / 4, 1).rows;
      for (const [i, row] of stopped.entries()) {
        if (row.outcome === "finished") expect(row).toEqual(whole[i]);
        else if (row.outcome === "unfinished") expect(whole[i]!.finish).toBeGreaterThan(quarters / 4);
      }
    });
    fc.assert(property, RUNS);
  });
});
