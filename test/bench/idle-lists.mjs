// node test/bench/idle-lists.mjs [PAIRS] [TICKS]: XX with 32000 MiB a machine and idle lists from 8192 MiB free, and without
// lists, against XX without memory, on the papers' workload (batches), engine alone, in turn, each replay in a fresh process.
// Prints medians, and the median and range of the paired ratios.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

const [pairs = "5", ticks = "20000"] = process.argv.slice(2);
const worker = join(import.meta.dirname, "memory-worker.mjs");
const pin = existsSync("/usr/bin/taskset") ? ["taskset", "-c", "1"] : [];
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const two = (x) => x.toFixed(2);

function rate(load, machines, ...more) {
  const [file, ...words] = [...pin, process.execPath, worker, load, machines, ...more].map(String);
  return JSON.parse(execFileSync(file, words, { encoding: "utf8", env: { ...process.env, BENCH_COUNTS: "0" } })).rate;
}

console.log(`${cpus()[0]?.model}, Node ${process.version}; million invocations a second`);
for (const [load, machines] of [
  [100, 100],
  [150, 100],
  [200, 100],
  [150, 10_000],
]) {
  const rates = { unlimited: [], memory: [], lists: [] };
  for (let i = 0; i < Number(pairs); i++) {
    rates.unlimited.push(rate(load, machines, "unlimited", ticks));
    rates.memory.push(rate(load, machines, 32000, ticks));
    rates.lists.push(rate(load, machines, 32000, ticks, "unlimited", 8192));
  }
  const shown = ["memory", "lists"].map((name) => {
    const ratios = rates[name].map((found, i) => found / rates.unlimited[i]);
    const range = `${two(Math.min(...ratios))}..${two(Math.max(...ratios))}`;
    return `${name} ${two(median(rates[name]) / 1e6)} ratio ${two(median(ratios))} (${range})`;
  });
  const without = two(median(rates.unlimited) / 1e6);
  console.log(`load ${load}, ${machines} machines: unlimited ${without}  ${shown.join("  ")}`);
}
