// npm run bench:generate [-- FUNCTIONS SEED]: writes a day like the first of Azure Functions 2019 with the generate command, whole
// process, and prints every figure that day is known by beside what came out, then the time and the peak memory. Fails where a
// figure is off by more than 10 %, or 25 % at q99.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure, missed, table } from "./azure-figures.mjs";

const [functions = "46412", seed = "1"] = process.argv.slice(2);
const command = join(import.meta.dirname, "../../dist/cli/main.js");
if (!existsSync(command)) throw new Error(`${command} is not there: npm run build`);
const folder = mkdtempSync(join(tmpdir(), "replaybook-bench-"));
const USED =
  "process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();" +
  "console.error('used', maxRSS, userCPUTime + systemCPUTime) })";

try {
  const out = join(folder, "day");
  const words = ["generate", "azure", "-o", out, "--functions", functions, "--seed", seed];
  const from = performance.now();
  const run = spawnSync(process.execPath, ["--import", `data:text/javascript,${USED}`, command, ...words], {
    encoding: "utf8",
  });
  const seconds = (performance.now() - from) / 1000;
  if (run.status !== 0) throw new Error(run.stderr);
  const [, maxRss, microseconds] = /used (\d+) (\d+)/.exec(run.stderr) ?? [];
  const bytes = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
  const { figures, facts } = await measure(out);
  console.log(table(figures));
  console.log();
  for (const [what, value] of Object.entries(facts)) console.log(`${what.padEnd(40)} ${Number(value.toPrecision(4))}`);
  const cpu = (Number(microseconds) / 1e6).toFixed(1);
  const peak = (Number(maxRss) / 1024).toFixed(0);
  console.log(`\n${seconds.toFixed(1)} s (${cpu} s of CPU), peak ${peak} MiB, ${Math.round(bytes / 1e6)} MB of files`);
  const off = missed(figures).length;
  console.log(`${figures.length - off} of ${figures.length} figures within 10 % (25 % at q99)`);
  if (off > 0 && functions === "46412") process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
