import { type ChildProcess, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort, Redis, redisPresent } from "../sweep/redis.js";
import { checksums, done, ended, replaybook, start } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-queue-"));
const at = (...path: string[]) => join(here, ...path);
/** Each of them takes seconds on a machine that has nothing else to do. */
const PATIENCE = { timeout: 240_000 };
const LOCK = "1s";
const SHORT = {
  options: { trace: "../short.arrow", machines: 10, cores: 4, scheduler: "xx,edf" },
  grid: { seed: [1, 2, 3] },
};
/** Runs of about two seconds each: more than a lock. */
const LONG = { options: { trace: "../long.arrow", machines: 20, cores: 4 }, grid: { seed: [1, 2] } };

let redis: Redis;
let expected: { readonly short: Record<string, string>; readonly long: Record<string, string> };
const said: string[] = [];
let running: Process[] = [];

/** A process of the built command line, and what it has said so far. */
interface Process {
  readonly child: ChildProcess;
  readonly end: Promise<{ readonly status: number | null; readonly stdout: string }>;
  /** Of stdout and stderr, as far as it has come. */
  readonly text: () => string;
  readonly says: (pattern: RegExp) => Promise<void>;
}

function begin(args: readonly string[], cwd: string): Process {
  const child = start(args, cwd);
  let text = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (piece) => (text += piece));
  const end = ended(child).then((all) => {
    said.push(all.stdout, all.stderr);
    return all;
  });
  const says = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      if (child.exitCode !== null) throw new Error(`ended without saying ${pattern}: ${text}`);
      await setTimeout(5);
    }
  };
  const process = { child, end, text: () => text, says };
  running.push(process);
  return process;
}

const worker = (store: string, ...args: string[]) =>
  begin(["worker", "--store", store, "--queue", redis.url, "--workers", "1", "--lock", LOCK, ...args], here);
const submit = (store: string, ...args: string[]) =>
  begin(["sweep", "plan.json", "-o", "swept", "--queue", redis.url, ...args], at(store));
/** A store of its own with a plan, and so a queue of its own. */
function storeOf(plan: object): string {
  const name = mkdtempSync(at("store-")).slice(here.length + 1);
  writeFileSync(at(name, "plan.json"), JSON.stringify(plan));
  return name;
}
const isResult = (path: string) => /^(runs|cells|summary|sweep\.json)/.test(path) && !path.endsWith("timings.json");
const results = (...path: string[]) =>
  Object.fromEntries(Object.entries(checksums(at(...path))).filter(([file]) => isResult(file)));
/** What is not whole yet, or locked. */
const hidden = (...path: string[]) =>
  existsSync(at(...path))
    ? readdirSync(at(...path), { recursive: true, encoding: "utf8" }).filter((file) => /tmp|partial|lock/.test(file))
    : [];
const replays = (...workers: Process[]) => workers.map(({ text }) => text().match(/: replayed in /g)?.length ?? 0);
const isRunning = (store: string) => hidden(store, "swept", "runs").length > 0;

