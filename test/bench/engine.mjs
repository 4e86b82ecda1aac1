// npm run bench:engine: our engine against a straight C++ program (../shared/bench/limit.cpp, where it is), in turn, on
// one core; then with every row written to disk, the machine's other core helping as it would. Each of our replays runs
// in a fresh process, on the workload of limit.cpp. Prints medians, and the median and range of the paired ratios.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const [pairsText = "3", nText = "5e6"] = process.argv.slice(2);
const source = join(import.meta.dirname, "../../../shared/bench/limit.cpp");
const worker = join(import.meta.dirname, "engine-worker.mjs");
const pin = existsSync("/usr/bin/taskset") ? ["taskset", "-c", "1"] : [];
const scratch = mkdtempSync(join(tmpdir(), "replaybook-bench-"));
const limit = existsSync(source) ? join(scratch, "limit") : null;
if (limit) execFileSync("g++", ["-O3", "-march=native", "-o", limit, source]);
else console.log("../shared/bench/limit.cpp is absent: our speed alone is measured");
console.log(`${cpus()[0]?.model}, Node ${process.version}; million invocations a second`);

function output(words) {
  const [file, ...rest] = words;
  return execFileSync(file, rest, { encoding: "utf8" });
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const two = (x) => x.toFixed(2);

function compare(machines, load, scheduler, recorded) {
  const ours = [];
  const theirs = [];
  for (let i = 0; i < Number(pairsText); i++) {
    const what = [scheduler, nText, machines, load];
    if (limit) theirs.push(Number(/([\d.]+) M inv/.exec(output([...pin, limit, ...what]))[1]));
    const folder = recorded ? [mkdtempSync(join(scratch, "run-"))] : [];
    const node = [...(recorded ? [] : pin), process.execPath, worker, ...what, ...folder];
    ours.push(JSON.parse(output(node)).rate / 1e6);
    for (const used of folder) rmSync(used, { recursive: true });
  }
  const ratios = theirs.map((rate, i) => ours[i] / rate);
  const range = `${two(Math.min(...ratios))}..${two(Math.max(...ratios))}`;
  const against = limit ? `  C++ ${two(median(theirs))}  ratio ${two(median(ratios))} (${range})` : "";
  const title = `${machines.padStart(5)} machines, load ${load.padEnd(4)} ${scheduler.padEnd(6)}`;
  console.log(`${title} ${recorded ? "to disk" : "alone  "}  ${two(median(ours))}${against}`);
}

try {
  const cases = process.env.BENCH_CASES?.split(" ") ?? ["100:0.8", "100:0.95", "1000:0.8", "10000:0.8"];
  for (const recorded of [false, true]) {
    for (const text of recorded ? cases.slice(0, 2) : cases) {
      for (const scheduler of ["hermod", "xx", "edf"]) compare(...text.split(":"), scheduler, recorded);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
