// Writes traces/azure-functions-sample: a made-up trace in the file format of Azure Functions 2019, from a seed.
// The same seed gives the same bytes. Run it after a build: node scripts/make-sample.mjs [FOLDER]
// What it imitates, and where the numbers come from: traces/README.md.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exponential, keyedBy, normal, PURPOSE, pareto, Stream } from "../dist/random/index.js";

const SEED = 2019;
const MINUTES = 120;
/** CPU seconds that all invocations together are to need per second. */
const BUSY_CORES = 34.8;
const INVOCATIONS = 400_000;

/**
 * Per trigger: functions, invocations and CPU as shares of all; how much a function's rate wanders (deviation of the
 * logarithm of its rate, by minute), and how much more it has in a burst.
 */
const TRIGGERS = {
  http: { functions: 0.343, invocations: 0.225, cpu: 0.37, wander: 0.25, burst: 2 },
  queue: { functions: 0.149, invocations: 0.424, cpu: 0.3, wander: 0.25, burst: 4 },
  event: { functions: 0.027, invocations: 0.309, cpu: 0.15, wander: 0.25, burst: 3 },
  orchestration: { functions: 0.071, invocations: 0.014, cpu: 0.05, wander: 0.3, burst: 4 },
  timer: { functions: 0.376, invocations: 0.018, cpu: 0.09, wander: 0, burst: 1 },
  storage: { functions: 0.02, invocations: 0.008, cpu: 0.03, wander: 0.3, burst: 3 },
  others: { functions: 0.014, invocations: 0.002, cpu: 0.01, wander: 0.3, burst: 1 },
};
const FUNCTIONS = 420;
/** A burst begins in one minute of so many, and lasts so many in the mean. */
const BURST_EVERY = 45;
const BURST_MINUTES = 3;
/** Minutes between two runs of a timer, with weights. Most count from the full hour, as a crontab does. */
const PERIODS = { 1: 30, 2: 3, 5: 30, 10: 10, 15: 12, 30: 8, 60: 7 };
const ALIGNED = 0.85;
/** Functions per app: 1 in half of the apps. */
const APP_SIZES = { 1: 50, 2: 22, 3: 10, 4: 6, 5: 4, 8: 4, 12: 4 };
const NO_DURATIONS = 4;
const NO_MEMORY = 3;
/** Quantiles of an app's memory, MB. */
const MEMORY = [
  [0, 60],
  [0.05, 100],
  [0.25, 120],
  [0.5, 140],
  [0.75, 185],
  [0.9, 210],
  [0.95, 240],
  [0.99, 405],
  [1, 600],
];
const MEMORY_SHAPE = { 1: 0.85, 5: 0.91, 25: 0.97, 50: 1, 75: 1.04, 95: 1.1, 99: 1.15, 100: 1.22 };
/** Normal quantiles of the levels of a durations row. */
const DURATION_SHAPE = { 0: -2.3, 1: -2, 25: -0.674, 50: 0, 75: 0.674, 99: 2.326, 100: 2.8 };

/** @param {(string | number)[]} names */
const draws = (...names) => new Stream(keyedBy(SEED, PURPOSE.synthetic, names));
/** @param {...(string | number)} names */
const label = (...names) =>
  createHash("sha256")
    .update(`replaybook ${SEED} ${names.join(" ")}`)
    .digest("hex");

/** @param {Stream} stream @param {Record<string, number>} weights */
function pick(stream, weights) {
  const total = Object.values(weights).reduce((a, b) => a + b);
  let left = stream.uniform() * total;
  for (const [name, weight] of Object.entries(weights)) {
    left -= weight;
    if (left < 0) return name;
  }
  throw new Error("weights do not add up");
}

/** @param {Stream} stream @param {number} mean */
function poisson(stream, mean) {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(stream)));
  let n = 0;
  for (let sum = exponential(stream.uniform()); sum < mean; sum += exponential(stream.uniform())) n++;
  return n;
}

