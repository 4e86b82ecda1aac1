// npm run bench:kills — processes killed with SIGKILL at random moments, seeded: a replay, a
// streamed one, which goes on from its checkpoints, and a sweep on this machine,
// workers of a queue in mid-job, and redis-server itself. After each the same command, or another worker, has to end with
// the bytes of an undisturbed one. Prints a line per campaign. Needs redis-server. Arguments: kills of each kind, seed, kinds.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { random as seeded } from "./random.mjs";

const [killsText = "50", seedText = "1", kinds = "replay,streamed,sweep,queue"] = process.argv.slice(2);
const KILLS = Number(killsText);
const main = join(import.meta.dirname, "../../dist/cli/main.js");
if (!existsSync(main)) throw new Error(`${main} is not there: npm run build`);
const here = mkdtempSync(join(tmpdir(), "replaybook-kills-"));
const children = new Set();

function start(command, args) {
  const child = spawn(command, args, { cwd: here, stdio: "ignore" });
  children.add(child);
  child.ended = new Promise((done) => child.on("close", (status) => done(status)));
  child.ended.then(() => children.delete(child));
  return child;
}
const replaybook = (...args) => start(process.execPath, [main, ...args]);
async function done(...args) {
  const status = await replaybook(...args).ended;
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
}

/** Bytes of all results under a folder but what says when and where they were made. */
function bytesOf(folder) {
  const hash = createHash("sha256");
  const isResult = (path) => !/(timings|source)\.json$|^traces|\/traces\//.test(path) && statSync(path).isFile();
  const paths = readdirSync(folder, { recursive: true }).map((path) => join(folder, path));
  for (const path of paths.filter(isResult).sort()) {
    hash.update(path.slice(folder.length)).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** What is left of attempts and locks. */
const leftIn = (folder) =>
  readdirSync(folder, { recursive: true }).filter((path) => /\.tmp$|partial|\.lock$/.test(path));

const random = seeded(Number(seedText));
function check(what, folder, expected) {
  if (bytesOf(join(here, folder)) !== expected) throw new Error(`${what}: other bytes in ${join(here, folder)}`);
  const left = leftIn(join(here, folder));
  if (left.length > 0) throw new Error(`${what}: ${left.join(", ")} left`);
}

/** Kills processes that `command` starts at random moments of an undisturbed one's time, then lets one end. */
async function local(what, folder, command, perRound) {
  const from = performance.now();
  await done(...command(`${folder}-whole`));
  const took = performance.now() - from;
  const expected = bytesOf(join(here, `${folder}-whole`));
  let [kills, rounds] = [0, 0];
  while (kills < KILLS) {
    for (let i = 0; i < perRound && kills < KILLS; i++) {
      const child = replaybook(...command(folder));
      await setTimeout(random() * took);
      if (child.exitCode !== null) break;
      child.kill("SIGKILL");
      await child.ended;
      kills++;
    }
    if (!existsSync(join(here, folder, "run.json"))) await done(...command(folder));
    check(what, folder, expected);
    rmSync(join(here, folder), { recursive: true });
    rounds++;
  }
  console.log(
    `${what}: ${kills} kills in ${rounds} rounds, the same bytes after each; ${(took / 1000).toFixed(1)} s alone`,
  );
}

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
async function redis() {
  const server = start("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", ""]);
  await setTimeout(500);
  return server;
}
const QUEUE = ["--queue", `redis://127.0.0.1:${port}`];
const worker = () => replaybook("worker", "--store", ".", ...QUEUE, "--workers", "1", "--lock", "1s");

async function queued(expected) {
  let server = await redis();
  const workers = [worker(), worker()];
  let [kills, outages, rounds] = [0, 0, 0];
  while (kills < KILLS) {
    const sweep = replaybook("sweep", "plan.json", "-o", "queued", ...QUEUE);
    while (sweep.exitCode === null) {
      await Promise.race([sweep.ended, setTimeout(200 + random() * 2500)]);
      if (sweep.exitCode !== null) break;
      if (random() < 0.1) {
        server.kill("SIGKILL");
        await server.ended;
        await setTimeout(random() * 1000);
        server = await redis();
        outages++;
      } else {
        const victim = random() < 0.5 ? 0 : 1;
        workers[victim].kill("SIGKILL");
        await workers[victim].ended;
        workers[victim] = worker();
        kills++;
      }
    }
    if ((await sweep.ended) !== 0) throw new Error("the sweep by workers failed");
    check("sweep by workers", "queued", expected);
    rmSync(join(here, "queued"), { recursive: true });
    rounds++;
  }
  console.log(
    `workers of a queue: ${kills} kills and ${outages} of redis-server in ${rounds} sweeps, the same bytes after each`,
  );
}

try {
  if (spawnSync("redis-server", ["--version"]).status !== 0) throw new Error("redis-server is missing");
  await done("generate", "paper", "--ticks", "200", "--load", "100", "-o", "paper.arrow");
  const options = { trace: "paper.arrow", machines: 10, cores: 4, scheduler: "xx,edf" };
  writeFileSync(join(here, "plan.json"), JSON.stringify({ options, grid: { seed: [1, 2, 3, 4, 5, 6, 7, 8] } }));
  const replay = (out) => ["replay", "paper.arrow", "--scheduler", "xx,hermod,edf", "--machines", "10", "-o", out];
  const sweep = (out) => ["sweep", "plan.json", "-o", out];
  if (kinds.includes("replay")) await local("replay", "run", replay, 1);
  const trace = join(import.meta.dirname, "../../traces/azure-functions-sample");
  const busy = ["--machines", "60", "--load", "0.98", "--cut", "0s..40m", "--scheduler", "xx,hermod,edf"];
  const streamed = (out) => ["replay", trace, ...busy, "--record", "sample=0.02", "--checkpoint", "0.2s", "-o", out];
  if (kinds.includes("streamed")) await local("streamed replay", "streamed", streamed, 4);
  if (kinds.includes("sweep")) await local("sweep on this machine", "swept", sweep, 5);
  if (kinds.includes("queue")) {
    await done(...sweep("alone"));
    await queued(bytesOf(join(here, "alone")));
  }
} finally {
  const left = [...children].map((child) => {
    child.kill("SIGKILL");
    return child.ended;
  });
  await Promise.all(left);
  rmSync(here, { recursive: true });
}
