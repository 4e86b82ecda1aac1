import * as arrow from "apache-arrow";
import { describe, expect, it, vi } from "vitest";
import { chart } from "../../src/chart/charts.js";
import { toDanfo } from "../../src/notebook/frames.js";
import { chartOutput, show } from "../../src/notebook/show.js";
import { tableOutput } from "../../src/notebook/table-output.js";

const table = arrow.tableFromArrays({ machine: Int32Array.from({ length: 1234 }, (_, i) => i) });
const spec = chart("p99-slowdown", [{ scheduler: "xx", price_class: 0, p99_slowdown: 2 }]);

describe("a table in a notebook", () => {
  it("is HTML and text: the first rows, and how many there are", () => {
    const { data } = tableOutput(table, 2);
    expect(data["text/html"]).toMatch(
      /^<table>.*<td[^>]*>1<\/td><\/tr><\/tbody><\/table><p>first 2 of 1,234 rows<\/p>$/,
    );
    expect(data["text/plain"]).toBe("| machine |\n| ------: |\n|       0 |\n|       1 |\n\nfirst 2 of 1,234 rows");
  });

  it("may be a list of row objects, whose columns are all that any row has", () => {
    const { data } = tableOutput([{ a: 1 }, { a: 2, b: "x" }]);
    expect(data["text/plain"]).toBe("|   a | b   |\n| --: | --- |\n|   1 | –   |\n|   2 | x   |\n\n2 rows");
  });

  it("escapes what is in it", () => {
    const { data } = tableOutput([{ "<b>": "<script>\"&'", c: "a|b\nc" }]);
    expect(data["text/html"]).toContain("&lt;b&gt;</th>");
    expect(data["text/html"]).toContain("&lt;script&gt;&quot;&amp;&#39;</td>");
    expect(data["text/plain"]).toContain("| a\\|b c |");
  });

  it("says what our columns are to who points at their names", () => {
    const about = 'title="CPU seconds it needs, as replayed. [s]"';
    expect(tableOutput([{ runtime_s: 1, mine: 2 }]).data["text/html"]).toContain(`${about}>runtime_s</th>`);
  });

  it("of nothing is a head", () => {
    expect(tableOutput([]).data["text/plain"]).toBe("|  |\n|  |\n\n0 rows");
  });

  it("that is short is shown whole", () => {
    expect(tableOutput(table.slice(0, 2)).data["text/html"]).toMatch(/<p>2 rows<\/p>$/);
  });
});

describe("a chart in a notebook", () => {
  it("is Vega-Lite 5 for JupyterLab and a PNG at twice the size for everything else", async () => {
    const { data, metadata } = await chartOutput(spec);
    expect(data["application/vnd.vegalite.v5+json"]).toEqual(spec);
    expect(spec).toMatchObject({ $schema: "https://vega.github.io/schema/vega-lite/v5.json" });
    const png = Buffer.from(data["image/png"] as string, "base64");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(metadata["image/png"]).toEqual({ width: png.readUInt32BE(16) / 2, height: png.readUInt32BE(20) / 2 });
    expect(data["text/plain"]).toBe("<chart: p99 slowdown by price class and scheduler, as bars from 1.>");
  });
});

describe("show outside a notebook", () => {
  it("prints the text of a table of any of the three libraries, and the name of a chart", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const short = table.slice(0, 1);
    for (const what of [short, await toDanfo(short), [{ machine: 0 }], spec]) await show(what);
    expect(log.mock.calls.map(([text]) => text)).toEqual([
      "| machine |\n| ------: |\n|       0 |\n\n1 row",
      "| machine |\n| ------: |\n|       0 |\n\n1 row",
      "| machine |\n| ------: |\n|       0 |\n\n1 row",
      "<chart: p99 slowdown by price class and scheduler, as bars from 1.>",
    ]);
    log.mockRestore();
  });
});
