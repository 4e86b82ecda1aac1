import { expect, it } from "vitest";
import { inSmall } from "./in-small.js";
import { stream, textOf } from "./jupyter.js";

// Other simulators, with draws of their own, measured the like of what is expected here.
inSmall("06-papers-figures-re-examined.ipynb", (run) => {
  const rowsOf = (id: string) => run.tableOf(id).slice(1);
  const numbersOf = (id: string, row: number, from = 0) => rowsOf(id)[row]!.slice(from).map(Number);

  it("prints what it works out", () => {
    expect(stream(run.cells, "stdout")).toBe(`pny-cs900-500gb: 500 GB for $30
3.50
pny-cs900-500gb writes 100 MB/s for long, and 120 TB in its life
on 800 cores, in 5 rounds, 5 of class 1.5 are late
literal: p99 slowdown of the lowest class 896.59, 2,121 polls
guarded: p99 slowdown of the lowest class 1.00, 217,176 polls
Lambda costs as much as the instance at 165,730 requests a day
`);
  });

  it("replays XX's tail and Hermod's at four loads, by the simulator's constants and by the text's", () => {
    expect(rowsOf("replays")).toEqual([
      ["xx", "5", "batch", "2.634", "6.674", "10.688", "16.880"],
      ["xx", "3", "batch", "4.257", "8.060", "11.787", "20.422"],
      ["xx", "3", "poisson", "1.289", "3.498", "7.899", "13.692"],
      ["hermod", "5", "batch", "1.125", "1.125", "1.250", "1.375"],
      ["hermod", "3", "batch", "1.125", "1.250", "1.266", "1.375"],
      ["hermod", "3", "poisson", "1.049", "1.125", "1.125", "1.250"],
      ["edf", "3", "batch", "1.002", "1.134", "1.265", "1.383"],
      ["edf", "3", "poisson", "1.000", "1.000", "1.000", "1.018"],
    ]);
  });

  it("has the drafts' 350 % for every class in ticks, and 9/8 to 11/8 without", () => {
    const rows = rowsOf("tick-hermod");
    expect(rows.map(([price_class]) => price_class)).toEqual(["4", "3", "2", "1", "0"]);
    for (const [, ...columns] of rows) {
      for (const inTicks of columns.slice(0, 3)) expect(Number(inTicks)).toBeCloseTo(3.47, 1);
    }
    for (const row of [0, 1, 3, 4]) expect(numbersOf("tick-hermod", row, 5)).toEqual([1.125, 1.125, 1.25, 1.375]);
  });

  it("has the load step: XX's top class does not notice it, Hermod's 3.5 is 1.375", () => {
    expect(rowsOf("step")).toEqual([
      ["4", "1.000", "1.375", "3.496"],
      ["0", "16.429", "1.375", "3.497"],
    ]);
  });

  it("has memory in use at 90 % as plotted, 82 % in ticks and 50 % in truth", () => {
    expect(rowsOf("memory-replays")).toEqual([
      ["50", "0.5317", "0.1804", "0.1070"],
      ["100", "0.6425", "0.3744", "0.2426"],
      ["150", "0.7577", "0.5760", "0.3713"],
      ["200", "0.8994", "0.8240", "0.5047"],
    ]);
  });

  it("swaps only the lower classes", () => {
    expect(rowsOf("swap-counts")).toEqual([
      ["0.3", "2358", "1941", "1754"],
      ["0.7", "386", "209", "215"],
      ["1.0", "18", "5", "2"],
      ["1.5", "27", "9", "17"],
      ["2.0", "1", "0", "1"],
    ]);
  });

  it("tells traffic from occupancy, in GB, and kills almost nothing with 20", () => {
    expect(rowsOf("occupancy")).toEqual([
      ["in ticks", "268.6", "453.0", "42.31", "28.974"],
      ["exact", "103.5", "256.2", "26.37", "7.885"],
    ]);
    expect(rowsOf("kills")).toEqual([
      ["20", "40,000", "12", "0.03"],
      ["30", "40,000", "0", "0.00"],
    ]);
    const [mbs, busiest, tbDay, writes, days] = numbersOf("drive-sums", 1, 1);
    expect([mbs, busiest, tbDay, writes, days]).toEqual([517.7, 1280.9, 44.73, 89.47, 2.683]);
  });

  it("has Dhall's counterexample: EDF late with what can be done by hand", () => {
    expect(rowsOf("dhall").map(([by, name, , finish, , late]) => [by, name, finish, late])).toEqual([
      ["EDF", "short", "1", "false"],
      ["EDF", "short too", "1", "false"],
      ["EDF", "long", "3", "true"],
      ["by hand", "short", "1", "false"],
      ["by hand", "short too", "2", "false"],
      ["by hand", "long", "2", "false"],
    ]);
  });

  it("shows that where the idle list has collapsed, a few machines hold all that waits", () => {
    const [none, queue] = rowsOf("idle-machines");
    expect(none!.slice(0, 3)).toEqual(["none", "95", "2.659"]);
    expect(queue!.slice(0, 3)).toEqual(["a queue", "5", "7.980"]);
  });

  it("bills Lambda $0.925 a month, 1.55 with twice the memory", () => {
    expect(rowsOf("lambda-sums").map(([, dollars]) => dollars)).toEqual(["0.925", "1.550", "3.066"]);
  });

  it("draws six charts, for JupyterLab and as PNG", () => {
    for (const id of ["tail-chart", "utilisation", "step", "occupancy", "dhall-chart", "idle-replays"]) {
      const charts = run.outputsOf(id).filter(({ data }) => data?.["application/vnd.vegalite.v5+json"]);
      expect(charts.map(({ data }) => textOf(data!["image/png"]).length > 10_000)).toEqual([true]);
    }
    expect(run.html.match(/src="data:image\/png;base64,/g)).toHaveLength(6);
  });
});
