// node test/bench/memory.mjs [PAIRS] [TICKS]: XX with finite memory against XX without, on the papers' workload (batches),
// engine alone, in turn, each replay in a fresh process. Prints medians, and the median and range of the paired ratios.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

const [pairs = "5", ticks = "5000"] = process.argv.slice(2);
const worker = join(import.meta.dirname, "memory-worker.mjs");
const pin = existsSync("/usr/bin/taskset") ? ["taskset", "-c", "1"] : [];
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const two = (x) => x.toFixed(2);

function replay(load, machines, ram) {
  const [file, ...words] = [...pin, process.execPath, worker, load, machines, ram, ticks];
  return JSON.parse(execFileSync(file, words.map(String), { encoding: "utf8" }));
}

console.log(`${cpus()[0]?.model}, Node ${process.version}; million invocations a second`);
const cases = process.env.BENCH_CASES?.split(" ") ?? [
  "50:100",
  "100:100",
  "150:100",
  "200:100",
  "230:100",
  "200:10000",
];
for (const text of cases) {
  const [load, machines] = text.split(":").map(Number);
  const without = [];
  const finite = [];
  for (let i = 0; i < Number(pairs); i++) {
    without.push(replay(load, machines, "unlimited"));
    finite.push(replay(load, machines, 32000));
  }
  const ratios = finite.map(({ rate }, i) => rate / without[i].rate);
  const rates = [without, finite].map((list) => two(median(list.map(({ rate }) => rate / 1e6))));
  const range = `${two(Math.min(...ratios))}..${two(Math.max(...ratios))}`;
  const { swap_outs, rows } = finite[0];
  console.log(
    `load ${String(load).padStart(3)}, ${String(machines).padStart(5)} machines: unlimited ${rates[0]}  32000 MiB ${rates[1]}`,
    ` ratio ${two(median(ratios))} (${range})  swap-outs per invocation ${(swap_outs / rows).toFixed(3)}`,
  );
}
