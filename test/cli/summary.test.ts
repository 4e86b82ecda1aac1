import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClassSummary, Estimate, RunSummary } from "../../src/analysis/summary.js";
import { register } from "../../src/cli/summary.js";
import { summaryReport } from "../../src/cli/summary-report.js";
import { handMadeRun, type Sample, type Told } from "../analysis/hand-made-run.js";
import { call } from "./call.js";

/** A thousand of class 0 that take longer and longer, the last ten unfinished at 1000 s; twenty of class 1; a killed one. */
const INVOCATIONS: Told[] = [
  ...Array.from({ length: 1000 }, (_, i) => ({ finish: i < 990 ? (i + 1) / 2 : null, preemptions: 12 })),
  ...Array.from({ length: 20 }, (_, i) => ({ priceClass: 1, runtime: 0.01, finish: 0.012 + i / 1e6 })),
  { priceClass: 2, outcome: "killed", finish: 3 },
];
const MACHINES: Sample[] = [
  [10, 0, 3],
  [10, 1, 4],
];
const OPTIONS = { prices: "0.3,1,1.5,2", cores: "4", warmup: "0", scheduler: "" };

const made = () =>
  handMadeRun(
    {
      xx: { invocations: INVOCATIONS, machines: MACHINES, end: 1000 },
      edf: { invocations: INVOCATIONS.map((of) => ({ ...of, preemptions: 0 })), machines: [[10, -1, 6]], end: 1000 },
    },
    { options: OPTIONS, from_s: 0, to_s: 5400 },
    "demo",
  );

describe("replaybook summary", () => {
  it("says who waits, the top class first", async () => {
    expect(await call(register, "summary", await made())).toBe(`\
demo: 1,021 invocations of trace over 1 h 30 min
  2 machines x 4 cores, offered load 0.800 expected, 0.812 realised
  prices 0.3 1 1.5 2, seed 7

xx: utilisation 87.5% (machines 75.0 to 100.0, median 75.0, sd 12.5),
  12,000 preemptions, 1 killed, 10 unfinished
                       ─── latency ────     ── slowdown ──             pre-      un-
class  price  count`);
  });
});
