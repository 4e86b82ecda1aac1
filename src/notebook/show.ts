import * as arrow from "apache-arrow";
import * as aq from "arquero";
import { toPng } from "../chart/render.js";
import { SCHEMA, type Spec } from "../chart/theme.js";
import type { AnyTable } from "./frames.js";
import { cellOutput, type Output } from "./kernel.js";
import { ROWS_SHOWN, tableOutput } from "./table-output.js";

const PNG_ZOOM = 2;

/**
 * Shows a table (its first rows) or a chart as an output of the cell: a table of Arquero, Arrow or Danfo, a list of row
 * objects, or any Vega-Lite specification. Outside a notebook it prints the plain text.
 * Await it: a cell ends when its last promise does.
 */
export async function show(what: AnyTable | Spec, rows = ROWS_SHOWN): Promise<void> {
  const output = isTable(what) ? tableOutput(what, rows) : await chartOutput(what);
  const write = cellOutput();
  if (write) write(output);
  else console.log(output.data["text/plain"]);
}

function isTable(what: AnyTable | Spec): what is AnyTable {
  if (what instanceof arrow.Table || what instanceof aq.ColumnTable || Array.isArray(what)) return true;
  return "dtypes" in what && "iloc" in what;
}

/**
 * The chart as Vega-Lite (JupyterLab, VS Code: sharp, with tooltips) and as PNG (GitHub, nbconvert, everything else).
 * No SVG: nbconvert before 7 prefers it to PNG and then strips the drawing out of it.
 */
export async function chartOutput(spec: Spec): Promise<Output> {
  const png = await toPng(spec, PNG_ZOOM);
  const header = new DataView(png.buffer, png.byteOffset + 16, 8); // width and height, big-endian
  const size = { width: header.getUint32(0) / PNG_ZOOM, height: header.getUint32(4) / PNG_ZOOM };
  return {
    data: {
      "application/vnd.vegalite.v5+json": { $schema: SCHEMA, ...(spec as object) },
      "image/png": Buffer.from(png).toString("base64"),
      "text/plain": `<chart: ${spec.description ?? "Vega-Lite"}>`,
    },
    metadata: { "image/png": size },
  };
}