/** @typedef {{ trigger: keyof typeof TRIGGERS, name: string, weight: number, counts: number[], median: number, sigma: number,
 *   labels: string[], app: string }} Fn */

/** @returns {Fn[]} */
function makeFunctions() {
  /** @type {Fn[]} */
  const functions = [];
  for (const [trigger, { functions: share }] of Object.entries(TRIGGERS)) {
    const n = Math.round(share * FUNCTIONS);
    for (let i = 0; i < n; i++) {
      const stream = draws("function", trigger, i);
      // a Pareto of index 0.8, bounded: a few functions have most of the invocations, none has nearly all
      const weight = Math.min(pareto(stream.uniform(), 1, 0.8), 60);
      // busy functions are short: the logarithm of the duration falls with that of the weight
      const median = Math.exp(-0.4 * Math.log(weight) + 1.3 * normal(stream));
      const sigma = 0.2 + 0.7 * stream.uniform();
      const key = /** @type {keyof typeof TRIGGERS} */ (trigger);
      functions.push({ trigger: key, name: `${trigger}/${i}`, weight, counts: [], median, sigma, labels: [], app: "" });
    }
  }
  return functions;
}

/** Gives each function an app and each app an owner. @param {Fn[]} functions */
function label3(functions) {
  const stream = draws("apps");
  const order = functions.map((fn) => ({ fn, at: stream.uniform() })).sort((a, b) => a.at - b.at);
  for (let i = 0, app = 0; i < order.length; app++) {
    const owner = `owner ${Math.floor(app * (0.6 + 0.1 * stream.uniform()))}`;
    for (let left = Number(pick(stream, APP_SIZES)); left > 0 && i < order.length; left--, i++) {
      const { fn } = /** @type {{ fn: Fn }} */ (order[i]);
      fn.app = `app ${app}`;
      fn.labels = [label(owner), label(fn.app), label("function", fn.name)];
    }
  }
}

/** Counts of a function that fires every so many minutes. @param {Fn} fn */
function timerCounts(fn) {
  const stream = draws("timer", fn.name);
  const period = Number(pick(stream, PERIODS));
  const offset = stream.uniform() < ALIGNED ? 0 : Math.floor(stream.uniform() * period);
  return Array.from({ length: MINUTES }, (_, minute) => (minute % period === offset ? 1 : 0));
}

/** Counts at a rate that wanders and has bursts. @param {Fn} fn @param {number} rate per minute */
function rateCounts(fn, rate) {
  const stream = draws("counts", fn.name);
  const { wander, burst } = TRIGGERS[fn.trigger];
  const keep = 0.9;
  let level = normal(stream);
  let left = 0;
  const counts = Array.from({ length: MINUTES }, () => {
    level = keep * level + Math.sqrt(1 - keep * keep) * normal(stream);
    left = left > 0 ? left - 1 : stream.uniform() * BURST_EVERY < 1 ? 1 + poisson(stream, BURST_MINUTES - 1) : 0;
    return poisson(stream, rate * Math.exp(wander * level) * (left > 0 ? burst : 1));
  });
  if (sum(counts) === 0) counts[Math.floor(stream.uniform() * MINUTES)] = 1;
  return counts;
}

/** @param {number[]} values */
const sum = (values) => values.reduce((a, b) => a + b, 0);
/** Mean duration, s. @param {Fn} fn */
const mean = (fn) => fn.median * Math.exp((fn.sigma * fn.sigma) / 2);

