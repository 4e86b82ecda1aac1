/**
 * Huawei Cloud 2023, private and public. Huawei SIR Lab, CC-BY 4.0; Joosen et al., How Does It Function? Characterizing
 * Long-term Trends in Production Serverless Workloads, SoCC'23.
 * https://github.com/sir-lab/data-release/blob/main/README_data_release_2023.md
 *
 * Wide CSV files, plain or .gz, a folder of each family and a file of it per day: day (from 0), time (seconds since the
 * release's start), 0 … 199 (private) or 0 … 5092 (public): a column a function, nothing or NaN where it has no value.
 * Which family a file is of stands only in the name of its folder, or in its own:
 * - requests_minute, requests_second: requests; seconds are added up to minutes. A day that has both is read by the minute.
 * - function_delay_minute, function_delay_second: mean execution time over a function's pods; the unit is not documented,
 *   and read as milliseconds. durations.arrow has, by day, the mean and the percentiles of the minutes' delays, weighted by
 *   their requests; of seconds, a minute's delay is the mean, as in the provider's own files per minute.
 * - memory_limit_minute (MB a pod, read as MiB) and memory_usage_minute (share of it, 1 is all): memory.arrow has, by
 *   function and day, the mean and the percentiles of the minutes' products; the limit alone where there is no usage.
 *
 * Left aside, though recognised: platform_delay, cpu_usage, cpu_limit, instances: a trace has no place for them. A day's
 * rows have to stand together. The public files have requests only. Functions are numbered in order of their columns.
 */
import { ContentHash } from "./content-hash.js";
import { writeCounts } from "./count-writer.js";
import { type CpuTotals, cpuShares, noCpu } from "./cpu-share.js";
import { DAY_MINUTES } from "./day-cells.js";
import { type Family, type Format, placeOf, type Read, type Reading, type Source } from "./format.js";
import { type RequestDays, readRequests } from "./huawei-days.js";
import { readDelays, readMemory } from "./huawei-statistics.js";
import { FUNCTION, functionsIn, otherColumns } from "./huawei-wide.js";
import { listed, noted, unread } from "./notes.js";
import type { DurationRows, Functions } from "./trace.js";
import { writeDurations, writeFunctions, writeMemory } from "./trace-writer.js";

const COMPANIONS = [
  "function_delay",
  "memory_limit",
  "memory_usage",
  "platform_delay",
  "cpu_usage",
  "cpu_limit",
  "instances",
];
const UNREAD = COMPANIONS.slice(3);
const FOLDER = new RegExp(`^(?:requests|${COMPANIONS.join("|")})_(?:minute|second)$`);

function family(name: string, place: RegExp): Family {
  return { name, place, kinds: ["csv"], columns: ["day", "time", { like: FUNCTION, shown: "functions 0, 1 …" }] };
}

/** Requests per function and minute, with delays and memory where the files are there. */
export const huawei2023: Format = {
  about: "requests a minute or second, wide, with delays and memory; CSV",
  families: [
    family("requests", new RegExp(`^(?!.*(?:${COMPANIONS.join("|")}))`)),
    ...COMPANIONS.map((name) => family(name, new RegExp(name))),
  ],
  folders: FOLDER,
  read,
};

