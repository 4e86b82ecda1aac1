// npm run bench:ingest — the ingest command, whole process, on a full-size day of Azure Functions 2019 and a log of the
// size of the 2021 one, both generated. Prints the best and the median time of some runs, and the peak memory.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [runsText = "5", command = join(import.meta.dirname, "../../dist/cli/main.js")] = process.argv.slice(2);
if (!existsSync(command)) throw new Error(`${command} is not there: npm run build`);
const folder = mkdtempSync(join(tmpdir(), "replaybook-bench-"));
const USED =
  "process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();" +
  "console.error('used', maxRSS, userCPUTime + systemCPUTime) })";

function node(...words) {
  const run = spawnSync(process.execPath, words, { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stderr;
}

function measure(what, path) {
  const times = [];
  let peak = 0;
  let cpu = Number.POSITIVE_INFINITY;
  for (let i = 0; i < Number(runsText); i++) {
    const out = join(folder, "out");
    rmSync(out, { recursive: true, force: true });
    const from = performance.now();
    const said = node("--import", `data:text/javascript,${USED}`, command, "ingest", path, "-o", out);
    times.push((performance.now() - from) / 1000);
    const [, maxRss, microseconds] = /used (\d+) (\d+)/.exec(said);
    peak = Math.max(peak, Number(maxRss) / 1024);
    cpu = Math.min(cpu, Number(microseconds) / 1e6);
  }
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1];
  const time = `best ${times[0].toFixed(2)} s, median ${median.toFixed(2)} s, least CPU ${cpu.toFixed(2)} s`;
  console.log(`${what}: ${time}, peak ${peak.toFixed(0)} MiB`);
}

try {
  node(join(import.meta.dirname, "azure-2019-day.mjs"), join(folder, "day"));
  measure("a day of Azure Functions 2019, 50,000 rows x 1440 minutes", join(folder, "day"));
  const log = join(folder, "log.csv");
  node(join(import.meta.dirname, "azure-2021-log.mjs"), log);
  measure(`a log of 2 M rows, ${Math.round(statSync(log).size / 1e6)} MB`, log);
} finally {
  rmSync(folder, { recursive: true });
}
