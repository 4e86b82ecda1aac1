/**
 * Azure LLM inference 2023. Microsoft, CC-BY 4.0; Patel et al., Splitwise: Efficient Generative LLM Inference Using Phase
 * Splitting, ISCA'24. https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md
 *
 * CSV files (code, conv, or both; any number of them are one trace; also those of 2024): TIMESTAMP, when the request came;
 * ContextTokens, of its prompt; GeneratedTokens, of its answer. A row is an invocation; the earliest arrives at 0. The
 * service is told from the word "code" or "conv" in the file's name, and is the function's name; else that is null. The files
 * have no durations: a runtime is ContextTokens x one time + GeneratedTokens x another, options of ingest that stand in the
 * manifest; both numbers of tokens are kept. "On one core" then means: on one serving instance. Other columns are left out.
 */
import { Invalid } from "../invalid.js";
import { LLM_COLUMNS } from "../table/index.js";
import { parseDuration } from "../units.js";
import type { Bad } from "./bad-rows.js";
import type { CsvReader } from "./csv.js";
import { fieldText, readRows, TOO_FEW } from "./csv-rows.js";
import { type DatedLog, writeDatedLog } from "./dated-log.js";
import type { Format, Read, Reading } from "./format.js";
import { functionLabels } from "./function-labels.js";
import { InvocationLog } from "./invocation-log.js";
import { Keys } from "./keys.js";
import { unread } from "./notes.js";
import { parseTimestamp } from "./timestamp.js";
import type { SourceFile } from "./trace.js";
import { emptyRow } from "./workload-fields.js";

const COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"];
const TIME = "a time such as 2023-11-16 18:17:03.9799600";
const TOKENS = "a whole number of tokens >= 0";
const MOST_TOKENS = 2147483647;

/**
 * Seconds a token, about as the paper published with the trace measures them for Llama2-70B on one machine of 8 H100,
 * a request at a time (table of P50 metrics): the first token after 95 ms in code (median prompt 1,500 tokens) and 84 ms
 * in conversation (1,020), then a token every 31 and 28 ms.
 */
const OPTIONS = {
  "context-token-time": { argument: "time", default: "0.07ms", about: "runtime of a token of the prompt" },
  "generated-token-time": { argument: "time", default: "30ms", about: "runtime of a token of the answer" },
} as const;

/** Requests to language models, their tokens turned into runtime. */
export const azureLlm2023: Format = {
  about: "requests to language models, with their tokens; CSV",
  families: [{ name: "requests", kinds: ["csv"], columns: COLUMNS }],
  options: OPTIONS,
  read,
};

/** Seconds of a token of the prompt, and of one of the answer. */
interface Rates {
  readonly context: number;
  readonly generated: number;
}

async function read(reading: Reading): Promise<Read> {
  const rates = { context: rate(reading, "context-token-time"), generated: rate(reading, "generated-token-time") };
  const into = { log: new InvocationLog(undefined, LLM_COLUMNS), keys: new Keys(), labels: functionLabels() };
  const counts = { kept: 0, filled: 0, quarantined: 0 };
  const sources: SourceFile[] = [];
  const unknown: string[] = [];
  let unnamed = false;
  for (const { path, name } of reading.sources.get("requests")!) {
    const service = /(?:^|[^a-z])(code|conv)(?:[^a-z]|$)/i.exec(name)?.[1]?.toLowerCase();
    unnamed ||= service === undefined;
    const key = into.keys.intern(-1, -1, service === undefined ? -1 : into.labels.function.internString(service), -1);
    const file = await readRows(path, reading.badRows, counts, reading.onBytes, (reader) => {
      const names = (reader.columns ?? []).map(reading.ours);
      unknown.push(...names.filter((column) => !COLUMNS.includes(column)));
      return rowsOf(names, name, into, key, rates);
    });
    sources.push(file);
  }
  const written = await writeDatedLog(reading.folder, into, sources[0]!.name);
  return {
    ...written,
    sources,
    conversion: { context_token_s: rates.context, generated_token_s: rates.generated },
    rows: { requests: counts },
    lacks: [...(unnamed ? ["function"] : []), "owner", "app", "trigger", "memory", "price_class"],
    notes: [
      `the files have no durations: runtime = ${reading.option("context-token-time")} x ContextTokens + ` +
        `${reading.option("generated-token-time")} x GeneratedTokens (--context-token-time, --generated-token-time)`,
      unread(unknown),
    ],
  };
}

function rate(reading: Reading, name: keyof typeof OPTIONS): number {
  return parseDuration(reading.option(name), `--${name}`);
}

function rowsOf(
  names: readonly string[],
  file: string,
  { log }: DatedLog,
  key: number,
  rates: Rates,
): (reader: CsvReader) => Bad | null {
  const role = names.map((name) => COLUMNS.indexOf(name));
  for (const [i, name] of COLUMNS.entries()) {
    if (role.indexOf(i) === role.lastIndexOf(i)) continue;
    throw new Invalid("column", name, `${file} line 1, twice`, "each column once");
  }
  const row = { ...emptyRow(), key };
  const tokens = [0, 0];
  return (reader) => {
    let bad: Bad | null = null;
    for (let column = 0; column < role.length; column++) {
      const at = role[column]!;
      if (at < 1) {
        if (!reader.next()) return TOO_FEW;
        if (at < 0) continue;
        row.arrival = parseTimestamp(reader.text, reader.start, reader.end);
        if (Number.isNaN(row.arrival)) bad ??= { what: "TIMESTAMP", value: fieldText(reader), expected: TIME };
      } else {
        if (!reader.nextNumber()) return TOO_FEW;
        const { value } = reader;
        if (!(Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS)) {
          bad ??= { what: COLUMNS[at]!, value: fieldText(reader), expected: TOKENS };
        }
        tokens[at - 1] = value;
      }
    }
    if (!reader.ended) return TOO_FEW;
    if (bad !== null) return bad;
    row.runtime = tokens[0]! * rates.context + tokens[1]! * rates.generated;
    log.add(row, log.rows, tokens);
    return null;
  };
}
