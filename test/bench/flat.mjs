// npm run bench:flat [-- MOST SCHEDULERS] — cost and memory of a streamed replay that keeps no row, by length: 1 M, 10 M …
// MOST invocations at a constant rate on 100 machines of 8 cores at load 0.8, each length in a fresh process after replays
// that compile the code; of the short ones the median of five. Arrivals are made as they are read, from a pool of a million
// gaps, runtimes and classes, and counted in. Prints nanoseconds of CPU an invocation, the growth over 1 M, and peak memory.
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
/** Processes of which the median is taken, of lengths below 100 M. */
const SHORT_TIMES = 5;

/** The first `n` invocations of an endless workload, in batches that use the same memory again. */
async function* endless(n, pool) {
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

async function measure(scheduler, n) {
  const pool = limitWorkload(POOL * 65536, MACHINES, LOAD).slice(0, POOL);
  for (const { columns } of pool) {
    for (const name of ["arrival_s", "runtime_s"]) columns[name] = columns[name].map((value) => value * MEAN_S);
  }
  const config = { ...UNLIMITED_MEMORY, machines: MACHINES, cores: 8, k: 3, shards: 4, prices: PRICES, seed: 1 };
  const length = (n * MEAN_S) / (LOAD * MACHINES * 8);
  const times = { from: 0, until: null, window: 60, sampleEvery: sampleInterval(MACHINES, length) };
  const once = async (count) => {
    const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "replaybook-flat-"));
    const task = { scheduler, config, rows: count, ...times, folder, metadata: {}, kept: { share: 0, since: 0 } };
    const before = process.cpuUsage();
    await replay(task, endless(count, pool));
    const { user, system } = process.cpuUsage(before);
    rmSync(folder, { recursive: true });
    return ((user + system) * 1000) / count;
  };
  for (let i = 0; i < WARM_REPLAYS; i++) await once(WARM);
  return once(n);
}

if (process.argv[2] === "one") {
  const [scheduler, n] = process.argv.slice(3);
  const ns = await measure(scheduler, Number(n));
  const peak = Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN) / 1024;
  console.log(JSON.stringify({ ns, peak }));
} else {
  const [most = "1e9", schedulers = "xx,hermod,edf"] = process.argv.slice(2);
  console.log(`${cpus()[0]?.model}, Node ${process.version}`);
  for (const scheduler of schedulers.split(",")) {
    let first = Number.NaN;
    for (let n = 1e6; n <= Number(most); n *= 10) {
      const words = [import.meta.filename, "one", scheduler, String(n)];
      const times = n < 1e8 ? SHORT_TIMES : 1;
      const found = Array.from({ length: times }, () =>
        JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" })),
      );
      const ns = found.map((of) => of.ns).sort((a, b) => a - b)[times >> 1];
      const peak = Math.max(...found.map((of) => of.peak));
      if (n === 1e6) first = ns;
      const growth = `${ns >= first ? "+" : ""}${((ns / first - 1) * 100).toFixed(0)} %`;
      const length = `${n / 1e6} M`.padStart(6);
      console.log(
        `${scheduler.padEnd(6)} ${length}  ${ns.toFixed(0)} ns an invocation (${growth})  peak ${peak.toFixed(0)} MiB`,
      );
    }
  }
}
