/**
 * Azure Functions 2021. Microsoft, CC-BY 4.0; Zhang et al., Faster and Cheaper Serverless Computing on Harvested
 * Resources, SOSP'21.
 * https://github.com/Azure/AzurePublicDataset/blob/master/AzureFunctionsInvocationTrace2021.md
 *
 * One CSV (or several, which are read as one), plain or .gz: app, func, end_timestamp, duration; one row an invocation,
 * both times in seconds. The arrival is the start, end_timestamp - duration, on the provider's clock; where the earliest
 * is below 0, all are moved so that it is 0. `func` is unique only inside its app. Rows are put in order of start, app,
 * func and duration, so that their order in the file does not matter. Durations of 0 stay. Other columns are left out.
 */
import { basename } from "node:path";
import { Invalid } from "../invalid.js";
import { arrivalOrder } from "./arrival-order.js";
import type { Bad } from "./bad-rows.js";
import { ContentHash } from "./content-hash.js";
import { cpuShares } from "./cpu-share.js";
import type { CsvReader } from "./csv.js";
import { fieldText, internField, readRows, TOO_FEW } from "./csv-rows.js";
import type { Format, Read, Reading } from "./format.js";
import { functionsOf, idsByLabels } from "./function-ids.js";
import { type FunctionLabels, functionLabels } from "./function-labels.js";
import { InvocationLog, type LogRow } from "./invocation-log.js";
import { Keys } from "./keys.js";
import { unread } from "./notes.js";
import type { SourceFile } from "./trace.js";
import { writeFunctions } from "./trace-writer.js";

const COLUMNS = ["app", "func", "end_timestamp", "duration"];
const NUMBERS = ["", "", "a number of seconds", "a number of seconds >= 0"];

/** A log of invocations: app, function, end and duration. */
export const azureFunctions2021: Format = {
  about: "a log of invocations with their ends and durations; CSV",
  families: [{ name: "invocations", kinds: ["csv"], columns: COLUMNS }],
  read,
};

async function read(reading: Reading): Promise<Read> {
  const keys = new Keys();
  const labels = functionLabels();
  const log = new InvocationLog();
  const counts = { kept: 0, filled: 0, quarantined: 0 };
  const sources: SourceFile[] = [];
  const unknown: string[] = [];
  for (const source of reading.sources.get("invocations")!) {
    const file = await readRows(source.path, reading.badRows, counts, reading.onBytes, (reader) => {
      const names = (reader.columns ?? []).map(reading.ours);
      unknown.push(...names.filter((name) => !COLUMNS.includes(name)));
      return rowsOf(names, basename(source.path), log, keys, labels);
    });
    sources.push(file);
  }
  if (log.rows === 0) {
    throw new Invalid("file", sources[0]!.name, "every row is bad", "at least one row that can be kept");
  }
  const moved = moveToZero(log.arrival.subarray(0, log.rows));
  const none = new Int32Array(0);
  const ids = idsByLabels(keys, { owner: none, app: labels.app.ranks(), function: labels.function.ranks() });
  const { key, runtime } = log;
  const order = arrivalOrder(
    log.arrival,
    log.rows,
    (a, b) => ids.idOf[key[a]!]! - ids.idOf[key[b]!]! || runtime[a]! - runtime[b]!,
  );
  const functions = functionsOf(ids, keys, labels, () => -1);
  const hash = new ContentHash();
  await log.write(reading.folder, order, ids.idOf, hash);
  await writeFunctions(reading.folder, functions);
  hash.labels("functions", functions);
  const duration_s = log.arrival[order ? order[log.rows - 1]! : log.rows - 1]!;
  return {
    kind: "invocations",
    sha256: hash.digest({ kind: "invocations", duration_s }),
    sources,
    keyed_by: "labels",
    first_minute: 0,
    duration_s,
    functions: functions.app.length,
    invocations: log.rows,
    rows: { invocations: counts },
    cpu: cpuShares(functions, log.cpu(ids.idOf, functions.owner.length, order)),
    lacks: ["owner", "trigger", "memory", "price_class"],
    notes: [unread(unknown), moved < 0 ? `the earliest start was ${moved} s: all arrivals moved by that, to 0` : ""],
  };
}

function rowsOf(
  names: readonly string[],
  file: string,
  log: InvocationLog,
  keys: Keys,
  labels: FunctionLabels,
): (reader: CsvReader) => Bad | null {
  const role = names.map((name) => COLUMNS.indexOf(name));
  for (const [i, name] of COLUMNS.entries()) {
    if (role.indexOf(i) === role.lastIndexOf(i)) continue;
    throw new Invalid("column", name, `${file} line 1, twice`, "each column once");
  }
  const row: LogRow = {
    ...{
      key: 0,
      arrival: 0,
      runtime: 0,
      priceClass: -1,
      memoryInitial: Number.NaN,
      memoryPeak: Number.NaN,
      parent: -1,
    },
  };
  return (reader) => {
    let app = -1;
    let func = -1;
    let ended = 0;
    for (let column = 0; column < role.length; column++) {
      const at = role[column]!;
      if (at < 0) {
        if (!reader.next()) return TOO_FEW;
        continue;
      }
      if (at < 2) {
        const id = internField(reader, at === 0 ? labels.app : labels.function, names[column]!);
        if (typeof id !== "number") return id;
        if (at === 0) app = id;
        else func = id;
        continue;
      }
      if (!reader.nextNumber()) return TOO_FEW;
      const { value } = reader;
      if (Number.isNaN(value) || (at === 3 && value < 0)) {
        const bad = { what: COLUMNS[at]!, value: fieldText(reader), expected: NUMBERS[at]! };
        for (let rest = column + 1; rest < role.length; rest++) if (!reader.next()) return TOO_FEW;
        return reader.ended ? bad : TOO_FEW;
      }
      if (at === 2) ended = value;
      else row.runtime = value;
    }
    if (!reader.ended) return TOO_FEW;
    row.key = keys.intern(-1, app, func, -1);
    row.arrival = ended - row.runtime;
    log.add(row, log.rows);
    return null;
  };
}

/** Where the earliest arrival is below 0, moves all so that it is 0; the earliest is returned. */
function moveToZero(arrival: Float64Array): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < arrival.length; i++) if (arrival[i]! < earliest) earliest = arrival[i]!;
  if (earliest < 0) for (let i = 0; i < arrival.length; i++) arrival[i]! -= earliest;
  return earliest;
}
