import { describe, expect, it } from "vitest";
import { OPTION_NAMES } from "../../src/cli/run-options.js";
import { SWEEP_OPTIONS } from "../../src/cli/sweep-options.js";
import { sweepCells } from "../../src/cli/sweep-run.js";
import { partitionKeys, partitionPath } from "../../src/sweep/partitions.js";
import { type Plan, variedBy } from "../../src/sweep/plan.js";
import { INVOCATIONS, MACHINES, OCCUPANCY, SWAPS, WINDOWS, WORKLOAD } from "../../src/table/index.js";

/** The partitions of a plan, of scheduler xx. */
function paths(plan: Plan): string[] {
  const cells = sweepCells({ options: { trace: "t", ...plan.options }, ...plan });
  const keys = partitionKeys(variedBy(plan), cells, SWEEP_OPTIONS);
  return cells.map((cell) => partitionPath(keys, cell, "xx"));
}

describe("a partition of a sweep", () => {
  it("is of the scheduler first, and then of what the plan varies, in its order", () => {
    const plan = { options: { trace: "t" }, grid: { load: [0.5, 0.8], seed: [1, 2], scheduler: ["edf", "xx"] } };
    expect(paths(plan)).toEqual([
      ...["scheduler=xx/load=0.5/seed=1", "scheduler=xx/load=0.5/seed=2"],
      ...["scheduler=xx/load=0.8/seed=1", "scheduler=xx/load=0.8/seed=2"],
    ]);
    expect(paths({ options: { trace: "t" } })).toEqual(["scheduler=xx"]);
  });

  it("has numbers in the unit that its name says, and texts where one is no number", () => {
    const sizes = { ram: ["32GiB", "500MiB", "unlimited"] };
    expect(paths({ options: { trace: "t" }, grid: sizes })).toEqual([
      ...["scheduler=xx/ram_mib=32768", "scheduler=xx/ram_mib=500", "scheduler=xx/ram_mib=Infinity"],
    ]);
    expect(paths({ options: { trace: "t", load: 0.5 }, grid: { machines: ["auto", 4] } })).toEqual([
      ...["scheduler=xx/machines=auto", "scheduler=xx/machines=4"],
    ]);
  });

  it("escapes what Hive escapes, and nothing else", () => {
    const traces = ["days/a=b", "C:\\50%", "what? [1] {2}^", "naïve trace, 2'", 'a#"b*'];
    expect(paths({ grid: { trace: traces } })).toEqual([
      "scheduler=xx/trace=days%2Fa%3Db",
      "scheduler=xx/trace=C%3A%5C50%25",
      "scheduler=xx/trace=what%3F %5B1%5D %7B2}%5E",
      "scheduler=xx/trace=naïve trace, 2%27",
      "scheduler=xx/trace=a%23%22b%2A",
    ]);
  });

  it("is of the run, too, where one trace is read in two ways", () => {
    const twice = [{ trace: "t" }, { trace: { path: "t", "on-bad-row": "quarantine" } }];
    const [one, two] = paths({ cells: twice });
    expect(one).toMatch(/^scheduler=xx\/trace=t\/run=t_[0-9a-f]{10}$/);
    expect(two).toMatch(/^scheduler=xx\/trace=t\/run=t_[0-9a-f]{10}$/);
    expect(one).not.toBe(two);
  });

  it("is named like no column of a table", () => {
    const names = OPTION_NAMES.flatMap((name) => [SWEEP_OPTIONS.column(name).name, name.replaceAll("-", "_")]);
    const columns = [WORKLOAD, INVOCATIONS, MACHINES, SWAPS, OCCUPANCY, WINDOWS].flat().map(({ name }) => name);
    expect(columns.filter((name) => [...names, "trace", "run", "scheduler"].includes(name))).toEqual([]);
  });
});
