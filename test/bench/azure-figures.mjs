// Reads the first day of a folder of Azure Functions 2019 files and measures every figure that the release's first day is
// known by: for the bench and the test of `generate azure`. It knows nothing of how the files were made.
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const DAY = 1440;
const TRIGGERS = {
  timer: [37.5, 1.8],
  http: [34.3, 22.5],
  queue: [14.9, 42.4],
  orchestration: [7.1, 1.4],
  event: [2.7, 30.9],
  storage: [2, 0.8],
  others: [1.4, 0.1],
};

/** @typedef {{ what: string, target: number, got: number, within: number, size: boolean }} Figure `size`: of all functions together, no quantile or share */

/** Quantile of Hyndman and Fan's type 1. @param {readonly number[]} sorted @param {number} q */
function quantile(sorted, q) {
  return sorted[Math.max(0, Math.ceil(sorted.length * q - 1e-9) - 1)] ?? Number.NaN;
}

/** @param {Iterable<number>} values */
const ascending = (values) => [...values].sort((a, b) => a - b);

/**
 * Coefficient of variation of the gaps between invocations, each at the start of its minute. @param {readonly number[]} counts
 * @returns {number} NaN with fewer than three invocations, or all in one minute
 */
export function gapCv(counts) {
  const gaps = [];
  let last = -1;
  counts.forEach((count, minute) => {
    if (count === 0) return;
    if (last >= 0) gaps.push(minute - last);
    last = minute;
  });
  const n = counts.reduce((a, b) => a + b, 0) - 1;
  const mean = gaps.reduce((a, b) => a + b, 0) / n;
  if (n < 2 || gaps.length === 0) return Number.NaN;
  const squares = gaps.reduce((a, b) => a + (b - mean) * (b - mean), 0) + (n - gaps.length) * mean * mean;
  return Math.sqrt(squares / n) / mean;
}

/** Rows of one of the folder's files, split. @param {string} folder @param {string} family */
async function* rowsOf(folder, family) {
  const lines = createInterface({ input: createReadStream(join(folder, `${family}.anon.d01.csv`)) });
  let header = true;
  for await (const line of lines) {
    if (!header) yield line.split(",");
    header = false;
  }
}

/** Measures a folder. @param {string} folder @returns {Promise<{ figures: Figure[], facts: Record<string, number> }>} */
export async function measure(folder) {
  /** @type {Map<string, { counts: number[], functions: number, total: number }>} */
  const apps = new Map();
  const owners = new Set();
  const perMinute = new Array(DAY).fill(0);
  /** @type {Record<string, { functions: number, invocations: number }>} */
  const triggers = {};
  /** @type {Map<string, number>} */
  const totals = new Map();
  let functions = 0;
  let zeros = 0;
  let largest = 0;
  for await (const row of rowsOf(folder, "invocations_per_function_md")) {
    const [owner = "", app = "", name = "", trigger = ""] = row;
    const key = `${owner},${app}`;
    const one = apps.get(key) ?? { counts: new Array(DAY).fill(0), functions: 0, total: 0 };
    apps.set(key, one);
    owners.add(owner);
    let total = 0;
    for (let minute = 0; minute < DAY; minute++) {
      const count = Number(row[minute + 4]);
      if (count === 0) zeros++;
      if (count > largest) largest = count;
      total += count;
      one.counts[minute] += count;
      perMinute[minute] += count;
    }
    functions++;
    one.functions++;
    one.total += total;
    totals.set(`${key},${name}`, total);
    const of = triggers[trigger] ?? { functions: 0, invocations: 0 };
    triggers[trigger] = of;
    of.functions++;
    of.invocations += total;
  }
  const invocations = perMinute.reduce((a, b) => a + b, 0);
  /** @type {Figure[]} */
  const figures = [];
  /** @param {string} what @param {number} target @param {number} got @param {number} within @param {boolean} size */
  const add = (what, target, got, within = 0.1, size = false) => figures.push({ what, target, got, within, size });
  /** @type {(what: string, target: number, got: number) => void} */
  const addSize = (what, target, got) => add(what, target, got, 0.1, true);
  addSize("functions", 46412, functions);
  addSize("invocations", 909783379, invocations);
  addSize("invocations in the quietest minute", 501568, Math.min(...perMinute));
  addSize("invocations in the busiest minute", 801572, Math.max(...perMinute));
  addSize("largest cell", 151835, largest);
  add("cells that are 0, %", 84.98, (100 * zeros) / functions / DAY);
  add("cells above 0, %", 15.02, 100 - (100 * zeros) / functions / DAY);
  for (const [name, [ofFunctions = 0, ofInvocations = 0]] of Object.entries(TRIGGERS)) {
    add(`functions by ${name}, %`, ofFunctions, (100 * (triggers[name]?.functions ?? 0)) / functions);
    add(`invocations by ${name}, %`, ofInvocations, (100 * (triggers[name]?.invocations ?? 0)) / invocations);
  }
  /** @type {(what: string, values: number[], targets: [number, number][]) => void} */
  const quantiles = (what, values, targets) => {
    for (const [q, target] of targets) {
      add(`${what} q${q}`, target, quantile(values, q / 100), q === 99 ? 0.25 : 0.1, q === 100);
    }
  };
  const sizes = ascending([...apps.values()].map((app) => app.functions));
  /** @param {readonly number[]} values @param {(value: number) => boolean} is */
  const share = (values, is) => (100 * values.filter(is).length) / values.length;
  add(
    "apps with 1 function, %",
    50.3,
    share(sizes, (size) => size === 1),
  );
  add(
    "apps with 2 functions or fewer, %",
    72.4,
    share(sizes, (size) => size <= 2),
  );
  add(
    "apps with 3 functions or fewer, %",
    81.9,
    share(sizes, (size) => size <= 3),
  );
  quantiles("functions per app", sizes, [
    [90, 5],
    [99, 20],
    [100, 298],
  ]);
  const perApp = ascending([...apps.values()].map((app) => app.total));
  quantiles("invocations per app", perApp, [
    [10, 2],
    [25, 15],
    [50, 288],
    [75, 1415],
    [90, 8573],
    [95, 35946],
    [99, 490000],
    [100, 127471685],
  ]);
  /** @param {number} count */
  const ofLargest = (count) => (100 * perApp.slice(-count).reduce((a, b) => a + b, 0)) / invocations;
  addSize("invocations of the top 10 apps, %", 46.4, ofLargest(10));
  add("invocations of the top 1 % of apps, %", 86.6, ofLargest(Math.round(apps.size / 100)));
  add(
    "apps at most once a minute, %",
    78,
    share(perApp, (n) => n <= 1440),
  );
  add(
    "apps at most once an hour, %",
    30.1,
    share(perApp, (n) => n <= 24),
  );
  const cvs = ascending([...apps.values()].map((app) => gapCv(app.counts)).filter((cv) => !Number.isNaN(cv)));
  quantiles("inter-arrival CV per app", cvs, [
    [25, 0.52],
    [50, 1.97],
    [75, 4.99],
    [99, 33.3],
  ]);
  add(
    "apps with an inter-arrival CV of 0, %",
    22.7,
    share(cvs, (cv) => cv < 1e-9),
  );
  const hours = Array.from({ length: 24 }, (_, h) => perMinute.slice(60 * h, 60 * h + 60).reduce((a, b) => a + b, 0));
  const mean = invocations / 24;
  add("13 h over the mean hour", 1.088, (hours[13] ?? 0) / mean);
  add("busiest hour over the mean", 1.088, Math.max(...hours) / mean);
  add("4 h over the mean hour", 0.913, (hours[4] ?? 0) / mean);
  add("quietest hour over the mean", 0.913, Math.min(...hours) / mean);
  const facts = { apps: apps.size, owners: owners.size, ...(await durations(folder, totals, quantiles)) };
  return { figures, facts: { ...facts, ...(await memory(folder, apps.size, quantiles)) } };
}

