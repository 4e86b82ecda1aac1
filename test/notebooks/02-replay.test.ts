import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO, DEMO_RUN } from "../../scripts/demo.mjs";
import { build, ROOT } from "../../scripts/prepare.mjs";
import { type Cell, type CellOutput, execute, NO_JUPYTER, stream, textOf } from "./jupyter.js";

if (NO_JUPYTER) console.warn(`SKIPPED: notebooks/02-replay.ipynb. ${NO_JUPYTER}`);

describe.skipIf(NO_JUPYTER)("notebooks/02-replay.ipynb in real Jupyter", () => {
  let folder: string;
  let cells: readonly Cell[];
  let html: string;

  /** What the code cell that contains some text put out. */
  function outputsOf(text: string): readonly CellOutput[] {
    const cell = cells.find((cell) => cell.cell_type === "code" && textOf(cell.source).includes(text));
    return cell?.outputs ?? [];
  }

  /** A checkout in small, in this one so that the library is found: the notebook, and a demo run of its own. */
  beforeAll(async () => {
    if (!build()) throw new Error("src does not compile");
    mkdirSync(join(ROOT, "out"), { recursive: true });
    folder = mkdtempSync(join(ROOT, "out", "02-replay "));
    cpSync(join(ROOT, "notebooks", "02-replay.ipynb"), join(folder, "notebooks", "02-replay.ipynb"));
    const demo = DEMO.map((word) => (word === DEMO_RUN ? join(folder, DEMO_RUN) : word));
    execFileSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...demo], { cwd: ROOT, stdio: "pipe" });
    ({ cells, html } = await execute(join(folder, "notebooks", "02-replay.ipynb")));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs every cell without a word on stderr", () => {
    const code = cells.filter((cell) => cell.cell_type === "code");
    expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
    expect(cells.flatMap((cell) => cell.outputs ?? []).filter((output) => output.output_type === "error")).toEqual([]);
    expect(stream(cells, "stderr")).toBe("");
  });

  it("prints what the demo run came to", () => {
    expect(stream(cells, "stdout")).toBe(`azure-functions-sample: 411494 invocations on 5 machines of 8 cores
they ask for 88.5 % of all cores on average
replayed through xx, hermod, edf
xx: p99 slowdown 1.00 at the top, 537.19 at the bottom
hermod: p99 slowdown 3.92 at the top, 5.37 at the bottom
edf: p99 slowdown 1.00 at the top, 3.83 at the bottom
`);
  });

  it("finds with Arquero who waits for longer than a second", () => {
    expect(textOf(outputsOf("const waits")[0]!.data!["text/plain"])).toBe(`| price_class |     xx | hermod |     edf |
| ----------: | -----: | -----: | ------: |
|           4 |  0.000 |  7.162 |  0.3307 |
|           2 |  1.313 |  2.964 |  0.2231 |
|           0 | 64.349 | 37.724 | 24.1718 |

3 rows`);
  });

  it("draws its chart for JupyterLab and as a PNG for everything else", () => {
    const [{ data, output_type }] = outputsOf('chart("p99-slowdown"') as [CellOutput];
    expect(output_type).toBe("display_data");
    const spec = data!["application/vnd.vegalite.v5+json"] as { data: { values: { label: string }[] } };
    expect(spec.data.values.map(({ label }) => label)).toEqual([
      ...["537  xx", "21.5  xx", "1.00  xx"],
      ...["5.37  hermod", "3.89  hermod", "3.92  hermod"],
      ...["3.83  edf", "1.00  edf", "1.00  edf"],
    ]);
    const png = Buffer.from(textOf(data!["image/png"]), "base64");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.length).toBeGreaterThan(10_000);
    expect(html).toContain("data:image/png;base64,");
  });

  it("is kept in the repository without outputs", () => {
    const kept = JSON.parse(readFileSync(join(ROOT, "notebooks", "02-replay.ipynb"), "utf8")) as { cells: Cell[] };
    expect(kept.cells.flatMap((cell) => cell.outputs ?? [])).toEqual([]);
  });
});