async function read(reading: Reading): Promise<Read> {
  const of = (name: string) => reading.sources.get(name) ?? [];
  const { kept, doubled } = byMinute(of("requests"));
  const numbers = functionsIn(kept.map(({ columns }) => columns));
  const idOf = new Map(numbers.map((number, id) => [number, id]));
  const names = numbers.map(String);
  const unknown = names.map(() => null);
  const functions = { owner: unknown, app: unknown, function: names, trigger: unknown };
  const requests = await readRequests(reading, kept, idOf);
  const delaySources = byMinute(of("function_delay")).kept;
  const delays = await readDelays(reading, delaySources, idOf, requests);
  const [limits, usage] = [of("memory_limit"), of("memory_usage")];
  const memory = await readMemory(reading, limits, limits.length > 0 ? usage : [], idOf, requests, names);

  const hash = new ContentHash();
  const idOfKey = Int32Array.from(numbers.keys());
  await writeCounts(reading.folder, requests, { idOf: idOfKey }, hash);
  await writeFunctions(reading.folder, functions);
  await writeDurations(reading.folder, delays.rows);
  await writeMemory(reading.folder, memory.rows);
  hash.labels("functions", functions);
  hash.durations(delays.rows);
  hash.memory(memory.rows);
  const first_minute = (requests.firstDay - 1) * DAY_MINUTES + requests.firstMinute;
  const duration_s = 60 * ((requests.lastDay - 1) * DAY_MINUTES + requests.lastMinute + 1 - first_minute);
  const aside = UNREAD.filter((name) => of(name).length > 0);
  if (limits.length === 0 && usage.length > 0) aside.unshift("memory_usage (without memory_limit)");
  const read = [...kept, ...delaySources, ...limits, ...(limits.length > 0 ? usage : [])];
  return {
    kind: "counts",
    sha256: hash.digest({ kind: "counts", duration_s }),
    sources: [requests, delays, memory.limits, memory.usage].flatMap(({ sources }) => sources),
    keyed_by: "labels",
    ...{ first_minute, duration_s, functions: names.length, invocations: requests.invocations },
    rows: {
      requests: requests.counts,
      ...(delaySources.length > 0 && { function_delay: delays.counts }),
      ...(limits.length > 0 && { memory_limit: memory.limits.counts }),
      ...(limits.length > 0 && usage.length > 0 && { memory_usage: memory.usage.counts }),
    },
    cpu: cpuShares(functions, cpuOf(requests, functions, delays.rows)),
    lacks: [
      ...["owner", "app", "trigger"],
      ...(delays.rows.length > 0 ? [] : ["durations"]),
      ...(memory.rows.length > 0 ? [] : ["memory"]),
      "price_class",
    ],
    notes: [
      gaps(requests),
      requests.perSecond ? "requests per second were added up to minutes" : "",
      noted(doubled.length, "file", "files", "per second left aside: there is one per minute of the same name"),
      noted(requests.repeated, "row", "rows", "of requests added to another of the same time"),
      delays.rows.length > 0 ? "function_delay was read as milliseconds" : "",
      noted(delays.outside, "day", "days", "of function_delay left out: no requests"),
      aside.length > 0 ? `left aside, nothing in a trace is made from them: ${listed(aside)}` : "",
      unread(read.flatMap(({ columns }) => otherColumns(columns))),
    ].filter(Boolean),
  };
}

/** Files per second of which there is one per minute of the same name are left aside. */
function byMinute(sources: readonly Source[]): { kept: Source[]; doubled: Source[] } {
  const perSecond = ({ path }: Source) => placeOf(path).includes("second");
  const minutes = new Set(sources.filter((source) => !perSecond(source)).map(({ name }) => name.replace(/\.gz$/, "")));
  const isDoubled = (source: Source) => perSecond(source) && minutes.has(source.name.replace(/\.gz$/, ""));
  return { kept: sources.filter((source) => !isDoubled(source)), doubled: sources.filter(isDoubled) };
}

function gaps({ days, firstDay, lastDay }: RequestDays): string {
  const missing = lastDay - firstDay + 1 - days.length;
  const rest = `of ${lastDay - firstDay + 1} without requests in the files: minutes without invocations`;
  return noted(missing, "day", "days", rest);
}

/** Invocations of a day times the day's average delay, where that is known and not below 0. */
function cpuOf({ days, firstDay }: RequestDays, functions: Functions, durations: DurationRows): CpuTotals {
  const totals = noCpu(functions.function.length);
  const sums = new Map<number, Float64Array>();
  for (const { day, rows, key, sum } of days) {
    const ofDay = new Float64Array(functions.function.length);
    for (let row = 0; row < rows; row++) ofDay[key[row]!]! += sum[row]!;
    for (let f = 0; f < ofDay.length; f++) totals.invocations[f]! += ofDay[f]!;
    sums.set(day - firstDay, ofDay);
  }
  for (let row = 0; row < durations.length; row++) {
    const f = durations.functionId[row]!;
    const average = durations.average[row]!;
    const count = average >= 0 ? (sums.get(durations.day[row]!)?.[f] ?? 0) : 0;
    totals.known[f]! += count;
    totals.cpu_s[f]! += (count * average) / 1000;
  }
  return totals;
}
