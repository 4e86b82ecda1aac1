import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/prepare.mjs";
import { type Cell, type CellOutput, execute, NO_JUPYTER, stream, textOf } from "./jupyter.js";

const NOTEBOOK = join("notebooks", "05-swap-provisioning.ipynb");
if (NO_JUPYTER) console.warn(`SKIPPED: ${NOTEBOOK}. ${NO_JUPYTER}`);

describe.skipIf(NO_JUPYTER)("notebooks/05-swap-provisioning.ipynb in real Jupyter", () => {
  let folder: string;
  let cells: readonly Cell[];
  let html: string;

  /** What the code cell that contains some text put out, and the tables and lines of it. */
  function outputsOf(text: string): readonly CellOutput[] {
    const cell = cells.find((cell) => cell.cell_type === "code" && textOf(cell.source).includes(text));
    return cell?.outputs ?? [];
  }
  const textsOf = (text: string) =>
    outputsOf(text).map(({ data, text: printed }) => (data ? textOf(data["text/plain"]) : textOf(printed)));

  /** In this checkout, so that the library is found, and a project of its own, so that its data are. */
  beforeAll(async () => {
    mkdirSync(join(ROOT, "out"), { recursive: true });
    folder = mkdtempSync(join(ROOT, "out", "05-swap "));
    writeFileSync(join(folder, "package.json"), "{}");
    cpSync(join(ROOT, NOTEBOOK), join(folder, NOTEBOOK));
    ({ cells, html } = await execute(join(folder, NOTEBOOK)));
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs every cell without a word on stderr", () => {
    const code = cells.filter((cell) => cell.cell_type === "code");
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
    expect(cells.flatMap((cell) => cell.outputs ?? []).filter((output) => output.output_type === "error")).toEqual([]);
    expect(stream(cells, "stderr")).toBe("");
  });

  it("prints what it comes to, and that too few events are refused", () => {
    expect(stream(cells, "stdout")).toBe(`looked at: 0.69 machine-days
no machine can ever hold more than 71.3 GB
invalid swap: 12 clusters of visits (the light run, xx); expected at least 20 to extrapolate from: a longer run, more load, or --sizes to measure kills
over all four ways to part the time: 19 of 20 within the range
RAM in use: 52 % on the mean, deviation 20 %
`);
  });

  it("keeps what is held at once apart from what is ever written", () => {
    expect(textsOf("most_at_once_gb")[0]).toContain("|   372 |      575.7 |           23.71 |");
    expect(textsOf('fold(["written"')[0]).toBe(`| gb_of_a_machine | median_machine |   most |
| --------------- | -------------: | -----: |
| written         |         344.66 | 575.69 |
| peak            |          16.55 |  28.57 |
| p99             |           7.45 |  12.62 |

3 rows`);
  });

  it("measures overflows and kills by size", () => {
    const [said, table] = textsOf("await swap(run, { sizes") as [string, string];
    expect(said).toMatch(/^replayed with 5GB, 10GB, 15GB, 20GB of swap \(/);
    expect(table).toMatch(/\| +5 \| +2657 \| +3832\.5 \| +3158 \| +4555\.1 \|/);
    expect(table).toMatch(/\| +20 \| +24 \| +34\.6 \| +39 \| +56\.3 \|.* 333\.3 \|/);
    expect(table).toMatch(/\| +40 \| +0 \| +0\.0 \| +– \|/);
  });

  it("fits a law above a threshold, with intervals, and marks what is a guess", () => {
    expect(textsOf(".thresholds()")[0]).toMatch(/\| +10\.578 \| +498 \| -0\.11191 \|.*\| true +\|/);
    const [sizes] = textsOf(".sizesFor()") as [string];
    expect(sizes).toMatch(/\| +24 \| 28\.16 \| 25\.93 \| 31\.80 \| false/);
    expect(sizes).toMatch(/\| +720 \| 33\.28 \| 29\.32 \| 41\.10 \| true/);
  });

  it("says which drive fails on what", () => {
    const [drives] = textsOf(".drives()\n    .filter((d) => d.machine_month") as [string];
    expect(drives).toMatch(/\| pny-cs900-500gb +\| 0\.06656 \| 9\.5799 \| 774\.37 \| bandwidth wear \| +775 \|/);
    expect(drives).toMatch(/\| aws-ebs-gp3 .* 74\.1 \| +7,406 \|/);
  });

  it("shows by how much the papers' shortcut is wrong", () => {
    expect(textsOf("need.analysis.shortcut!")[0]).toMatch(/\| GB for 99\.9 % of the time +\| +4\.297 \| +14\.75 \|/);
  });

  it("draws its charts for JupyterLab and as PNGs for everything else", () => {
    const charts = cells.flatMap((cell) => cell.outputs ?? []).filter(({ data }) => data?.["image/png"] !== undefined);
    expect(charts.map(({ data }) => Object.keys(data!).sort().join())).toEqual(
      Array(3).fill("application/vnd.vegalite.v5+json,image/png,text/plain"),
    );
    expect(html).toContain("data:image/png;base64,");
  });

  it("is kept in the repository without outputs", () => {
    const kept = JSON.parse(readFileSync(join(ROOT, NOTEBOOK), "utf8")) as { cells: Cell[] };
    expect(kept.cells.flatMap((cell) => cell.outputs ?? [])).toEqual([]);
  });
});
