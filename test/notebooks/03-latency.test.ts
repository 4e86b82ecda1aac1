import { expect, it } from "vitest";
import { inSmall } from "./in-small.js";
import { textOf } from "./jupyter.js";

inSmall("03-latency.ipynb", (run) => {
  it("divides columns of the highest load in a Danfo frame", () => {
    expect(run.tableOf("danfo")).toEqual([
      ["price_class", "xx", "hermod", "edf", "ideal", "xx / ideal", "hermod / xx"],
      ["4", "1.000", "1.25", "1.00", "1.000", "1.000", "1.250"],
      ["3", "1.000", "1.25", "1.00", "1.000", "1.000", "1.250"],
      ["2", "1.000", "1.25", "1.00", "1.000", "1.000", "1.250"],
      ["1", "1.136", "1.26", "1.00", "1.000", "1.136", "1.109"],
      ["0", "15.360", "1.25", "1.06", "3.414", "4.499", "0.081"],
    ]);
  });

  it("finds that a surge leaves XX's upper classes where they were, and moves everybody under Hermod by 1.37", () => {
    const [, ...rows] = run.tableOf("step");
    const index = (price_class: string, scheduler: string) =>
      rows.find((row) => row[0] === price_class && row[1] === scheduler)!.slice(4);
    expect(index("4", "xx")).toEqual(["1.000", "1.000", "1.000"]);
    expect(index("3", "xx")).toEqual(["1.000", "1.000", "1.000"]);
    expect(index("0", "xx")).toEqual(["13.718", "11.736", "16.767"]);
    expect(["4", "3", "1", "0"].map((price_class) => index(price_class, "hermod")[0])).toEqual([
      ...["1.368", "1.368", "1.365", "1.365"],
    ]);
  });

  it("has intervals over five draws that do not contain zero", () => {
    const [head, ...rows] = run.tableOf("seeds");
    expect(head).toEqual(["price_class", "hermod", "xx", "difference", "low", "high"]);
    expect(rows.map(([price_class]) => price_class)).toEqual(["all", "4", "3", "1", "0"]);
    expect(rows.map((row) => Math.sign(Number(row[4])))).toEqual([1, -1, -1, -1, 1]);
    expect(rows.map((row) => Math.sign(Number(row[5])))).toEqual([1, -1, -1, -1, 1]);
  });

  it("shows what assumptions about arrivals do to the embedded sample", () => {
    expect(run.tableOf("arrivals")).toEqual([
      ["arrivals", "timers", "xx, class 0", "xx, class 4", "hermod, class 0", "hermod, class 4"],
      ["uniform", "aligned", "282.7", "1.000", "3.716", "2.662"],
      ["equidistant", "aligned", "252.9", "1.000", "3.699", "2.715"],
      ["batch", "aligned", "638.4", "10.124", "7.569", "10.073"],
      ["gamma:4", "aligned", "2737.7", "219.758", "18.651", "18.466"],
      ["uniform", "spread", "100.4", "1.000", "1.875", "1.906"],
    ]);
  });

  it("draws two charts, for JupyterLab and as PNG", () => {
    for (const id of ["loads", "ccdf"]) {
      const { data } = run.outputsOf(id).at(-1)!;
      expect(data!["application/vnd.vegalite.v5+json"]).toHaveProperty("data.values.0.scheduler");
      expect(textOf(data!["image/png"]).length).toBeGreaterThan(10_000);
    }
    expect(run.html.match(/src="data:image\/png;base64,/g)).toHaveLength(2);
  });
});
