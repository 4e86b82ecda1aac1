import { expect, it } from "vitest";
import { inSmall } from "./in-small.js";
import { stream } from "./jupyter.js";

inSmall("05-swap-provisioning.ipynb", (run) => {
  it("prints what it comes to, and that too few events are refused", () => {
    expect(stream(run.cells, "stdout")).toBe(`looked at: 0.69 machine-days
no machine can ever hold more than 71.3 GB
invalid swap: 12 clusters of visits (the light run, xx); expected at least 20 to extrapolate from: a longer run, more load, or --sizes to measure kills
over all four ways to part the time: 19 of 20 within the range
RAM in use: 52 % on the mean, deviation 20 %
`);
  });

  it("keeps what is held at once apart from what is ever written", () => {
    expect(run.textsOf("most_at_once_gb")[0]).toContain("|   372 |      575.7 |           23.71 |");
    expect(run.textsOf('fold(["written"')[0]).toBe(`| gb_of_a_machine | median_machine |   most |
| --------------- | -------------: | -----: |
| written         |         344.66 | 575.69 |
| peak            |          16.55 |  28.57 |
| p99             |           7.45 |  12.62 |

3 rows`);
  });

  it("measures overflows and kills by size", () => {
    const [said, table] = run.textsOf("await swap(run, { sizes") as [string, string];
    expect(said).toMatch(/^replayed with 5GB, 10GB, 15GB, 20GB of swap \(/);
    expect(table).toMatch(/\| +5 \| +2657 \| +3832\.5 \| +3158 \| +4555\.1 \|/);
    expect(table).toMatch(/\| +20 \| +24 \| +34\.6 \| +39 \| +56\.3 \|.* 333\.3 \|/);
    expect(table).toMatch(/\| +40 \| +0 \| +0\.0 \| +– \|/);
  });

  it("fits a law above a threshold, with intervals, and marks what is a guess", () => {
    expect(run.textsOf(".thresholds()")[0]).toMatch(/\| +10\.578 \| +498 \| -0\.11191 \|.*\| true +\|/);
    const [sizes] = run.textsOf(".sizesFor()") as [string];
    expect(sizes).toMatch(/\| +24 \| 28\.16 \| 25\.93 \| 31\.80 \| false/);
    expect(sizes).toMatch(/\| +720 \| 33\.28 \| 29\.32 \| 41\.10 \| true/);
  });

  it("says which drive fails on what", () => {
    const [drives] = run.textsOf(".drives()\n    .filter((d) => d.machine_month") as [string];
    expect(drives).toMatch(/\| pny-cs900-500gb +\| 0\.06656 \| 9\.5799 \| 774\.37 \| bandwidth wear \| +775 \|/);
    expect(drives).toMatch(/\| aws-ebs-gp3 .* 74\.1 \| +7,406 \|/);
  });

  it("shows by how much the papers' shortcut is wrong", () => {
    expect(run.textsOf("need.analysis.shortcut!")[0]).toMatch(
      /\| GB for 99\.9 % of the time +\| +4\.297 \| +14\.75 \|/,
    );
  });

  it("draws its charts for JupyterLab and as PNGs for everything else", () => {
    const charts = run.cells
      .flatMap((cell) => cell.outputs ?? [])
      .filter(({ data }) => data?.["image/png"] !== undefined);
    expect(charts.map(({ data }) => Object.keys(data!).sort().join())).toEqual(
      Array(3).fill("application/vnd.vegalite.v5+json,image/png,text/plain"),
    );
    expect(run.html).toContain("data:image/png;base64,");
  });
});
