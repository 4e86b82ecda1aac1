// npm run bench:engine — our engine alone against a straight C++ program (../shared/bench/limit.cpp, where it is), in
// turn, on one core. Prints the median of the paired ratios and their range.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [pairsText = "3", nText = "5e6"] = process.argv.slice(2);
const source = join(import.meta.dirname, "../../../shared/bench/limit.cpp");
const worker = join(import.meta.dirname, "engine-worker.mjs");
const pin = existsSync("/usr/bin/taskset") ? ["taskset", "-c", "1"] : [];
let limit = null;
if (existsSync(source)) {
  limit = join(mkdtempSync(join(tmpdir(), "replaybook-bench-")), "limit");
  execFileSync("g++", ["-O3", "-march=native", "-o", limit, source]);
} else console.log("../shared/bench/limit.cpp is absent: our speed alone is measured");

const command = (...words) => {
  const [file, ...rest] = [...pin, ...words];
  return execFileSync(file, rest, { encoding: "utf8" });
};
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const cases = process.env.BENCH_CASES?.split(" ") ?? ["100:0.8", "100:0.95", "1000:0.8", "10000:0.8"];
for (const text of cases) {
  const [machines, load] = text.split(":");
  for (const scheduler of ["hermod", "xx", "edf"]) {
    const ratios = [];
    const ours = [];
    const theirs = [];
    for (let i = 0; i < Number(pairsText); i++) {
      if (limit) theirs.push(Number(/([\d.]+) M inv/.exec(command(limit, scheduler, nText, machines, load))[1]));
      ours.push(JSON.parse(command(process.execPath, worker, scheduler, nText, machines, load)).rate / 1e6);
      if (limit) ratios.push(ours[i] / theirs[i]);
    }
    const f = (x) => x.toFixed(2);
    const ratio = limit ? `  ratio ${f(median(ratios))} (${f(Math.min(...ratios))}..${f(Math.max(...ratios))})` : "";
    const cpp = limit ? `  C++ ${f(median(theirs))}` : "";
    console.log(`${machines.padStart(5)} machines, load ${load}, ${scheduler.padEnd(6)}  ours ${f(median(ours))}${cpp} M/s${ratio}`);
  }
}
