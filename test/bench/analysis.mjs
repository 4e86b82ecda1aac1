// How long latency's quantiles take on a run of 10 M rows, which it makes first: the papers' workload through XX.
// Each measurement is a process of its own, since that is what a user waits for; the best of several is what counts on a
// shared machine. Usage: node test/bench/analysis.mjs [ROWS] [TIMES] [RUN], RUN being a run to measure instead.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [rows = "10000000", times = "5", given] = process.argv.slice(2);
const dist = join(import.meta.dirname, "../../dist");
const place = mkdtempSync(join(tmpdir(), "replaybook-analysis-"));
const LOAD = 200;

/** What is measured: a name, and code with `run` open. @type {readonly (readonly [string, string])[]} */
const QUESTIONS = [
  ["open and quantiles by class", "await latency(run)"],
  ["the same, of latency", "await latency(run, { of: 'latency' })"],
  ["by window of 60 s", "await latency(run, { by: 'window', window: 60 })"],
  ["by window and class", "await latency(run, { by: ['window', 'class'], window: 60 })"],
  ["complementary distribution", "await ccdf(run)"],
  ["summary, all of it", "await summarise(run)"],
];

/** Runs node on arguments and gives what it prints. @param {readonly string[]} args */
function node(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(stderr || `node ${args.join(" ")} failed`);
  return stdout;
}

/** Seconds, MiB at most and seconds of CPU, node's start among them, of one question in a process of its own. @param {string} run @param {string} code */
function measure(run, code) {
  const program = `
    import { openRun, summarise } from ${JSON.stringify(join(dist, "index.js"))};
    import { latency } from ${JSON.stringify(join(dist, "analysis/latency-groups.js"))};
    import { ccdf } from ${JSON.stringify(join(dist, "analysis/ccdf.js"))};
    const start = performance.now();
    const run = openRun(${JSON.stringify(run)});
    ${code};
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    console.log(JSON.stringify([(performance.now() - start) / 1000, maxRSS / 1024, (userCPUTime + systemCPUTime) / 1e6]));`;
  return JSON.parse(node(["--input-type=module", "-e", program]));
}

try {
  const run = given ?? join(place, "run");
  if (given === undefined) {
    const cli = join(dist, "cli/main.js");
    const workload = join(place, "workload.arrow");
    const ticks = String(Math.ceil(Number(rows) / LOAD));
    console.log(node([cli, "generate", "paper", "-o", workload, "--load", String(LOAD), "--ticks", ticks]).trim());
    console.log(node([cli, "replay", workload, "-o", run, "--scheduler", "xx"]).trim());
    rmSync(workload);
  }
  console.log(`\n${"seconds: best, median, worst of".padEnd(36)}${times}    MiB at most   least CPU`);
  for (const [name, code] of QUESTIONS) {
    const found = Array.from({ length: Number(times) }, () => measure(run, code));
    const seconds = found.map(([time]) => time).sort((a, b) => a - b);
    const shown = [seconds[0], seconds[seconds.length >> 1], seconds.at(-1)].map((time) => time.toFixed(2).padStart(6));
    const memory = Math.round(Math.max(...found.map(([, mib]) => mib)));
    const cpu = Math.min(...found.map(([, , used]) => used)).toFixed(2);
    console.log(`${name.padEnd(30)}${shown.join(" ")}${String(memory).padStart(15)}${cpu.padStart(12)}`);
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
