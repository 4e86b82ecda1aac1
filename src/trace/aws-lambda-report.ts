/**
 * AWS Lambda's REPORT lines, as CloudWatch keeps them: one at the end of every invocation.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 *
 * Plain log text with a time in front (`aws logs tail`, `sam logs`, exports to S3), JSON (filter-log-events,
 * get-log-events, get-query-results, subscriptions, Logs Insights, a value a line or not), and CSV of Logs Insights (with
 * @message, or @duration and its like) or of the console. Lambda's JSON log format (platform.report) may stand wherever a
 * REPORT line may. All other lines are passed over and counted. Any number of files are one trace.
 *
 * A report is written when the invocation ends, so its arrival is that time - Duration - Init Duration - Restore Duration;
 * what is initialised ahead of its request (provisioned concurrency) seems to arrive too early. The earliest arrives at 0;
 * times without a zone are UTC. The runtime is Duration alone. Memory used is the most that the execution environment has
 * held so far, MB of 2^20 bytes. The function is told from the log group or stream, else from the file's name. Request and trace ids are left out.
 */
import { Invalid } from "../invalid.js";
import { ByteSource } from "./byte-source.js";
import { writeDatedLog } from "./dated-log.js";
import type { Family, Format, Read, Reading, Source } from "./format.js";
import { readLambdaCsv } from "./lambda-csv.js";
import { readLambdaJson } from "./lambda-json.js";
import { LambdaLog } from "./lambda-log.js";
import { readLambdaText } from "./lambda-text.js";
import { noted, unread } from "./notes.js";
import { TextBlocks } from "./text-blocks.js";
import type { SourceFile } from "./trace.js";

const READ =
  /^(@?(timestamp|message)|@(log|logStream|type|duration|billedDuration|initDuration|memorySize|maxMemoryUsed))$/;

const family = (kind: Source["kind"], ...columns: Family["columns"]): Family => ({
  name: "reports",
  kinds: [kind],
  columns,
});

/** Reports of invocations, out of logs. */
export const awsLambdaReport: Format = {
  about: "REPORT lines of AWS Lambda out of CloudWatch; log text, JSON, CSV",
  families: [
    family("log"),
    family("csv", "@timestamp", { like: /^@(message|duration)$/, shown: "@message or @duration" }),
    family("csv", "timestamp", "message"),
    family(
      "json",
      { like: /^@?timestamp$/, shown: "timestamp" },
      { like: /^(@?message|@duration)$/, shown: "message" },
    ),
    family("json", "time", "type", "record"),
    family("json", "field", "value"),
  ],
  read,
};

async function read(reading: Reading): Promise<Read> {
  const log = new LambdaLog(reading.badRows);
  const sources: SourceFile[] = [];
  const unknown: string[] = [];
  for (const { path, name, kind } of reading.sources.get("reports")!) {
    const source = ByteSource.open(path, reading.onBytes);
    try {
      const blocks = new TextBlocks(source);
      const fallback = functionIn(name);
      if (kind === "csv") unknown.push(...(await readLambdaCsv(blocks, log, fallback, reading.ours)));
      else if (kind === "json") await readLambdaJson(blocks, log, fallback);
      else await readLambdaText(blocks, log, fallback);
      sources.push(source.finish());
    } catch (error) {
      source.close();
      throw error;
    }
  }
  const { counts, others, unnamed, initialised, restored } = log;
  if (counts.kept + counts.quarantined === 0) {
    throw new Invalid("file", sources[0]!.name, "no REPORT line", "a log with a REPORT line for each invocation");
  }
  const written = await writeDatedLog(reading.folder, log, sources[0]!.name);
  const owners = log.labels.owner.size > 0;
  return {
    ...written,
    sources,
    rows: { reports: { ...counts, others } },
    lacks: [...(owners ? [] : ["owner"]), "app", "trigger", "memory_initial", "price_class"],
    notes: [
      "arrivals: a report's time - Duration - Init Duration - Restore Duration; runtimes: Duration",
      noted(initialised, "report is", "reports are", "of a cold start, with an Init Duration (init_s)"),
      noted(restored, "report is", "reports are", "of a restored snapshot, with a Restore Duration (restore_s)"),
      noted(others, "line or event is", "lines or events are", "no report, and passed over"),
      noted(unnamed, "report is", "reports are", "of a function that only the file's name tells"),
      unread(unknown.filter((column) => !READ.test(column))),
    ],
  };
}

/** A file's name without its endings. */
function functionIn(name: string): string {
  return name.replace(/\.(gz|zst|xz)$/i, "").replace(/\.(log|txt|json|jsonl|ndjson|csv)$/i, "");
}
