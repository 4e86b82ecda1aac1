import { capacity } from "../analysis/capacity.js";
import { CHARTS } from "../chart/charts.js";
import { toSvg } from "../chart/render.js";
import { type MadeChart, runCharts } from "../chart/run-charts.js";
import type { WorkedRun } from "../chart/worked-run.js";
import { Html, html } from "./html.js";
import { plainLoad } from "./plain.js";
import { answerLines, replayedLine } from "./report-answer.js";
import { type ReportTable, tableHtml } from "./report-table.js";
import { capacityTable, costTables, machinesTable, summaryTable, swapTables } from "./report-tables.js";
import { REPLAY_OPTIONS } from "./run-options.js";

/** All that there is to say of a run: the answer, charts, tables, what it was made of and how to repeat it. */
export async function runSection(worked: WorkedRun): Promise<Html> {
  const { run } = worked;
  const summary = await worked.summary();
  const [first, ...others] = await runCharts(run, { worked });
  const { tables, notes } = worked.recordsAll ? await ofAllRows(worked) : { tables: [], notes: [THINNED] };
  const [happened, ...more] = [summaryTable(summary), machinesTable(summary), ...tables].map(tableHtml);
  const noted = notes.map((note) => html`<p class="about">${note}</p>\n`);
  return html`<p>${replayedLine(summary)}</p>
<div class="answer">${answerLines(summary).map((line) => html`<p>${line}</p>`)}</div>
${first ? await figure(first) : null}${happened}${await figures(others)}${more}${noted}${madeOf(worked)}`;
}

const THINNED =
  "Not every invocation was recorded (--record), so there is nothing here on single latencies, swap needed and cost.";

/** Tables that are made of every invocation's row, and what cannot be told. */
async function ofAllRows(worked: WorkedRun): Promise<{ tables: ReportTable[]; notes: string[] }> {
  const { run } = worked;
  const { analyses, refused } = await worked.swap();
  const needed = await capacity(run, run.schedulers[0]!);
  return {
    tables: [...analyses.flatMap(swapTables), ...costTables(await worked.cost()), capacityTable(needed)],
    notes: refused.map(({ scheduler, why }) => `How much swap ${scheduler} needs cannot be told: ${why}`),
  };
}

/** Charts one below the other. */
export async function figures(charts: readonly MadeChart[]): Promise<Html[]> {
  const drawn: Html[] = [];
  for (const chart of charts) drawn.push(await figure(chart));
  return drawn;
}

async function figure({ name, spec }: MadeChart): Promise<Html> {
  // Vega escapes what it draws; the tests hold it to that.
  const svg = new Html(await toSvg(spec));
  return html`<figure class="chart-${name}">
${svg}
<figcaption><details><summary>${CHARTS[name]!.about}: Vega-Lite specification</summary><pre>${JSON.stringify(spec)}</pre></details></figcaption>
</figure>
`;
}

/** Manifest and how to repeat it. */
function madeOf({ run }: WorkedRun): Html {
  const { manifest } = run;
  const { trace, options } = manifest;
  const facts = [
    ["trace", `${trace.name} (${trace.format}), sha256 ${trace.sha256}`],
    ["workload", `${manifest.workload.rows.toLocaleString("en-US")} rows, sha256 ${manifest.workload.sha256}`],
    ["seed", String(manifest.seed)],
    [
      "offered load",
      `${plainLoad(manifest.offered_load.expected)} expected, ${plainLoad(manifest.offered_load.realised)} realised`,
    ],
    ["written by", `replaybook ${manifest.replaybook}, tables ${manifest.table_version}`],
  ].map(([name, value]) => html`<tr><th class="text" scope="row">${name}</th><td class="text">${value}</td></tr>\n`);
  return html`<h3>What it was made of</h3>
<div class="scroll" tabindex="0" role="region" aria-label="What it was made of"><table><tbody>
${facts}</tbody></table></div>
<details><summary>The manifest, run.json: every option resolved, counts and checks</summary><pre>${JSON.stringify(manifest, null, 2)}</pre></details>
<h3>How to repeat it</h3>
<p class="about">With the trace named above; the same inputs, options and seed give the same bytes. With the run's folder at hand, the first line does it.</p>
<pre>npx replaybook replay --from ${quoted(`${run.name}/run.json`)} -o again
npx replaybook replay ${quoted(trace.name)} ${changed(options).join(" ")} -o again</pre>
`;
}

/** The options that are not at their defaults, as flags. */
function changed(options: Readonly<Record<string, string>>): string[] {
  const defaults: Readonly<Record<string, { readonly default: string }>> = REPLAY_OPTIONS;
  return Object.entries(options)
    .filter(([name, value]) => defaults[name]?.default !== value)
    .map(([name, value]) => `--${name} ${quoted(value)}`);
}

/** A word of a POSIX shell's command line. */
function quoted(word: string): string {
  return /^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
