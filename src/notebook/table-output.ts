import {
  type Column,
  INVOCATIONS,
  MACHINES,
  OCCUPANCY,
  SUMMARY,
  SWAPS,
  TRACE_INVOCATIONS,
  WINDOWS,
  WORKLOAD,
} from "../table/index.js";
import { columnText } from "./cell-text.js";
import { type AnyTable, toArquero } from "./frames.js";
import type { Output } from "./kernel.js";

/** Rows that are shown where nobody says how many. */
export const ROWS_SHOWN = 20;
const RIGHT = ' style="text-align:right;font-variant-numeric:tabular-nums"';

/** The first `rows` rows as HTML and as text, and how many there are in all. */
export function tableOutput(table: AnyTable, rows = ROWS_SHOWN): Output {
  const all = toArquero(table);
  const total = all.numRows();
  const size = `${total > rows ? `first ${rows} of ` : ""}${total.toLocaleString("en-US")} row${total === 1 ? "" : "s"}`;
  const shown = all.objects({ limit: rows }) as Record<string, unknown>[];
  const columns = all.columnNames().map((name) => ({ name, ...columnText(shown.map((row) => row[name])) }));
  return {
    data: {
      "text/html": `${html(columns, shown.length)}<p>${size}</p>`,
      "text/plain": `${markdown(columns, shown.length)}\n\n${size}`,
    },
    metadata: {},
  };
}

interface Shown {
  readonly name: string;
  readonly numeric: boolean;
  readonly cells: readonly string[];
}

function html(columns: readonly Shown[], rows: number): string {
  const head = columns.map(({ name, numeric }) => `<th${numeric ? RIGHT : LEFT}${titleOf(name)}>${escaped(name)}</th>`);
  const line = (row: number) =>
    columns.map(({ cells, numeric }) => `<td${numeric ? RIGHT : LEFT}>${escaped(cells[row]!)}</td>`).join("");
  const body = Array.from({ length: rows }, (_, row) => `<tr>${line(row)}</tr>`);
  return `<table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}
const LEFT = ' style="text-align:left"';

/** A Markdown table whose columns are aligned as they stand. */
function markdown(columns: readonly Shown[], rows: number): string {
  const padded = columns.map(({ name, numeric, cells }) => {
    const texts = [name, ...cells].map((text) => text.replace(/\|/g, "\\|").replace(/[\r\n]+/g, " "));
    const width = Math.max(3, ...texts.map((text) => text.length));
    const aligned = texts.map((text) => (numeric ? text.padStart(width) : text.padEnd(width)));
    const rule = numeric ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
    return [aligned[0]!, rule, ...aligned.slice(1)];
  });
  return Array.from({ length: rows + 2 }, (_, row) => `| ${padded.map((cells) => cells[row]).join(" | ")} |`).join(
    "\n",
  );
}

const SCHEMAS = [INVOCATIONS, MACHINES, WINDOWS, SUMMARY, WORKLOAD, SWAPS, OCCUPANCY, TRACE_INVOCATIONS];
/** What the columns of our tables say of themselves, the first that has a name. */
const ABOUT = new Map<string, Column>(
  SCHEMAS.flat()
    .reverse()
    .map((column) => [column.name, column]),
);

/** What a column of ours is, for whoever points at its name. */
function titleOf(name: string): string {
  const column = ABOUT.get(name);
  if (column === undefined) return "";
  const unit = column.unit === "" ? "" : ` [${column.unit}]`;
  return ` title="${escaped(column.about + unit)}"`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
