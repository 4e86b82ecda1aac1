import { type Html, html } from "./html.js";

/** A table of a report. */
export interface ReportTable {
  readonly title: string;
  /** What its columns say, and where it is from. */
  readonly about: string;
  readonly columns: readonly string[];
  /** Columns flush left, from the first on; the others are numbers. 1 by default. */
  readonly left?: number;
  readonly rows: readonly (readonly string[])[];
}

/** A table that scrolls by itself where the page is too narrow for it. */
export function tableHtml({ title, about, columns, left = 1, rows }: ReportTable): Html {
  const kind = (column: number) => (column < left ? "text" : "number");
  const head = columns.map((name, i) => html`<th scope="col" class="${kind(i)}">${name}</th>`);
  const body = rows.map((row) => html`<tr>${row.map((cell, i) => html`<td class="${kind(i)}">${cell}</td>`)}</tr>\n`);
  return html`<h3>${title}</h3>
<p class="about">${about}</p>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>
`;
}