/** Fills counts and brings durations to the trigger's share of the CPU. @param {Fn[]} functions */
function calibrate(functions) {
  for (const [trigger, { invocations, cpu, burst }] of Object.entries(TRIGGERS)) {
    const mine = functions.filter((fn) => fn.trigger === trigger);
    const bursts = 1 + ((burst - 1) * BURST_MINUTES) / BURST_EVERY;
    const perWeight = (INVOCATIONS * invocations) / MINUTES / bursts / sum(mine.map((fn) => fn.weight));
    for (const fn of mine) fn.counts = trigger === "timer" ? timerCounts(fn) : rateCounts(fn, perWeight * fn.weight);
    const factor = (BUSY_CORES * MINUTES * 60 * cpu) / sum(mine.map((fn) => sum(fn.counts) * mean(fn)));
    for (const fn of mine) fn.median *= factor;
  }
}

/** @param {Fn[]} functions */
function durationRows(functions) {
  const levels = Object.entries(DURATION_SHAPE);
  const header = `Average,Count,Minimum,Maximum,${levels.map(([level]) => `percentile_Average_${level}`).join(",")}`;
  const rows = functions.map((fn) => {
    const at = levels.map(([, z]) => Math.max(1, Math.round(1000 * fn.median * Math.exp(fn.sigma * z))));
    const least = Math.floor((at[0] ?? 0) * 0.9);
    const most = Math.ceil((at.at(-1) ?? 0) * 1.2) + 1;
    const average = Math.max(1, Math.round(1000 * mean(fn)));
    return [...fn.labels, average, sum(fn.counts), `${least}.0`, `${most}.0`, ...at].join(",");
  });
  return [`HashOwner,HashApp,HashFunction,${header}`, ...rows.slice(NO_DURATIONS)];
}

/** @param {Fn[]} functions */
function memoryRows(functions) {
  const levels = Object.entries(MEMORY_SHAPE);
  const header = `SampleCount,AverageAllocatedMb,${levels.map(([level]) => `AverageAllocatedMb_pct${level}`).join(",")}`;
  const apps = new Map(functions.map((fn) => [fn.app, fn.labels.slice(0, 2)]));
  const rows = [...apps].map(([app, labels]) => {
    const stream = draws("memory", app);
    const u = stream.uniform();
    const i = MEMORY.findIndex(([q]) => u < (q ?? 0));
    const [q0 = 0, low = 0] = MEMORY[i - 1] ?? [];
    const [q1 = 1, high = 0] = MEMORY[i] ?? [];
    const average = low * Math.exp((Math.log(high / low) * (u - q0)) / (q1 - q0));
    const width = 0.3 + 1.5 * stream.uniform();
    const at = levels.map(([, ratio]) => Math.round(average * (1 + (ratio - 1) * width)).toFixed(1));
    const minutes = sum(functions.filter((fn) => fn.app === app).map((fn) => fn.counts.filter((n) => n > 0).length));
    return [...labels, Math.min(4 * minutes, 4 * MINUTES), average.toFixed(1), ...at].join(",");
  });
  return [`HashOwner,HashApp,${header}`, ...rows.slice(NO_MEMORY)];
}

/** @param {string} folder */
export function makeSample(folder) {
  const functions = makeFunctions();
  label3(functions);
  calibrate(functions);
  functions.sort((a, b) => (a.labels.join() < b.labels.join() ? -1 : 1));
  const minutes = Array.from({ length: MINUTES }, (_, minute) => minute + 1);
  const counts = functions.map((fn) => [...fn.labels, fn.trigger, ...fn.counts].join(","));
  /** @type {[string, string[]][]} */
  const files = [
    ["invocations_per_function_md", [`HashOwner,HashApp,HashFunction,Trigger,${minutes.join(",")}`, ...counts]],
    ["function_durations_percentiles", durationRows(functions)],
    ["app_memory_percentiles", memoryRows(functions)],
  ];
  mkdirSync(folder, { recursive: true });
  for (const [name, lines] of files) writeFileSync(join(folder, `${name}.anon.d01.csv`), `${lines.join("\n")}\n`);
}

const [, script, folder] = process.argv;
if (script === import.meta.filename) {
  makeSample(folder ?? join(import.meta.dirname, "../traces/azure-functions-sample"));
}
