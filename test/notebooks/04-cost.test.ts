import { expect, it } from "vitest";
import { inSmall } from "./in-small.js";
import { stream } from "./jupyter.js";

inSmall("04-cost.ipynb", (run) => {
  it("prints what it comes to", () => {
    expect(stream(run.cells, "stdout")).toBe(`the five dearest of 95 owners pay 32 %
xx: p99 slowdown 1.00, 24.39, 596.36, from the dearest class down
hermod: p99 slowdown 4.37, 4.35, 5.70, from the dearest class down
all at class 0: $88 a month, of machines for $363
a reserved core is cheaper than Lambda if it is busy more than 27 %
the fleet for p99 is busy 49 % of the time, and costs 56 % of Lambda
left out, as Lambda runs nothing for so long: 25 invocations
as dear as the instance: 163459 requests a day
11 of 95 owners used it up
the provider's revenue: $363 a month before, $286 a month with budgets
largest error: 0.62 points alone, 0.72 together
`);
  });

  it("reads the price unit in three ways", () => {
    expect(run.textsOf(".readings()")[0]).toBe(
      `| reading      | million_cpu_s | cpu_hour | revenue_month | cost_month | profit_month |
| ------------ | ------------: | -------: | ------------: | ---------: | -----------: |
| drafts       |         0.010 |  0.00005 |           1.2 |      363.4 |       -362.2 |
| break-even   |         3.029 |  0.01406 |         363.4 |      363.4 |          0.0 |
| lambda-equal |        22.082 |  0.10247 |        2648.9 |      363.4 |       2285.5 |

3 rows`,
    );
  });

  it("has by hand the bills that the library has", () => {
    const [table] = run.textsOf("const byHand") as [string];
    const rows = table.split("\n").slice(2, 5);
    const columns = rows.map((row) => row.split("|").map((cell) => cell.trim()));
    expect(columns.map((cells) => cells[6])).toEqual(["0.2961", "0.1928", "0.0158"]);
    expect(columns.map((cells) => cells[7])).toEqual(["0.2961", "0.1928", "0.0158"]);
  });

  it("has Danfo describe the owners", () => {
    expect(run.textsOf("toDanfo(owners")[1]).toContain("| median   |        423.0 |       364.3 |  1.004 |");
  });

  it("sets the same work against Lambda, Azure and reserved machines", () => {
    const [table] = run.textsOf("bills.alternatives()") as [string];
    expect(table).toMatch(/\| xx, at cost +\| +363\.4 \| +1\.000 \|/);
    expect(table).toMatch(/\| AWS Lambda, x86 +\| +2622\.4 \| +7\.217 \|/);
    expect(table).toMatch(/\| Azure Functions, consumption +\| +348\.4 \|/);
    expect(table).toMatch(/\| 9 reserved for p99 of the cores +\| +1481\.4 \|/);
  });

  it("does the drafts' arithmetic again: $0.925, where they have $1.58", () => {
    const [table] = run.textsOf("const nano") as [string];
    expect(table).toMatch(/Lambda, 128 MB for 200 ms +\| +0\.925 \|/);
    expect(table).toMatch(/EC2, t4g\.nano +\| +3\.024 \|/);
  });

  it("foretells a class and checks it by replays", () => {
    expect(run.textsOf("cheapest(run,")[0]).toMatch(/\| class 4 +\| +2\.0 \|.*\| true +\|/);
    expect(run.textsOf("validated(run,")[0]).toMatch(/^5 functions moved, alone and together \(/);
    expect(run.textsOf("validated(run,")[1]).toMatch(/\| fb399f3a \| +577 \| +4 \| +2 \| +0\.992 \|/);
  });

  it("draws its charts for JupyterLab and as PNGs for everything else", () => {
    const charts = run.cells
      .flatMap((cell) => cell.outputs ?? [])
      .filter(({ data }) => data?.["image/png"] !== undefined);
    expect(charts.map(({ data }) => Object.keys(data!).sort().join())).toEqual(
      Array(5).fill("application/vnd.vegalite.v5+json,image/png,text/plain"),
    );
    expect(run.html).toContain("data:image/png;base64,");
  });
});
