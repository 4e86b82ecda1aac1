/**
 * Huawei Public Cloud 2025. Huawei SIR Lab, CC-BY 4.0; Joosen et al., Serverless Cold Starts and Where to Find Them,
 * EuroSys'25. https://github.com/sir-lab/data-release/blob/main/README_data_release_2025.md
 *
 * CSV files of one region (its numbers mean nothing in another), plain or .gz; those of a family are read as one:
 * - requests, a row each: time_worker and totalCost_worker (seconds), funcName, userID, podID, memory_usage (MB, read as
 *   MiB). What the time stamp marks is not documented: it is read as the request's end, since the frontend, which has a
 *   request before and after its worker, stamps it later. So arrival = time_worker - totalCost_worker, counted
 *   from the minute of the first; runtime = totalCost_worker. memory_usage, the pod's mean while the request ran, is both its
 *   initial and its peak memory. Columns of the frontend, cpu_usage and the parts of totalCost_worker are left out.
 * - functions: funcID and triggerType-invocationType, which becomes the trigger as it stands.
 *
 * A function is the provider's funcID, funcName---userID---poolName, the pool being podID's first three parts; its owner
 * is userID. Rows are put in order of arrival, function and runtime, so that their order in the files does not matter.
 * Cold starts and the quantiles per minute are recognised and left aside: they say nothing of single requests.
 */
import { Invalid } from "../invalid.js";
import { arrivalOrder } from "./arrival-order.js";
import { ContentHash } from "./content-hash.js";
import { cpuShares } from "./cpu-share.js";
import { readRows } from "./csv-rows.js";
import type { Format, Read, Reading, Source } from "./format.js";
import { functionsOf, idsByLabels } from "./function-ids.js";
import { functionLabels } from "./function-labels.js";
import { REQUEST_COLUMNS, requestRows, triggerRows } from "./huawei-requests.js";
import { InvocationLog } from "./invocation-log.js";
import { Keys } from "./keys.js";
import { noted, unread } from "./notes.js";
import type { Functions, SourceFile } from "./trace.js";
import { writeFunctions } from "./trace-writer.js";

const SERIES = /^\d+---\d+---/;

/** A log of requests of one region. */
export const huawei2025: Format = {
  about: "requests with their pods, times and memory; CSV",
  families: [
    { name: "requests", kinds: ["csv"], columns: ["time_worker", "totalCost_worker", "funcName"] },
    { name: "functions", kinds: ["csv"], columns: ["funcID", "triggerType-invocationType"] },
    { name: "cold_starts", kinds: ["csv"], columns: ["funcName", "totalCost_cold_start"] },
    {
      name: "series",
      kinds: ["csv"],
      columns: ["day", "time", { like: SERIES, shown: "functions 400---418---pool …" }],
    },
  ],
  read,
};

async function read(reading: Reading): Promise<Read> {
  const sources = reading.sources.get("requests")!;
  const has = (name: string) => sources.some(({ columns }) => columns.includes(name));
  const memory = has("memory_usage");
  const log = new InvocationLog({ priceClass: false, parent: false, memoryInitial: memory, memoryPeak: memory });
  const keys = new Keys();
  const labels = functionLabels();
  const requests = await readAll(reading, sources, (columns, file) => requestRows(columns, file, log, keys, labels));
  if (log.rows === 0) {
    throw new Invalid("file", requests.files[0]!.name, "every row is bad", "at least one row that can be kept");
  }
  const triggers = new Map<string, string>();
  const known = reading.sources.get("functions") ?? [];
  const told = await readAll(reading, known, (columns, file) => triggerRows(columns, file, triggers));

  const { start, note } = moveToStart(log.arrival.subarray(0, log.rows));
  const ids = idsByLabels(keys, {
    ...{ owner: labels.owner.ranks(), app: labels.app.ranks(), function: labels.function.ranks() },
  });
  const { key, runtime } = log;
  const byFunction = (a: number, b: number) => ids.idOf[key[a]!]! - ids.idOf[key[b]!]! || runtime[a]! - runtime[b]!;
  const order = arrivalOrder(log.arrival, log.rows, byFunction);
  const functions = named(
    functionsOf(ids, keys, labels, () => -1),
    triggers,
  );
  const hash = new ContentHash();
  await log.write(reading.folder, order, ids.idOf, hash);
  await writeFunctions(reading.folder, functions);
  hash.labels("functions", functions);
  const duration_s = log.arrival[order ? order[log.rows - 1]! : log.rows - 1]!;
  const aside = (family: string) => reading.sources.get(family)?.length ?? 0;
  return {
    kind: "invocations",
    sha256: hash.digest({ kind: "invocations", duration_s }),
    sources: [...requests.files, ...told.files],
    keyed_by: "labels",
    ...{ first_minute: start / 60, duration_s, functions: functions.owner.length, invocations: log.rows },
    rows: { requests: requests.counts, ...(known.length > 0 && { functions: told.counts }) },
    cpu: cpuShares(functions, log.cpu(ids.idOf, functions.owner.length, order)),
    lacks: [
      ...(has("userID") ? [] : ["owner"]),
      "app",
      ...(functions.trigger.every((trigger) => trigger === null) ? ["trigger"] : []),
      ...(memory ? [] : ["memory"]),
      "price_class",
    ],
    notes: [
      note,
      noted(aside("cold_starts"), "file", "files", "of cold starts left aside: they are no requests"),
      noted(aside("series"), "file", "files", "of quantiles per minute left aside: they are no requests"),
      unread(sources.flatMap(({ columns }) => columns.filter((name) => !REQUEST_COLUMNS.includes(name)))),
    ].filter(Boolean),
  };
}

async function readAll(
  reading: Reading,
  sources: readonly Source[],
  parser: (columns: readonly string[], file: string) => ReturnType<Parameters<typeof readRows>[4]>,
) {
  const counts = { kept: 0, filled: 0, quarantined: 0 };
  const files: SourceFile[] = [];
  for (const { path, name, columns } of sources) {
    files.push(await readRows(path, reading.badRows, counts, reading.onBytes, () => parser(columns, name)));
  }
  return { counts, files };
}

/** The provider's names and triggers of functions whose parts are owner, pool (as app) and name. */
function named({ owner, app, function: name }: Functions, triggers: ReadonlyMap<string, string>): Functions {
  const funcID = name.map((text, f) => [text, owner[f], app[f]].filter((part) => part !== null).join("---"));
  return {
    owner,
    app: app.map(() => null),
    function: funcID,
    trigger: funcID.map((id) => triggers.get(id) ?? null),
  };
}

/** Moves arrivals so that they count from the minute of the first, or from the first itself where that is below 0. */
function moveToStart(arrival: Float64Array): { start: number; note: string } {
  let earliest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < arrival.length; i++) if (arrival[i]! < earliest) earliest = arrival[i]!;
  const minute = Math.floor(earliest / 60);
  const start = minute < 0 ? earliest : minute * 60;
  if (start !== 0) for (let i = 0; i < arrival.length; i++) arrival[i]! -= start;
  if (minute < 0) return { start: 0, note: `the earliest start was ${start} s: all arrivals moved by that, to 0` };
  return { start, note: minute > 0 ? `arrivals count from minute ${minute} of the release, that of the first` : "" };
}
