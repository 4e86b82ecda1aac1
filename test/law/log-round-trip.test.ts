import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOf, runFolder } from "./runs.js";
import { columnsOf, difference } from "./tables.js";

it("an invocation log, as a trace folder and replayed, gives back arrival and runtime to the last bit", async () => {
  const rows = 3000;
  // Full precision, many ties, and durations of 0, as the real log has them.
  const durations = Float64Array.from({ length: rows }, (_, i) => (i % 11 === 0 ? 0 : Math.sin(i) * Math.sin(i) * 7));
  const starts = Float64Array.from({ length: rows }, (_, i) => (i - (i % 3)) / 7);
  const ends = starts.map((start, i) => start + durations[i]!);
  const lines = Array.from(ends, (end, i) => `a${i % 5},f${i % 13},${end},${durations[i]}`);
  const log = folderOf("log", { "log.csv": `app,func,end_timestamp,duration\n${lines.join("\n")}\n` });
  const run = await runFolder(join(log, "log.csv"), { machines: "3" });
  const expected = [...ends.keys()]
    .map((i) => [ends[i]! - durations[i]!, durations[i]!, i] as const)
    .sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  for (const table of ["workload", "xx/invocations", "hermod/invocations", "edf/invocations"]) {
    const found = await columnsOf(run, table, ["arrival_s", "runtime_s"]);
    expect(found.arrival_s.length).toBe(rows);
    expect(
      difference(
        found.arrival_s,
        Float64Array.from(expected, ([arrival]) => arrival),
      ),
    ).toBe("");
    expect(difference(found.runtime_s.toSorted(), durations.toSorted())).toBe("");
  }
});
