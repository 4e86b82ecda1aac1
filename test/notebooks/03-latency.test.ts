import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/prepare.mjs";
import { type Cell, type CellOutput, execute, NO_JUPYTER, stream, textOf } from "./jupyter.js";

const NOTEBOOK = "03-latency.ipynb";
if (NO_JUPYTER) console.warn(`SKIPPED: notebooks/${NOTEBOOK}. ${NO_JUPYTER}`);

describe.skipIf(NO_JUPYTER)(`notebooks/${NOTEBOOK} in real Jupyter`, () => {
  let folder: string;
  let cells: readonly Cell[];
  let html: string;

  const outputsOf = (id: string): readonly CellOutput[] => cells.find((cell) => cell.id === id)?.outputs ?? [];
  /** The table that a cell ends with, a list of texts for each row, its head first. */
  const tableOf = (id: string): string[][] => {
    const last = outputsOf(id).at(-1)!;
    const lines = textOf(last.data!["text/plain"]).split("\n");
    const rows = lines.filter((line) => line.startsWith("|") && !/^\| -/.test(line));
    return rows.map((line) => line.split("|").slice(1, -1)).map((row) => row.map((text) => text.trim()));
  };

  /** A checkout in small, in this one so that the library is found, and a project of its own so that its data are. */
  beforeAll(async () => {
    mkdirSync(join(ROOT, "out"), { recursive: true });
    folder = mkdtempSync(join(ROOT, "out", "03-latency "));
    writeFileSync(join(folder, "package.json"), "{}");
    symlinkSync(join(ROOT, "traces"), join(folder, "traces"));
    cpSync(join(ROOT, "notebooks", NOTEBOOK), join(folder, "notebooks", NOTEBOOK));
    ({ cells, html } = await execute(join(folder, "notebooks", NOTEBOOK)));
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs every cell without a word on stderr", () => {
    const code = cells.filter((cell) => cell.cell_type === "code");
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
    expect(cells.flatMap((cell) => cell.outputs ?? []).filter((output) => output.output_type === "error")).toEqual([]);
    expect(stream(cells, "stderr")).toBe("");
  });

  it("divides columns of the highest load in a Danfo frame", () => {
    expect(tableOf("danfo")).toEqual([
      ["price_class", "xx", "hermod", "edf", "ideal", "xx / ideal", "hermod / xx"],
      ["4", "1.000", "1.25", "1.00", "1.000", "1.000", "1.250"],
      ["3", "1.000", "1.25", "1.00", "1.000", "1.000", "1.250"],
      ["2", "1.000", "1.25", "1.00", "1.000", "1.000", "1.250"],
      ["1", "1.136", "1.26", "1.00", "1.000", "1.136", "1.109"],
      ["0", "15.360", "1.25", "1.06", "3.414", "4.499", "0.081"],
    ]);
  });

  it("finds that a surge leaves XX's upper classes where they were, and moves everybody under Hermod by 1.37", () => {
    const [, ...rows] = tableOf("step");
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
    const [head, ...rows] = tableOf("seeds");
    expect(head).toEqual(["price_class", "hermod", "xx", "difference", "low", "high"]);
    expect(rows.map(([price_class]) => price_class)).toEqual(["all", "4", "3", "1", "0"]);
    expect(rows.map((row) => Math.sign(Number(row[4])))).toEqual([1, -1, -1, -1, 1]);
    expect(rows.map((row) => Math.sign(Number(row[5])))).toEqual([1, -1, -1, -1, 1]);
  });

  it("shows what assumptions about arrivals do to the embedded sample", () => {
    expect(tableOf("arrivals")).toEqual([
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
      const { data } = outputsOf(id).at(-1)!;
      expect(data!["application/vnd.vegalite.v5+json"]).toHaveProperty("data.values.0.scheduler");
      expect(textOf(data!["image/png"]).length).toBeGreaterThan(10_000);
    }
    expect(html.match(/src="data:image\/png;base64,/g)).toHaveLength(2);
  });

  it("is kept in the repository without outputs", () => {
    const kept = JSON.parse(readFileSync(join(ROOT, "notebooks", NOTEBOOK), "utf8")) as { cells: Cell[] };
    expect(kept.cells.flatMap((cell) => cell.outputs ?? [])).toEqual([]);
  });
});
