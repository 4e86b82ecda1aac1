import { createHash } from "node:crypto";
import { VERSION } from "../version.js";
import { Html, html } from "./html.js";

const CSS = `
:root{color-scheme:light}
body{font:16px/1.5 system-ui,"DejaVu Sans",Verdana,sans-serif;color:#222;background:#fff;max-width:70rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.3rem;margin:2.5rem 0 .5rem;border-bottom:1px solid #ccc;padding-bottom:.2rem;overflow-wrap:anywhere}
h3{font-size:1.05rem;margin:1.8rem 0 .2rem;overflow-wrap:anywhere}
p,li{overflow-wrap:anywhere}
.about,footer{color:#555;font-size:.87rem;margin:.2rem 0 .5rem}
.answer{background:#f3f6f9;border-left:4px solid #0072b2;padding:.6rem 1rem;margin:1rem 0}
.answer p:first-child:not(:last-child){font-weight:600}
.answer p{margin:.3rem 0}
figure{margin:1.5rem 0}
figure svg{max-width:100%;height:auto;display:block}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.82rem;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .45rem;border-bottom:1px solid #ddd;vertical-align:bottom;text-align:right}
th.text,td.text{text-align:left}
thead th{border-bottom:2px solid #888}
td.number{white-space:nowrap}
td.text{overflow-wrap:anywhere;min-width:5ch}
details{margin:.4rem 0;font-size:.87rem}
summary{cursor:pointer;color:#00558a}
pre{background:#f6f6f6;padding:.6rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.8rem;max-height:24rem;overflow:auto}
a{color:#00558a}
@media (max-width:40rem){body{font-size:15px;padding:.6rem}th,td{padding:.2rem .4rem}figure{overflow-x:auto}figure svg{max-width:none}}
@media print{body{max-width:none;padding:0;font-size:10pt}details:not([open]),nav{display:none}pre{max-height:none}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}.scroll{overflow:visible}table{font-size:6.5pt}th,td{padding:.1rem .2rem}.section+.section{break-before:page}}
`;

/** What the page may load: nothing. Its only style is the one whose sum is told; scripts and forms there are none. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(CSS).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** One section of a report: a run, or what several have to say together. */
export interface ReportSection {
  /** Its anchor: letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** A whole page that needs nothing else: no network, no script. */
export function reportPage(title: string, sections: readonly ReportSection[]): string {
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  const body = sections.map(
    ({ id, title, body }) => html`<section class="section" id="${id}">
<h2>${title}</h2>
${body}</section>
`,
  );
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="replaybook ${VERSION}">
<title>${title}</title>
<style>${new Html(CSS)}</style>
</head>
<body>
<header><h1>${title}</h1></header>
${sections.length > 1 ? html`<nav aria-label="Runs"><ul>${links}</ul></nav>` : null}
<main>
${body}</main>
<footer>Made by replaybook ${VERSION}. This page needs no network and runs no script.</footer>
</body>
</html>
`.source;
}
