import { createRequire } from "node:module";
import * as arrow from "apache-arrow";
import * as aq from "arquero";
import { toPng } from "../chart/render.js";
import { SCHEMA, type Spec } from "../chart/theme.js";
import { type AnyTable, toArquero } from "./frames.js";

/** What one output of a cell holds, by MIME type; a notebook shows the richest that it can. */
export type Bundle = Readonly<Record<string, unknown>>;

/** An output and what is to be known about its parts. */
export interface Output {
  readonly data: Bundle;
  readonly metadata: Bundle;
}

const ROWS_SHOWN = 20;
const MOST_DIGITS = 4;
const PNG_ZOOM = 2;

/**
 * Shows a table (its first rows) or a chart as an output of the cell. Outside a notebook it prints the plain text.
 * Await it: a cell ends when its last promise does.
 */
export async function show(what: AnyTable | Spec, rows = ROWS_SHOWN): Promise<void> {
  const output = isTable(what) ? tableOutput(what, rows) : await chartOutput(what);
  // tslab's public display takes one MIME type at a time; its kernel takes the whole bundle.
  const { lastWriteDisplayData: write } = require("tslab/dist/jupyter.js") as Kernel;
  if (write) write({ ...output, transient: {} }, false);
  else console.log(output.data["text/plain"]);
}

interface Kernel {
  readonly lastWriteDisplayData: ((content: object, update: boolean) => void) | null;
}
const require = createRequire(import.meta.url);

function isTable(what: AnyTable | Spec): what is AnyTable {
  return what instanceof arrow.Table || what instanceof aq.ColumnTable || ("dtypes" in what && "iloc" in what);
}

/** The first `rows` rows as HTML and as text, and how many there are in all. */
export function tableOutput(table: AnyTable, rows = ROWS_SHOWN): Output {
  const all = toArquero(table);
  const total = all.numRows();
  const size = `${total > rows ? `first ${rows} of ` : ""}${total.toLocaleString("en-US")} row${total === 1 ? "" : "s"}`;
  const options = { limit: rows, maxdigits: MOST_DIGITS };
  return {
    data: { "text/html": `${all.toHTML(options)}<p>${size}</p>`, "text/plain": `${all.toMarkdown(options)}\n${size}` },
    metadata: {},
  };
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
