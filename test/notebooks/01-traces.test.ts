import { expect, it } from "vitest";
import { inSmall } from "./in-small.js";
import { type CellOutput, stream } from "./jupyter.js";

inSmall("01-traces.ipynb", (run) => {
  it("prints what is in the sample, and whom it hangs on", () => {
    expect(stream(run.cells, "stdout")).toBe(`azure-functions-sample: 420 functions, 411494 invocations
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
    const [said, ...more] = run.textsOf('await ingest("../traces');
    expect(said).toMatch(
      /^411,494 invocations of 420 functions: \.\.\/data\/traces\/azure-functions-sample_[0-9a-f]{10}$/,
    );
    expect(more).toEqual([]);
  });

  it("counts by trigger with Arquero", () => {
    expect(
      run.textsOf('.groupby("trigger")').at(-1),
    ).toBe(`| trigger       | functions | invocations |  cpu_s | mean_s |
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
    expect(run.textsOf("toDanfo(known")[0]).toContain("| median   |        120.0 |        861.0 |       134.4 |");
  });

  it("says what a replay will assume, by invocations", () => {
    const [assumed] = run.textsOf("seen.assumed").slice(-1);
    expect(assumed).toContain("| own         |   406,220 | 392,542 |");
    expect(assumed).toContain("| donor       |     5,274 |  18,952 |");
  });

  it("draws the trace for JupyterLab and as a PNG for everything else", () => {
    const [{ data, output_type }] = run.outputsOf('chart("trace-overview"') as [CellOutput];
    expect(output_type).toBe("display_data");
    expect(Object.keys(data!).sort()).toEqual(["application/vnd.vegalite.v5+json", "image/png", "text/plain"]);
    expect(run.html).toContain("data:image/png;base64,");
  });

  it("sets a generated trace beside it", () => {
    const [beside] = run.textsOf('generate("azure"').filter((text) => text.includes("| generated |"));
    expect(beside).toMatch(/\| sample +\| +2 \| +420 \| +411,494 \| +1440 \| +21,528 \|/);
    expect(beside).toMatch(/\| generated \| +24 \| +300 \| +1,633,498 \| +84 \| +2,902 \|/);
  });
});
