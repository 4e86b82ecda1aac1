// Writes REPORT lines of AWS Lambda from a seed, of 100 functions, one invocation in 50 a cold start: as log text with
// START and END around them and a line of the function's own, as JSON of filter-log-events, or as CSV of Logs Insights.
// Usage: node test/bench/lambda-reports.mjs FILE [REPORTS] [text|json|csv] [SEED]
import { closeSync, openSync, writeSync } from "node:fs";
import { hash64, random } from "./random.mjs";

const [file, reports = "500000", shape = "text", seed = "1"] = process.argv.slice(2);
const uniform = random(Number(seed));
const iso = (ms) => new Date(ms).toISOString();
const fd = openSync(file, "w");
let text = { text: "", json: '{\n  "events": [', csv: "@timestamp,@message,@log\n" }[shape];
let ms = Date.UTC(2024, 4, 1);
for (let i = 0; i < Number(reports); i++) {
  ms += Math.ceil(-40 * Math.log(1 - uniform()));
  const id = `${hash64(i).slice(0, 8)}-0000-4000-8000-${hash64(i).slice(8, 20)}`;
  const group = `/aws/lambda/function-${Math.floor(100 * uniform() * uniform())}`;
  const stream = `2024/05/01/[$LATEST]${hash64(1e9 + (i % 500)).slice(0, 32)}`;
  const duration = Math.exp(4 + 3 * (uniform() + uniform() - 1)).toFixed(2);
  const init = i % 50 === 0 ? `Init Duration: ${(200 + 400 * uniform()).toFixed(2)} ms\t` : "";
  const memory = `Memory Size: 256 MB\tMax Memory Used: ${60 + Math.floor(100 * uniform())} MB`;
  const report = `REPORT RequestId: ${id}\tDuration: ${duration} ms\tBilled Duration: ${Math.ceil(duration)} ms\t${memory}\t${init}`;
  if (shape === "text") {
    const front = `${group} ${stream} ${iso(ms)}`;
    text += `${front} START RequestId: ${id} Version: $LATEST\n${front} ${iso(ms)}\t${id}\tINFO\thandled item ${i}\n`;
    text += `${front} END RequestId: ${id}\n${front} ${report}\n`;
  } else if (shape === "json") {
    const event = {
      logStreamName: stream,
      timestamp: ms,
      message: `${report}\n`,
      ingestionTime: ms + 900,
      eventId: String(i),
    };
    text += `${i > 0 ? "," : ""}\n    ${JSON.stringify(event, null, 2).replaceAll("\n", "\n    ")}`;
  } else text += `${iso(ms).replace("T", " ").slice(0, -1)},"${report}\n",123456789012:${group}\n`;
  if (text.length > 1 << 20) {
    writeSync(fd, text);
    text = "";
  }
}
writeSync(fd, shape === "json" ? `${text}\n  ],\n  "searchedLogStreams": []\n}\n` : text);
closeSync(fd);