/** @param {string} folder @param {Map<string, number>} totals @param {(what: string, values: number[], targets: [number, number][]) => void} quantiles */
async function durations(folder, totals, quantiles) {
  const averages = [];
  const have = new Set();
  let [twice, negative, below, same, least, most, cpu, zero] = [0, 0, 0, 0, 0, 0, 0, 0];
  for await (const [owner, app, name, ...numbers] of rowsOf(folder, "function_durations_percentiles")) {
    const [average = 0, count, minimum, maximum, p0, , , p50 = 0, , , p100] = numbers.map(Number);
    const key = `${owner},${app},${name}`;
    averages.push(average);
    if (have.has(key)) twice++;
    have.add(key);
    if (average < 0) negative++;
    else cpu += (average * (totals.get(key) ?? 0)) / 1000;
    if (average === 0) zero++;
    if (average < p50) below++;
    if (count === totals.get(key)) same++;
    if (p0 !== minimum) least++;
    if (p100 !== maximum) most++;
  }
  quantiles("average duration, ms,", ascending(averages), [
    [10, 20],
    [25, 125],
    [50, 670],
    [75, 3120],
    [90, 16555],
    [95, 42295],
    [99, 222620],
  ]);
  const of = (/** @type {number} */ n) => (100 * n) / averages.length;
  return {
    "functions without durations": totals.size - have.size,
    "durations twice": twice,
    "negative averages": negative,
    "averages of 0, %": of(zero),
    "average below p50, %": of(below),
    "Count is the invocations, %": of(same),
    "p0 is not Minimum, %": of(least),
    "p100 is not Maximum, %": of(most),
    "seconds an invocation": cpu / [...totals.values()].reduce((a, b) => a + b, 0),
    "busy cores": cpu / 86400,
  };
}

/** @param {string} folder @param {number} apps @param {(what: string, values: number[], targets: [number, number][]) => void} quantiles */
async function memory(folder, apps, quantiles) {
  const averages = [];
  const have = new Set();
  for await (const [owner, app, , average] of rowsOf(folder, "app_memory_percentiles")) {
    averages.push(Number(average));
    have.add(`${owner},${app}`);
  }
  quantiles("app memory, MB,", ascending(averages), [
    [5, 100],
    [25, 120],
    [50, 140],
    [75, 185],
    [90, 210],
    [95, 240],
    [99, 405],
  ]);
  return { "apps without memory": apps - have.size, "memory twice": averages.length - have.size };
}

/** Those further from their targets than they may be. @param {readonly Figure[]} figures */
export const missed = (figures) => figures.filter(({ target, got, within }) => !(Math.abs(got / target - 1) <= within));

/** A table of the figures. @param {readonly Figure[]} figures */
export function table(figures) {
  const shown = (/** @type {number} */ value) =>
    value >= 1000 ? Math.round(value).toLocaleString("en-US") : `${Number(value.toPrecision(4))}`;
  const lines = figures.map(({ what, target, got, within }) => {
    const off = got / target - 1;
    const percent = `${off < 0 ? "-" : "+"}${Math.abs(100 * off).toFixed(1)} %`;
    return `${what.padEnd(40)} ${shown(target).padStart(13)} ${shown(got).padStart(13)} ${percent.padStart(10)}${Math.abs(off) > within ? " MISSED" : ""}`;
  });
  return [`${"".padEnd(40)} ${"target".padStart(13)} ${"got".padStart(13)} ${"deviation".padStart(10)}`, ...lines].join(
    "\n",
  );
}
