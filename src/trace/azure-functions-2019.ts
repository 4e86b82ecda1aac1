/**
 * Azure Functions 2019. Microsoft, CC-BY 4.0; Shahrad et al., Serverless in the Wild, ATC'20.
 * https://github.com/Azure/AzurePublicDataset/blob/master/AzureFunctionsDataset2019.md
 *
 * Three families of CSV files, a file of each per day (`….d01.csv`; a name without a day is the first day), plain or .gz:
 * - invocations: HashOwner, HashApp, HashFunction, Trigger, 1 … 1440: invocations recorded in each minute of the day.
 *   The minutes may be some of the day's, named 480, minute_480 or 480_minute; counts may be written 57523.0.
 * - durations: HashOwner, HashApp, HashFunction, Average, Count, Minimum, Maximum, percentile_Average_{0 … 100}: ms of
 *   wall-clock time without cold start; percentiles of 30-second averages.
 * - memory: HashOwner, HashApp, (HashFunction,) SampleCount, AverageAllocatedMb, AverageAllocatedMb_pct{1 … 100}: MB, read
 *   as MiB; per app, or per function where HashFunction is there.
 *
 * Values stay as they are, negative averages too. Rows of one function and day are added up in invocations; in durations
 * and memory the one with the larger count stays. Left out: columns not named here; durations and memory of functions,
 * apps and days without invocations, for which nothing could be replayed.
 */
import { MINUTE } from "./azure-2019-counts.js";
import { type Days, originOf, readDays } from "./azure-2019-days.js";
import { DURATION_COLUMNS, MEMORY_COLUMNS } from "./azure-2019-statistics.js";
import { cpuOf, durationsOf, memoryOf, readStatistics } from "./azure-2019-tables.js";
import { both } from "./both.js";
import { ContentHash } from "./content-hash.js";
import { writeCounts } from "./count-writer.js";
import { cpuShares } from "./cpu-share.js";
import { DAY_MINUTES } from "./day-cells.js";
import type { Format, Read, Reading } from "./format.js";
import { type FunctionIds, functionsOf, idsByLabels, type Ranks } from "./function-ids.js";
import { noted } from "./notes.js";
import { writeDurations, writeFunctions, writeMemory } from "./trace-writer.js";

const KEY = ["HashOwner", "HashApp", "HashFunction"];

/** Counts per function and minute, with percentiles of durations and memory. */
export const azureFunctions2019: Format = {
  about: "counts a minute, percentiles of durations and memory; CSV",
  families: [
    { name: "invocations", kinds: ["csv"], columns: [...KEY, { like: MINUTE, shown: "minutes 1 … 1440" }] },
    { name: "durations", kinds: ["csv"], columns: [...KEY, "Average"] },
    { name: "memory", kinds: ["csv"], columns: ["HashOwner", "HashApp", "AverageAllocatedMb"] },
  ],
  read,
};

async function read(reading: Reading): Promise<Read> {
  const days = await readDays(reading);
  const { keys, labels } = days;
  const ranks = { owner: labels.owner.ranks(), app: labels.app.ranks(), function: labels.function.ranks() };
  const ids = idsByLabels(keys, ranks);
  const triggers = days.triggers.decide(keys.size, labels.trigger.ranks());
  const functions = functionsOf(ids, keys, labels, (key) => triggers.of[key]!);
  const hash = new ContentHash();
  const [merged, { durationRows, memoryRows, durations, memory }] = await both(
    writeCounts(reading.folder, days, ids, hash),
    readPercentiles(reading, days, ids, ranks),
  );
  await writeFunctions(reading.folder, functions);
  hash.labels("functions", functions);
  hash.durations(durations.rows);
  hash.memory(memory.rows);
  const first_minute = originOf(days);
  const duration_s = 60 * ((days.lastDay - 1) * DAY_MINUTES + days.lastMinute + 1 - first_minute);
  const lacks = [
    days.hasTrigger ? "" : "trigger",
    durations.rows.length > 0 ? "" : "durations",
    memory.rows.length > 0 ? "" : "memory",
    "price_class",
  ];
  return {
    kind: "counts",
    sha256: hash.digest({ kind: "counts", duration_s }),
    sources: [...days.sources, ...durationRows.sources, ...memoryRows.sources],
    keyed_by: "labels",
    first_minute,
    duration_s,
    functions: functions.owner.length,
    invocations: days.invocations,
    rows: { invocations: days.counts, durations: durationRows.counts, memory: memoryRows.counts },
    cpu: cpuShares(functions, cpuOf(days, ids, durations.rows)),
    lacks: lacks.filter(Boolean),
    notes: [
      ...days.notes,
      noted(merged, "row", "rows", "of invocations added to another of the same function and day"),
      noted(
        triggers.conflicts,
        "function has",
        "functions have",
        "several triggers: the one with most invocations stays",
      ),
      ...durationRows.notes,
      ...durations.notes,
      ...memoryRows.notes,
      ...memory.notes,
    ].filter(Boolean),
  };
}

/** Reads and writes durations and memory. */
async function readPercentiles(reading: Reading, days: Days, ids: FunctionIds, ranks: Ranks) {
  const { keys, labels } = days;
  const durationRows = await readStatistics(reading, "durations", DURATION_COLUMNS, days);
  const memoryRows = await readStatistics(reading, "memory", MEMORY_COLUMNS, days);
  const durations = durationsOf(durationRows.table, keys, ids, ranks);
  await writeDurations(reading.folder, durations.rows);
  const memory = memoryOf(memoryRows.table, keys, labels, ranks);
  await writeMemory(reading.folder, memory.rows);
  return { durationRows, memoryRows, durations, memory };
}
