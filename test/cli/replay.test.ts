import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readTable } from "../../src/table/index.js";
import { checksums, done, replaybook } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-replay-"));
const at = (...path: string[]) => join(here, ...path);
const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), "utf8"));
const SMALL = ["--machines", "4", "--cores", "2"];

beforeAll(async () => {
  await done(["generate", "paper", "--ticks", "10", "--load", "30", "-o", "paper.arrow"], here);
  await done(["replay", "paper.arrow", "-o", "first", ...SMALL, "--seed", "7"], here);
  // Other names, out of order, and a bad row.
  writeFileSync(at("own.csv"), "start,need\n3,1\n1,2\n2,x\n0,0.5\n");
});
afterAll(() => rmSync(here, { recursive: true }));

it("writes a whole run and says what it replayed, how long it took and what is next", async () => {
  const { status, stdout, stderr } = await replaybook(["replay", "paper.arrow", "-o", "whole", ...SMALL], here);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout.replace(/\d+\.\d( s\b)/g, "0.0$1")).toMatch(
    /^paper: 300 invocations on 4 machines x 2 cores\n {2}offered load (\d+\.\d{3}) expected, \1 realised\n {2}workload 0\.0 s, xx 0\.0 s, hermod 0\.0 s, edf 0\.0 s\nwrote whole; next: npx replaybook summary whole\n$/,
  );
  const tables = (name: string) =>
    ["invocations", "machines", "occupancy", "swaps", "windows"].map((table) => `${name}/${table}.arrow`);
  expect(Object.keys(checksums(at("whole")))).toEqual([
    ...tables("edf"),
    ...tables("hermod"),
    "run.json",
    "workload.arrow",
    ...tables("xx"),
  ]);
  const { options, schedulers, checks, trace } = json("whole", "run.json");
  expect(options).toMatchObject({ scheduler: "xx,hermod,edf", machines: "4", cores: "2", seed: "1", until: "drained" });
  expect(trace).toMatchObject({ name: "paper", kind: "invocations", format: "workload", map: {}, on_bad_row: "stop" });
  expect(schedulers.xx).toMatchObject({ arrived: 300, finished: 300, unfinished: 0 });
  expect(checks).toEqual({ every_arrival_ended_once_or_is_unfinished: true, cpu_delivered_is_cpu_needed: true });
  expect(json("whole", "timings.json")).toMatchObject({ trace_path: at("paper.arrow"), node: process.version });
});

it("says what each table is in its own metadata", () => {
  const { metadata } = readTable(at("first", "xx", "invocations.arrow")).schema;
  const run = json("first", "run.json");
  expect(Object.fromEntries(metadata)).toMatchObject({
    ...{ table: "invocations", order: "workload", scheduler: "xx", seed: "7" },
    ...{ trace_sha256: run.trace.sha256, workload_sha256: run.workload.sha256 },
  });
  expect(JSON.parse(metadata.get("config")!)).toMatchObject({ machines: 4, cores: 2, k: 3, shards: 4, until_s: null });
});

it("prints run.json with --json", async () => {
  const stdout = await done(["replay", "paper.arrow", "-o", "json", "--scheduler", "xx", ...SMALL, "--json"], here);
  expect(stdout).toBe(readFileSync(at("json", "run.json"), "utf8"));
});

it("takes options from --config, numbers and lists too, and a flag wins over it", async () => {
  const config = { machines: 3, cores: "2", scheduler: ["ideal", "random"], prices: [1, 2, 3, 4, 5], until: "5s" };
  writeFileSync(at("config.json"), JSON.stringify(config));
  await done(["replay", "paper.arrow", "-o", "config", "--config", "config.json", "--machines", "4"], here);
  expect(json("config", "run.json").options).toMatchObject({
    ...{ machines: "4", cores: "2", scheduler: "ideal,random", prices: "1,2,3,4,5", until: "5s", seed: "1" },
  });
});

it("takes --map before the trace, and more than once", async () => {
  const maps = ["--map", "start=arrival_s", "--map", "need=runtime_s"];
  const flags = ["--on-bad-row=quarantine", "--scheduler", "edf"];
  await done(["replay", ...flags, "-o", "mapped", ...maps, "own.csv"], here);
  expect(json("mapped", "run.json").trace).toMatchObject({ map: { start: "arrival_s", need: "runtime_s" } });
});

it("says that it sorted a table, counts the bad rows it left out, and keeps them", async () => {
  const maps = ["--map", "start=arrival_s", "--map", "need=runtime_s"];
  const flags = ["--on-bad-row=quarantine", "--scheduler", "edf", "-o", "sorted"];
  const { status, stderr } = await replaybook(["replay", "own.csv", ...maps, ...flags], here);
  expect(status).toBe(0);
  expect(stderr.split("\n")).toEqual([
    "note: rows were not in order of arrival: sorted, ties as they were",
    "note: 1 bad row was left out: see the run's rejects.csv",
    "",
  ]);
  expect([...readTable(at("sorted", "workload.arrow")).getChild("arrival_s")!]).toEqual([0, 1, 3]);
  expect(readFileSync(at("sorted", "rejects.csv"), "utf8")).toBe(
    'file,line,reason,row\n"own.csv",4,"invalid runtime_s: x (column need); expected a number of seconds >= 0","2,x"\n',
  );
  expect(readdirSync(at("sorted")).sort()).toEqual([
    "edf",
    "rejects.csv",
    "run.json",
    "timings.json",
    "workload.arrow",
  ]);
});

