// npm run bench:ingest — the ingest command, whole process, on generated files: a full-size day of Azure Functions 2019, a
// log of the size of the 2021 one, as it is and packed, LLM requests, AWS Lambda's reports in three shapes, days
// and requests of Huawei's, and a workload table in three formats. Prints
// the best and the median time of some runs, rows and MB (unpacked) a second in the best, and the peak memory.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
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

function measure(what, path, rows, files = [path]) {
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
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const speed = `${(rows / times[0] / 1e6).toFixed(2)} M rows/s, ${(bytes / times[0] / 1e6).toFixed(0)} MB/s`;
  console.log(`${what}, ${Math.round(bytes / 1e6)} MB: ${time}, ${speed}, peak ${peak.toFixed(0)} MiB`);
}

const below = (path) =>
  readdirSync(path, { recursive: true })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
const generator = (name) => join(import.meta.dirname, name);

/** Packs a file with a command, where there is one. */
function packed(command, file, ending) {
  const run = spawnSync(command, ["-q", "-k", "-f", "-3", file]);
  return run.status === 0 ? `${file}.${ending}` : null;
}

try {
  const day = join(folder, "day");
  node(generator("azure-2019-day.mjs"), day);
  const files = readdirSync(day).map((name) => join(day, name));
  measure("a day of Azure Functions 2019, 50,000 rows x 1440 minutes", day, 50_000, files);

  const log = join(folder, "log.csv");
  node(generator("azure-2021-log.mjs"), log);
  measure("Azure Functions 2021, 2 M rows", log, 2e6);
  for (const [command, ending] of [
    ["gzip", "gz"],
    ["zstd", "zst"],
    ["xz", "xz"],
  ]) {
    const path = packed(command, log, ending);
    if (path === null) console.log(`the same as .${ending}: no ${command} here to pack it`);
    else measure(`the same as .${ending} of ${Math.round(statSync(path).size / 1e6)} MB`, path, 2e6, [log]);
  }

  const requests = join(folder, "code.csv");
  node(generator("azure-llm-log.mjs"), requests);
  measure("Azure LLM 2023, 2 M requests", requests, 2e6);

  for (const shape of ["text", "json", "csv"]) {
    const reports = join(folder, `reports.${shape}`);
    node(generator("lambda-reports.mjs"), reports, "500000", shape);
    measure(`AWS Lambda, 500,000 reports as ${shape}`, reports, 5e5);
  }

  const [open, closed] = [join(folder, "public"), join(folder, "private")];
  node(generator("huawei-2023-day.mjs"), open, closed);
  measure("a public day of Huawei 2023, 5,093 functions x 1440 minutes", open, 1440, below(open));
  measure(
    "a private day of Huawei 2023, 200 functions x 86,400 seconds, with delays and memory",
    closed,
    90720,
    below(closed),
  );

  const tables = ["csv", "arrow", "parquet"].map((ending) => join(folder, `table.${ending}`));
  const pods = join(folder, "pods.csv");
  node(generator("huawei-2025-requests.mjs"), pods);
  measure("Huawei 2025, 1 M requests", pods, 1e6);

  node(generator("workload-tables.mjs"), ...tables);
  for (const table of tables) measure(`a workload table of 2 M rows as ${table.split(".").at(-1)}`, table, 2e6);
} finally {
  rmSync(folder, { recursive: true });
}
