// npm run bench:workers — a sweep by 1, 2 and 4 workers of a queue on this machine, each a process with one run at a
// time, against the same sweep without a queue. Prints runs a second, and what one costs beside its replay, from runs of
// next to nothing. Needs redis-server. Arguments: runs of the sweep, rounds.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const [runsText = "24", roundsText = "3"] = process.argv.slice(2);
const main = join(import.meta.dirname, "../../dist/cli/main.js");
if (!existsSync(main)) throw new Error(`${main} is not there: npm run build`);
if (spawnSync("redis-server", ["--version"]).status !== 0) throw new Error("redis-server is missing");
const here = mkdtempSync(join(tmpdir(), "replaybook-workers-"));
const children = new Set();

function start(command, args, stdio = "ignore") {
  const child = spawn(command, args, { cwd: here, stdio });
  children.add(child);
  child.ended = new Promise((done) => child.on("close", (status) => done(status)));
  child.ended.then(() => children.delete(child));
  return child;
}
async function done(...args) {
  const status = await start(process.execPath, [main, ...args]).ended;
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
}
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const QUEUE = ["--queue", `redis://127.0.0.1:${port}`];

/** Starts a worker and waits until it takes jobs. */
async function worker() {
  const args = [main, "worker", "--store", ".", ...QUEUE, "--workers", "1"];
  const child = start(process.execPath, args, ["ignore", "ignore", "pipe"]);
  await new Promise((ready) => child.stderr.once("data", ready));
  child.stderr.resume();
  return child;
}

/** Seconds of the fastest of some sweeps of a plan. */
async function fastest(plan, ...args) {
  const seconds = [];
  for (let round = 0; round < Number(roundsText); round++) {
    const from = performance.now();
    await done("sweep", plan, "-o", "swept", ...args);
    seconds.push((performance.now() - from) / 1000);
    rmSync(join(here, "swept"), { recursive: true });
  }
  return Math.min(...seconds);
}

function writePlan(name, trace, runs) {
  const seed = Array.from({ length: runs }, (_, i) => i + 1);
  const options = { trace, machines: 10, cores: 4, scheduler: "xx,edf" };
  writeFileSync(join(here, name), JSON.stringify({ options, grid: { seed } }));
}

try {
  const runs = Number(runsText);
  await done("generate", "paper", "--ticks", "200", "--load", "100", "-o", "paper.arrow");
  writeFileSync(join(here, "one.csv"), "arrival_s,runtime_s\n0,1\n1,1\n");
  writePlan("sweep.json", "paper.arrow", runs);
  writePlan("small.json", "one.csv", 10 * runs);
  writePlan("none.json", "one.csv", 1);
  start("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", ""]);
  await setTimeout(500);
  const starting = await fastest("none.json", "--workers", "1");
  const each = (seconds, count) => `${((1000 * (seconds - starting)) / count).toFixed(0)} ms`;
  const say = (what, long, small) =>
    console.log(
      `${what}: ${(runs / long).toFixed(2)} runs/s of 20,000 invocations by 2 schedulers; ${each(small, 10 * runs)} a run of 2 invocations`,
    );
  for (const workers of [1, 2]) {
    const args = ["--workers", `${workers}`];
    say(`no queue, ${workers} at a time`, await fastest("sweep.json", ...args), await fastest("small.json", ...args));
  }
  let there = 0;
  for (const workers of [1, 2, 4]) {
    while (there < workers) {
      await worker();
      there++;
    }
    say(`queue, workers: ${workers}`, await fastest("sweep.json", ...QUEUE), await fastest("small.json", ...QUEUE));
  }
} finally {
  const left = [...children].map((child) => {
    child.kill("SIGKILL");
    return child.ended;
  });
  await Promise.all(left);
  rmSync(here, { recursive: true });
}