it("repeats every file but timings.json with --from, byte for byte, wherever the output is", async () => {
  await done(["replay", "--from", "first/run.json", "-o", "deep/er/again"], here);
  expect(checksums(at("deep", "er", "again"))).toEqual(checksums(at("first")));
});

it("repeats it where the trace is given, the folder having moved", async () => {
  mkdirSync(at("moved"));
  writeFileSync(at("moved", "run.json"), readFileSync(at("first", "run.json")));
  await done(["replay", "paper.arrow", "--from", "moved/run.json", "-o", "repeated"], here);
  expect(checksums(at("repeated"))).toEqual(checksums(at("first")));
});

it("repeats what was read with --map and --on-bad-row without their being said again", async () => {
  const maps = ["--map", "start=arrival_s", "--map", "need=runtime_s"];
  await done(["replay", "own.csv", ...maps, "--on-bad-row=quarantine", "-o", "own", "--scheduler", "xx"], here);
  await done(["replay", "--from", "own/run.json", "-o", "own-again"], here);
  expect(checksums(at("own-again"))).toEqual(checksums(at("own")));
  expect(Object.keys(checksums(at("own")))).toContain("rejects.csv");
});

it("lets flags win over the options of --from", async () => {
  await done(["replay", "--from", "first/run.json", "-o", "other", "--seed", "8", "--scheduler", "edf"], here);
  expect(json("other", "run.json").options).toMatchObject({ seed: "8", scheduler: "edf", machines: "4" });
});

it("refuses to repeat a run with another trace", async () => {
  await done(["generate", "paper", "--ticks", "10", "--load", "31", "-o", "other.arrow"], here);
  const { status, stdout, stderr } = await replaybook(
    ["replay", "other.arrow", "--from", "first/run.json", "-o", "not-the-same"],
    here,
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  const sha256 = json("first", "run.json").trace.sha256;
  const message = `replaybook: invalid trace: other.arrow (not the trace of --from: its sha256 is X); expected one whose sha256 is ${sha256}\n`;
  expect(stderr.replace(/(its sha256 is )[0-9a-f]{64}/, "$1X")).toBe(message);
  expect(readdirSync(here).filter((name) => name.startsWith("not-the-same"))).toEqual([]);
});

it("refuses an output that exists, and replaces it with --force", async () => {
  mkdirSync(at("there"));
  writeFileSync(at("there", "old.txt"), "old");
  const args = ["replay", "paper.arrow", "-o", "there", "--scheduler", "edf", ...SMALL];
  expect(await replaybook(args, here)).toEqual({
    status: 2,
    stdout: "",
    stderr: "replaybook: invalid output: there (-o, exists); expected a new name, or --force to replace it\n",
  });
  expect(readdirSync(at("there"))).toEqual(["old.txt"]);
  await done([...args, "--force"], here);
  expect(readdirSync(at("there")).sort()).toEqual(["edf", "run.json", "timings.json", "workload.arrow"]);
  expect(readdirSync(here).filter((name) => name.startsWith("there"))).toEqual(["there"]);
});

it("does not replace the trace it reads, forced or not", async () => {
  await done(["ingest", "paper.arrow", "-o", "trace"], here);
  expect(await replaybook(["replay", "trace", "-o", "trace", "--force"], here)).toEqual({
    status: 2,
    stdout: "",
    stderr: "replaybook: invalid output: trace (-o, which would replace what is to be read); expected another folder\n",
  });
  expect(readdirSync(at("trace"))).toContain("manifest.json");
});

it("replays a trace folder as it does the files that it was made from", async () => {
  await done(["ingest", "paper.arrow", "-o", "ingested", "--name", "paper"], here);
  await done(["replay", "ingested", "-o", "from-folder", ...SMALL, "--seed", "7"], here);
  expect(checksums(at("from-folder"))).toEqual(checksums(at("first")));
});

it("replays arrivals of one instant, whose offered load is unknown, and sums them up", async () => {
  writeFileSync(at("instant.csv"), "arrival_s,runtime_s\n0,1\n0,2\n");
  const printed = await done(["replay", "instant.csv", "-o", "instant", "--machines", "1", "--cores", "1"], here);
  expect(printed).toContain("offered load unknown expected, unknown realised");
  expect(json("instant", "run.json").sample_every_s).toBe(1);
  expect(await done(["summary", "instant"], here)).toContain("offered load unknown expected, unknown realised");
});

it("looks at machines so seldom that they have few rows however long what came last takes", async () => {
  writeFileSync(at("long.csv"), "arrival_s,runtime_s\n0,1\n1,700000\n");
  await done(["replay", "long.csv", "-o", "long", "--machines", "20", "--scheduler", "hermod"], here);
  expect(json("long", "run.json").sample_every_s).toBe(15);
  const cut = ["--until", "10000s", "--machines", "20", "--scheduler", "hermod"];
  await done(["replay", "long.csv", "-o", "long-cut", ...cut], here);
  expect(json("long-cut", "run.json").sample_every_s).toBe(1);
});
