import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/prepare.mjs";
import { type Cell, type CellOutput, execute, NO_JUPYTER, stream, textOf } from "./jupyter.js";

if (NO_JUPYTER) console.warn(`SKIPPED: notebooks/01-traces.ipynb. ${NO_JUPYTER}`);

describe.skipIf(NO_JUPYTER)("notebooks/01-traces.ipynb in real Jupyter", () => {
  let folder: string;
  let cells: readonly Cell[];
  let html: string;

  /** What the code cell that contains some text put out. */
  function outputsOf(text: string): readonly CellOutput[] {
    const cell = cells.find((cell) => cell.cell_type === "code" && textOf(cell.source).includes(text));
    return cell?.outputs ?? [];
  }
  const textsOf = (text: string) =>
    outputsOf(text).map(({ data, text: printed }) => (data ? textOf(data["text/plain"]) : textOf(printed)));

  /** A checkout in small, in this one so that the library is found, and a project of its own so that its data are. */
  beforeAll(async () => {
    mkdirSync(join(ROOT, "out"), { recursive: true });
    folder = mkdtempSync(join(ROOT, "out", "01-traces "));
    writeFileSync(join(folder, "package.json"), "{}");
    symlinkSync(join(ROOT, "traces"), join(folder, "traces"));
    cpSync(join(ROOT, "notebooks", "01-traces.ipynb"), join(folder, "notebooks", "01-traces.ipynb"));
    ({ cells, html } = await execute(join(folder, "notebooks", "01-traces.ipynb")));
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs every cell without a word on stderr", () => {
    const code = cells.filter((cell) => cell.cell_type === "code");
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
    expect(cells.flatMap((cell) => cell.outputs ?? []).filter((output) => output.output_type === "error")).toEqual([]);
    expect(stream(cells, "stderr")).toBe("");
  });

  it("prints what is in the sample, and whom it hangs on", () => {
    expect(stream(cells, "stdout")).toBe(`azure-functions-sample: 420 functions, 411494 invocations
2 hours, as counts by minute
invocations: 420 rows kept, 0 refused
durations: 416 rows kept, 0 refused
memory: 163 rows kept, 0 refused
no price_class; 4 functions have no row of durations; 3 apps have no row of memory
the busiest function makes 23 % of the calls
the busiest 1 % of functions make 38 %, the busiest 10 % 77 %
one function, called by event, uses 5.0 % of the CPU
416 of 416 functions have the same count in both files
243 of 296 functions have the same count in both files
60 of 300 functions, 6.9 % of the calls
`);
  });

  it("leaves one line of what ingest did", () => {
    const [said, ...more] = textsOf('await ingest("../traces');
    expect(said).toMatch(
      /^411,494 invocations of 420 functions: \.\.\/data\/traces\/azure-functions-sample_[0-9a-f]{10}$/,
    );
    expect(more).toEqual([]);
  });

  it("counts by trigger with Arquero", () => {
    expect(textsOf('.groupby("trigger")').at(-1)).toBe(`| trigger       | functions | invocations |  cpu_s | mean_s |
| ------------- | --------: | ----------: | -----: | -----: |
| timer         |       158 |       7,314 | 22,367 |  3.058 |
| http          |       144 |      91,323 | 91,858 |  1.006 |
| queue         |        63 |     162,871 | 75,170 |  0.462 |
| orchestration |        30 |       5,275 | 12,528 |  2.375 |
| event         |        11 |     140,735 | 37,612 |  0.267 |
| storage       |         8 |       3,153 |  7,517 |  2.384 |
| others        |         6 |         823 |  2,505 |  3.044 |

7 rows`);
  });

  it("has Danfo describe it", () => {
    expect(textsOf("toDanfo(known")[0]).toContain("| median   |        120.0 |        861.0 |       134.4 |");
  });

  it("says what a replay will assume, by invocations", () => {
    const [assumed] = textsOf("seen.assumed").slice(-1);
    expect(assumed).toContain("| own         |   406,220 | 392,542 |");
    expect(assumed).toContain("| donor       |     5,274 |  18,952 |");
  });

  it("draws the trace for JupyterLab and as a PNG for everything else", () => {
    const [{ data, output_type }] = outputsOf('chart("trace-overview"') as [CellOutput];
    expect(output_type).toBe("display_data");
    expect(Object.keys(data!).sort()).toEqual(["application/vnd.vegalite.v5+json", "image/png", "text/plain"]);
    expect(html).toContain("data:image/png;base64,");
  });

  it("sets a generated trace beside it", () => {
    const [beside] = textsOf('generate("azure"').filter((text) => text.includes("| generated |"));
    expect(beside).toMatch(/\| sample +\| +2 \| +420 \| +411,494 \| +1440 \| +21,528 \|/);
    expect(beside).toMatch(/\| generated \| +24 \| +300 \| +1,633,498 \| +84 \| +2,902 \|/);
  });

  it("is kept in the repository without outputs", () => {
    const kept = JSON.parse(readFileSync(join(ROOT, "notebooks", "01-traces.ipynb"), "utf8")) as { cells: Cell[] };
    expect(kept.cells.flatMap((cell) => cell.outputs ?? [])).toEqual([]);
  });
});
