// npm run bench:day [-- FUNCTIONS [LOAD [RECORDS]]] — a generated day like Azure Functions 2019 (46,412 functions by default, 0.9 of
// the cores), generated, ingested and replayed through XX, Hermod and EDF with --record none and with a sample of 0.001 (or what RECORDS says, as none,sample=0.001).
// Prints wall time, CPU time of the drawing thread, of each scheduler's and of the rest, and peak memory. The workload is
// drawn by the main thread while the schedulers replay it, so that their wall time is one.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";

const [functions = "46412", load = "0.9", records = "none,sample=0.001"] = process.argv.slice(2);
const SCHEDULERS = ["xx", "hermod", "edf"];
const command = join(import.meta.dirname, "../../dist/cli/main.js");
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "replaybook-day-"));
const TICKS_PER_S = 100;

/** CPU seconds of each thread of a process, by thread id; none where the system does not tell. */
function threads(pid) {
  const place = `/proc/${pid}/task`;
  if (!existsSync(place)) return [];
  return readdirSync(place).flatMap((tid) => {
    try {
      const fields = readFileSync(`${place}/${tid}/stat`, "utf8").split(") ")[1].split(" ");
      return [[Number(tid), (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S]];
    } catch {
      return [];
    }
  });
}

/** Runs the command line; gives its seconds, CPU seconds by thread, and peak memory in MiB. */
async function measured(...words) {
  const from = performance.now();
  const child = spawn(process.execPath, [command, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  const cpu = new Map();
  let peak = 0;
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const look = setInterval(() => {
    for (const [tid, seconds] of threads(child.pid)) cpu.set(tid, seconds);
    try {
      peak = Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024;
    } catch {}
  }, 200);
  const status = await new Promise((done) => child.on("close", done));
  clearInterval(look);
  if (status !== 0) throw new Error(said);
  return { seconds: (performance.now() - from) / 1000, pid: child.pid, cpu, peak };
}

const whole = (x) => Math.round(x).toLocaleString("en-US");
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
try {
  const [files, trace] = ["azure", "trace"].map((name) => join(folder, name));
  const made = await measured("generate", "azure", "--functions", functions, "--days", "1", "--seed", "1", "-o", files);
  const read = await measured("ingest", files, "-o", trace);
  rmSync(files, { recursive: true });
  console.log(`generated in ${made.seconds.toFixed(1)} s, ingested in ${read.seconds.toFixed(1)} s`);
  for (const record of records.split(",")) {
    const run = join(folder, "run");
    const options = ["--machines", "auto", "--load", load, "--scheduler", SCHEDULERS.join(","), "--record", record];
    const { seconds, pid, cpu, peak } = await measured("replay", trace, ...options, "-o", run);
    const { machines, workload, offered_load } = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
    const others = [...cpu].filter(([tid]) => tid !== pid);
    const largest = others.sort((a, b) => b[1] - a[1]).slice(0, SCHEDULERS.length);
    const replays = largest.sort((a, b) => a[0] - b[0]).map(([, used], i) => `${SCHEDULERS[i]} ${whole(used)}`);
    const all = [...cpu.values()].reduce((a, b) => a + b, 0);
    const rest = all - (cpu.get(pid) ?? 0) - largest.reduce((sum, [, used]) => sum + used, 0);
    const each = (all / (workload.rows * SCHEDULERS.length)) * 1e9;
    console.log(
      `--record ${record}: ${whole(workload.rows)} invocations on ${machines} machines of 8 cores, ` +
        `offered load ${offered_load.realised.toFixed(3)}\n  ${whole(seconds)} s (${(seconds / 60).toFixed(1)} min); ` +
        `CPU s: drawing ${whole(cpu.get(pid) ?? 0)}, ${replays.join(", ")}, compilers and collectors ${whole(rest)}; ` +
        `${whole(each)} ns an invocation and scheduler; peak ${whole(peak)} MiB`,
    );
    rmSync(run, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
