import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DEMO, DEMO_RUN } from "../../scripts/demo.mjs";
import { build, ROOT } from "../../scripts/prepare.mjs";
import { inSmall } from "./in-small.js";
import { type CellOutput, stream, textOf } from "./jupyter.js";

inSmall(
  "02-replay.ipynb",
  (run) => {
    it("prints what the demo run came to", () => {
      expect(stream(run.cells, "stdout")).toBe(`azure-functions-sample: 411494 invocations on 5 machines of 8 cores
they ask for 88.5 % of all cores on average
replayed through xx, hermod, edf
xx: p99 slowdown 1.00 at the top, 537.19 at the bottom
hermod: p99 slowdown 3.92 at the top, 5.37 at the bottom
edf: p99 slowdown 1.00 at the top, 3.83 at the bottom
`);
    });

    it("finds with Arquero who waits for longer than a second", () => {
      expect(
        textOf(run.outputsOf("const waits")[0]!.data!["text/plain"]),
      ).toBe(`| price_class |     xx | hermod |     edf |
| ----------: | -----: | -----: | ------: |
|           4 |  0.000 |  7.162 |  0.3307 |
|           2 |  1.313 |  2.964 |  0.2231 |
|           0 | 64.349 | 37.724 | 24.1718 |

3 rows`);
    });

    it("draws its chart for JupyterLab and as a PNG for everything else", () => {
      const [{ data, output_type }] = run.outputsOf('chart("p99-slowdown"') as [CellOutput];
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
      expect(run.html).toContain("data:image/png;base64,");
    });
  },
  (folder) => {
    if (!build()) throw new Error("src does not compile");
    const demo = DEMO.map((word) => (word === DEMO_RUN ? join(folder, DEMO_RUN) : word));
    execFileSync(process.execPath, [join(ROOT, "dist/cli/main.js"), ...demo], { cwd: ROOT, stdio: "pipe" });
  },
);
