import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cell, execute, NO_JUPYTER, stream, textOf, writeNotebook } from "./jupyter.js";

if (NO_JUPYTER) console.warn(`SKIPPED: the kernel. ${NO_JUPYTER}`);

/** In the checkout, so that the library is found. */
const OUT = join(import.meta.dirname, "../../out");

const SOURCES = [
  `import { chart, show, toArquero, toDanfo } from "replaybook";
import { op, table } from "arquero";
const waits = table({ price_class: [0, 0, 4], slowdown: [30, 10, 1] });
await show(waits.groupby("price_class").rollup({ mean: (d) => op.mean(d.slowdown) }));`,
  `await show(chart("p99-slowdown", [{ scheduler: "xx", price_class: 0, p99_slowdown: 20 }]));`,
  `import type { TopLevelSpec } from "vega-lite";
const bar: TopLevelSpec = { mark: "bar", data: { values: [{ x: 1 }] }, encoding: { x: { field: "x", type: "quantitative" } } };
await show(bar);`,
  "await show(await toDanfo(waits));",
  `// @ts-expect-error pancake is no mark
const none: TopLevelSpec = { mark: "pancake", data: { values: [] } };
typeof none;`,
  "console.log({ waits, of: { bar } }.waits.numRows());",
  '// fails\nimport { open } from "replaybook";\nopen("no/such/run");',
];

describe.skipIf(NO_JUPYTER)("a notebook in real Jupyter", () => {
  let folder: string;
  let cells: readonly Cell[];
  let html: string;
  const data = (cell: number) => cells[cell]!.outputs![0]!.data!;

  beforeAll(async () => {
    mkdirSync(OUT, { recursive: true });
    folder = mkdtempSync(join(OUT, "a folder "));
    writeNotebook(join(folder, "kernel.ipynb"), SOURCES);
    ({ cells, html } = await execute(join(folder, "kernel.ipynb")));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("imports the library by its name, also from a path with spaces, and queries with Arquero", () => {
    expect(textOf(data(0)["text/plain"])).toMatch(/\| +0 \| +20 \|\n\| +4 \| +1 \|/);
    expect(textOf(data(0)["text/html"])).toMatch(/^<table>/);
  });

  it("shows a chart of the list and any other specification, typed, as Vega-Lite and PNG at once", () => {
    for (const cell of [1, 2]) {
      expect(Object.keys(data(cell)).sort()).toEqual(["application/vnd.vegalite.v5+json", "image/png", "text/plain"]);
    }
    expect(html).toContain("data:image/png;base64,");
  });

  it("shows a Danfo frame", () => {
    expect(textOf(data(3)["text/plain"])).toContain("| price_class | slowdown |");
  });

  it("checks a cell against the types of packages", () => {
    expect(textOf(cells[4]!.outputs![0]!.text)).toBe("object\n");
  });

  it("says why a cell failed", () => {
    expect(stream([cells[6]!], "stderr")).toContain(
      "invalid run: no/such/run (no such folder); expected a folder written by replaybook replay; for the demo, run npm start first",
    );
  });

  it("finds names of earlier cells, in properties of the same name too", () => {
    expect(stream([cells[5]!], "stdout")).toBe("3\n");
  });

  it("numbers its cells", () => {
    expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("writes nothing to stderr in cells that work", () => {
    expect(stream(cells.slice(0, 6), "stderr")).toBe("");
  });
});
