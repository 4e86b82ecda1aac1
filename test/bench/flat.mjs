// npm run bench:flat [-- MOST SCHEDULERS] — cost and memory of a streamed replay that keeps no row, by length: 1 M, 10 M …
// MOST invocations at a constant rate on 100 machines of 8 cores at load 0.8. A machine is faster at one time than at
// another, so the longest replay pauses nine times and the shorter ones run then, in the same process, compiled by replays
// before: each length's cost is the median over its replays, the longest's that over its tenths. Peak memory is that of a
// process which replays nothing else, but the longest's is that of the process of all. Arrivals are made as they are read,
// from a pool of a million gaps, runtimes and classes, and counted in. Prints nanoseconds of CPU an invocation, the growth
// over 1 M, the range, and the peak.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { replay } from "../../dist/replay.js";
import { sampleInterval } from "../../dist/run.js";
import { UNLIMITED_MEMORY } from "../../dist/scheduler/scheduler.js";
import { limitWorkload, PRICES } from "./limit-workload.mjs";

const MACHINES = 100;
const LOAD = 0.8;
const MEAN_S = 0.07;
const POOL = 16;
/** Invocations of each replay before, and how many of those. */
const WARM = 1e6;
const WARM_REPLAYS = 10;
/** Parts of the longest replay, with a pause between. In each pause so many invocations, at least, of each other length. */
const PARTS = 10;
const SHORT = 1e7;
/** Of how many pauses a replay of so many invocations and more uses one. */
const LONG = 1e8;
const LONG_EVERY = 3;

/** Replays of a scheduler on an endless workload, of which batches use the same memory again. */
class Bench {
  constructor(scheduler) {
    this.scheduler = scheduler;
    this.pool = limitWorkload(POOL * 65536, MACHINES, LOAD).slice(0, POOL);
    for (const { columns } of this.pool) {
      for (const name of ["arrival_s", "runtime_s"]) columns[name] = columns[name].map((value) => value * MEAN_S);
    }
  }

  async *batches(n) {
    const { pool } = this;
    const rows = pool[0].columns.arrival_s.length;
    const columns = { ...pool[0].columns, arrival_s: new Float64Array(rows) };
    let now = 0;
    for (let made = 0, b = 0; made < n; made += rows, b++) {
      const { arrival_s, ...others } = pool[b % pool.length].columns;
      Object.assign(columns, others);
      const from = now - (b % pool.length === 0 ? 0 : pool[(b % pool.length) - 1].columns.arrival_s.at(-1));
      for (let i = 0; i < rows; i++) columns.arrival_s[i] = from + arrival_s[i];
      now = columns.arrival_s[rows - 1];
      yield { rows: Math.min(rows, n - made), columns };
    }
  }

  async replay(n, batches = this.batches(n)) {
    const { scheduler } = this;
    const config = { ...UNLIMITED_MEMORY, machines: MACHINES, cores: 8, k: 3, shards: 4, prices: PRICES, seed: 1 };
    const length = (n * MEAN_S) / (LOAD * MACHINES * 8);
    const times = { from: 0, until: null, window: 60, sampleEvery: sampleInterval(MACHINES, length) };
    const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "replaybook-flat-"));
    const task = { scheduler, config, rows: n, ...times, folder, metadata: {}, kept: { share: 0, since: 0 } };
    await replay(task, batches);
    rmSync(folder, { recursive: true });
  }

  async warmUp() {
    for (let i = 0; i < WARM_REPLAYS; i++) await this.replay(WARM);
  }

  /** Nanoseconds an invocation: of each replay of a shorter length, and of each tenth of the longest. */
  async costs(lengths) {
    const costs = lengths.map(() => []);
    const most = lengths.at(-1);
    let since = cpuUsed();
    const tenth = () => costs.at(-1).push((cpuUsed() - since) / (most / PARTS));
    const paused = async function* (batches, others) {
      let made = 0;
      for await (const batch of batches) {
        if (made * PARTS >= (costs.at(-1).length + 1) * most) {
          tenth();
          await others(costs.at(-1).length);
          since = cpuUsed();
        }
        made += batch.rows;
        yield batch;
      }
    };
    const others = async (pause) => {
      for (const [i, n] of lengths.slice(0, -1).entries()) {
        if (n >= LONG && pause % LONG_EVERY !== 0) continue;
        const times = Math.max(1, Math.round(SHORT / n));
        const before = cpuUsed();
        for (let time = 0; time < times; time++) await this.replay(n);
        costs[i].push((cpuUsed() - before) / (n * times));
      }
    };
    await this.replay(most, paused(this.batches(most), others));
    tenth();
    return costs;
  }
}

/** What this process has used, in nanoseconds. */
function cpuUsed() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function peakMib() {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN) / 1024;
}

function inProcess(...words) {
  return JSON.parse(execFileSync(process.execPath, [import.meta.filename, ...words], { encoding: "utf8" }));
}

function report(scheduler, lengths) {
  const { costs, peak } = inProcess("costs", scheduler, lengths.join());
  const medians = costs.map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
  for (const [i, n] of lengths.entries()) {
    const growth = `${medians[i] >= medians[0] ? "+" : ""}${((medians[i] / medians[0] - 1) * 100).toFixed(0)} %`;
    const range = `${costs[i][0].toFixed(0)} to ${costs[i].at(-1).toFixed(0)}`;
    const most = i + 1 < lengths.length ? inProcess("peak", scheduler, String(n)).peak : peak;
    const title = `${scheduler.padEnd(6)} ${`${n / 1e6} M`.padStart(7)}`;
    const cost = `${medians[i].toFixed(0)} ns an invocation (${growth}; ${range})`;
    console.log(`${title}  ${cost.padEnd(46)}  peak ${most.toFixed(0)} MiB`);
  }
}

const [what = "1e9", schedulers = "xx,hermod,edf", ...more] = process.argv.slice(2);
if (what === "costs") {
  const bench = new Bench(schedulers);
  await bench.warmUp();
  const costs = await bench.costs(more[0].split(",").map(Number));
  console.log(JSON.stringify({ costs, peak: peakMib() }));
} else if (what === "peak") {
  const bench = new Bench(schedulers);
  await bench.warmUp();
  await bench.replay(Number(more[0]));
  console.log(JSON.stringify({ peak: peakMib() }));
} else {
  console.log(`${cpus()[0]?.model}, Node ${process.version}`);
  const lengths = [];
  for (let n = 1e6; n <= Number(what); n *= 10) lengths.push(n);
  for (const scheduler of schedulers.split(",")) report(scheduler, lengths);
}