describe.skipIf(!redisPresent("a sweep by workers of a queue"))("a sweep by workers of a queue", PATIENCE, () => {
  beforeAll(async () => {
    const generating = [
      done(["generate", "paper", "--ticks", "20", "--load", "50", "-o", "short.arrow"], here),
      done(["generate", "paper", "--ticks", "600", "--load", "220", "-o", "long.arrow"], here),
    ];
    redis = await Redis.started();
    await Promise.all(generating);
    mkdirSync(at("local"));
    for (const [name, plan] of Object.entries({ short: SHORT, long: LONG })) {
      writeFileSync(at("local", `${name}.json`), JSON.stringify(plan));
      await done(["sweep", `${name}.json`, "-o", name], at("local"));
    }
    expected = { short: results("local", "short"), long: results("local", "long") };
  });
  afterEach(async () => {
    for (const { child } of running) child.kill("SIGKILL");
    await Promise.all(running.map(({ end }) => end));
    running = [];
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(here, { recursive: true });
  });

  it("makes the bytes of a local one, each run once, goes on where it is, and nobody sees the password", async () => {
    const store = storeOf(SHORT);
    const workers = [worker(store), worker(store)];
    const sweep = submit(store);
    const { status, stdout } = await sweep.end;
    expect(status).toBe(0);
    expect(stdout).toContain("3 runs: 3 replayed in ");
    expect(results(store, "swept")).toEqual(expected.short);
    expect(hidden(store)).toEqual([]);
    const [a = 0, b = 0] = replays(...workers);
    expect(a + b).toBe(3);
    if (existsSync("/proc/self/cmdline")) {
      expect(readFileSync(`/proc/${workers[0]!.child.pid}/cmdline`, "utf8")).not.toContain(redis.password);
    }
    const [lost] = readdirSync(at(store, "swept", "runs")) as [string];
    rmSync(at(store, "swept", "runs", lost), { recursive: true });
    const again = submit(store);
    expect((await again.end).stdout).toContain("3 runs: 1 replayed in ");
    expect(replays(...workers).reduce((sum, n) => sum + n)).toBe(4);
    expect(results(store, "swept")).toEqual(expected.short);
  });

  it("runs a job that takes longer than its lock once; one whose worker is killed or frozen is another's", async () => {
    const store = storeOf(LONG);
    const workers = [worker(store), worker(store)];
    expect((await submit(store).end).status).toBe(0);
    expect(replays(...workers)).toEqual([1, 1]);
    for (const { text } of workers) expect(Number(/replayed in ([\d.]+) s/.exec(text())![1])).toBeGreaterThan(1);
    expect(results(store, "swept")).toEqual(expected.long);

    rmSync(at(store, "swept"), { recursive: true });
    const sweep = submit(store);
    while (hidden(store, "swept", "runs").length < 2) await setTimeout(10);
    const [killed, frozen] = workers as [Process, Process];
    killed.child.kill("SIGKILL");
    frozen.child.kill("SIGSTOP");
    const third = worker(store);
    await third.says(/was left by a worker that is gone/);
    expect((await sweep.end).status).toBe(0);
    expect(replays(third)).toEqual([2]);
    expect(results(store, "swept")).toEqual(expected.long);
    frozen.child.kill("SIGCONT");
    while (hidden(store, "swept", "runs").length > 0) await setTimeout(10);
    expect(results(store, "swept")).toEqual(expected.long);
  });

  it("goes on when Redis is stopped, all that it held lost, and started", async () => {
    const store = storeOf(SHORT);
    const sweep = submit(store);
    await sweep.says(/no worker takes jobs/);
    const [one] = [worker(store)];
    while (!isRunning(store)) await setTimeout(2);
    await redis.stop();
    await Promise.all([sweep.says(/is away \(/), one!.says(/is away \(/)]);
    await redis.start();
    expect((await sweep.end).status).toBe(0);
    expect(sweep.text()).toContain("is back");
    expect(results(store, "swept")).toEqual(expected.short);
  });

  it("is left by Ctrl-C, stopped by --cancel, and goes on with the same command; SIGTERM puts a run back", async () => {
    const store = storeOf({ ...LONG, grid: { seed: [1] } });
    const one = worker(store);
    const left = submit(store);
    while (!isRunning(store)) await setTimeout(5);
    left.child.kill("SIGINT");
    expect((await left.end).status).toBe(130);
    expect(left.text()).toContain("note: the workers go on; the same command waits again\n");
    const waiting = submit(store);
    await setTimeout(400);
    const cancelled = await submit(store, "--cancel").end;
    expect(cancelled).toMatchObject({ status: 0, stdout: expect.stringMatching(/^cancelled 1 run; the same/) });
    expect((await waiting.end).status).toBe(1);
    expect(waiting.text()).toMatch(/replaybook: failed: cancelled with 0 of 1 runs done\n/);
    expect(hidden(store, "swept")).toEqual([]);

    const again = submit(store);
    while (!isRunning(store)) await setTimeout(5);
    one.child.kill("SIGTERM");
    expect((await one.end).status).toBe(143);
    expect(one.text()).toContain("put back");
    const other = worker(store, "--idle", "1s");
    expect((await again.end).status).toBe(0);
    const [run] = readdirSync(at(store, "swept", "runs"));
    const whole = checksums(at("local", "long", "runs", run!));
    expect(checksums(at(store, "swept", "runs", run!))).toEqual(whole);
    expect((await other.end).status).toBe(0);
  });

  it("names runs that fail in one line each, tried once where the plan is wrong, and does the others", async () => {
    const store = storeOf({ options: SHORT.options, cells: [{ ram: "1MiB" }, { cores: 3 }] });
    const one = worker(store);
    const sweep = submit(store);
    expect((await sweep.end).status).toBe(1);
    const lines = sweep
      .text()
      .split("\n")
      .filter((line) => line.startsWith("replaybook: "));
    expect(lines).toEqual([
      expect.stringMatching(/^replaybook: failed: runs\/\S+: invalid ram: 1MiB \(--ram\); expected at least /),
      "replaybook: failed: 1 of 2 runs; the same command tries them again",
    ]);
    expect(one.text().match(/: failed: invalid ram/g)).toHaveLength(1);
    expect(hidden(store, "swept")).toEqual([]);
  });

  it("is refused by a worker of another version, which leaves the job to others and ends", async () => {
    const store = storeOf(SHORT);
    const one = worker(store);
    await one.says(/takes 1 run at a time/);
    const id = readFileSync(at(store, ".replaybook-store"), "utf8");
    const connection = { host: "127.0.0.1", port: redis.port, password: redis.password };
    const queue = new Queue(id, { prefix: "replaybook", connection });
    await queue.add("run", { replaybook: "0.0.9", table_version: "1", sweep: "swept" }, { jobId: "a-b" });
    expect((await one.end).status).toBe(2);
    expect(one.text()).toContain(
      "replaybook: invalid version: 0.0.9 with tables of version 1 (of the plan of swept); expected 0.1.0 and 1, this worker's\n",
    );
    expect((await queue.getJob("a-b"))?.failedReason).toBe(undefined);
    expect(await queue.getJobCountByTypes("delayed", "waiting")).toBe(1);
    await queue.close();
  });

  it("is refused in one line where the queue is away or locked, or the store, the plan or the flags are wrong", async () => {
    const store = storeOf(SHORT);
    writeFileSync(at(store, "empty.json"), '{"options":{"trace":"../short.arrow"},"grid":{}}');
    writeFileSync(at(store, "option.json"), '{"options":{"trace":"../short.arrow","lod":1}}');
    const [free, server] = [await freePort(), `127.0.0.1:${redis.port}`];
    const sweep = (...args: string[]) => ["sweep", "plan.json", "-o", "new", ...args];
    const away = `queue: redis://***@127.0.0.1:${free}/0 (--queue, connect ECONNREFUSED 127.0.0.1:${free}); expected a Redis or Valkey server that answers`;
    const locked = "expected one whose password is in its address, redis://:PASSWORD@host";
    const given = ["--queue", redis.url];
    const wrong: [readonly string[], string | RegExp][] = [
      [sweep("--queue", `redis://:s3cret-word@127.0.0.1:${free}`), away],
      [["worker", "--store", ".", "--queue", `redis://:s3cret-word@127.0.0.1:${free}`], away],
      [
        sweep("--queue", `redis://${server}`),
        new RegExp(`^queue: redis://${server}/0 \\(--queue, NOAUTH [^)]*\\); ${locked}$`),
      ],
      [
        ["worker", "--store", ".", "--queue", `redis://:s3cret-wrong@${server}`],
        new RegExp(`^queue: redis://\\*\\*\\*@${server}/0 \\(--queue, WRONGPASS [^)]*\\); ${locked}$`),
      ],
      [
        ["worker", "--store", "plan.json", ...given],
        "store: plan.json (--store, ENOTDIR); expected a shared folder that can be written",
      ],
      [sweep("--store", "no", ...given), "store: no (--store, ENOENT); expected a shared folder that can be written"],
      [
        sweep("--store", "/tmp", ...given, "--shard", "1/2"),
        `shard: 1/2 (--shard, with --queue); expected one of the two`,
      ],
      [
        ["sweep", "empty.json", "-o", "new", ...given],
        "grid: {} (empty.json); expected an object of one or more options, each with a list of values",
      ],
      [
        ["sweep", "option.json", "-o", "new", ...given],
        /^option: lod \(option.json, options\); expected some of trace, /,
      ],
    ];
    const all = await Promise.all(wrong.map(([args]) => replaybook(args, at(store))));
    for (const [i, { status, stdout, stderr }] of all.entries()) {
      said.push(stderr);
      const [, line, rest] = /^replaybook: invalid (.*)\n([\s\S]*)$/.exec(stderr) ?? [null, stderr];
      expect([status, stdout, rest]).toEqual([2, "", ""]);
      if (typeof wrong[i]![1] === "string") expect(line).toBe(wrong[i]![1]);
      else expect(line).toMatch(wrong[i]![1]);
    }
    expect(existsSync(at(store, "new"))).toBe(false);
  });

  it("never says the password, nor writes it anywhere", () => {
    expect(said.length).toBeGreaterThan(20);
    expect(said.filter((text) => text.includes(redis.password) || text.includes("s3cret"))).toEqual([]);
    const found = execFileSync("sh", ["-c", `grep -rl ${redis.password} ${here} || true`], { encoding: "utf8" });
    expect(found).toBe("");
  });
});
