import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { register } from "../../src/cli/replay.js";
import { Invalid } from "../../src/invalid.js";
import { done, ended, replaybook, start } from "./built.js";
import { call } from "./call.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-wrong-"));
const NAMES = "xx, hermod, edf, ideal, random";
const PRICES = "expected 1 to 256 prices above 0, ascending, such as 0.3,0.7,1,1.5,2";
const LOAD = "expected as-is or a fraction above 0 and up to 1000, such as 0.9";
const SEED = "expected a whole number from 0 to 9007199254740991";
const PARENT = "expected the number of a row that arrives earlier";
const DOLLARS = "expected dollars a month, 0 or more, such as 25";
const HELP = "expected what `replaybook replay --help` lists";
const RUNTIME = "expected a number of seconds >= 0";
const FILES: Readonly<Record<string, string>> = {
  "good.csv": "arrival_s,runtime_s\n0,1\n1,1\n",
  "cut.csv": "arrival_s,runtime_s,price_class\n0,1,1\n1,2",
  "column.csv": "arrival_s,runtim_s\n0,1\n",
  "class.csv": "arrival_s,runtime_s,price_class\n0,1,4\n1,1,5\n",
  "memory.csv": "arrival_s,runtime_s,memory_initial_mib,memory_peak_mib\n0,1,64,128\n1,1,100,100\n",
  "negative.csv": "arrival_s,runtime_s\n0,1\n1,-1\n",
  "text.csv": "arrival_s,runtime_s\n0,1\n1,fast\n",
  "nan.csv": "arrival_s,runtime_s\n0,1\n1,NaN\n",
  "nothing.csv": "arrival_s,runtime_s\n0,1\n1,\n",
  "early.csv": "arrival_s,runtime_s\n-3,1\n",
  "all-bad.csv": "arrival_s,runtime_s\n0,x\n",
  "owners.csv": "arrival_s,runtime_s,owner\n0,1,ann\n1,1,bob\n",
  "later-parent.csv": "arrival_s,runtime_s,parent\n0,1,\n1,1,2\n2,1,0\n",
  "own-parent.csv": "arrival_s,runtime_s,parent\n0,1,\n1,1,1\n",
  "far-parent.csv": "arrival_s,runtime_s,parent\n0,1,\n1,1,7\n",
  "empty.csv": "",
  "broken.json": "{",
  "list.json": "[1]",
  "unknown.json": '{"sheduler":"xx"}',
  "flag.json": '{"seed":true}',
  "seed.json": '{"seed":-1}',
  "eve.json": '{"ann":1,"eve":5}',
  "owed.json": '{"ann":-1}',
  "words.json": '{"ann":"a lot"}',
};

beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(here, name), text);
  mkdirSync(join(here, "unknown"));
  writeFileSync(join(here, "unknown", "notes.txt"), "hello\n");
  mkdirSync(join(here, "empty"));
  await done(["generate", "paper", "--ticks", "30", "--load", "100", "-o", "paper.arrow"], here);
});
afterAll(() => rmSync(here, { recursive: true }));

/** Every case: what is wrong, the arguments, and the one line. Each ends with 2, says nothing on stdout and leaves nothing. */
const CASES: readonly (readonly [what: string, args: string, message: string])[] = [
  ["an unknown scheduler", "good.csv --scheduler xx,fifo", `scheduler: fifo (--scheduler); expected one of ${NAMES}`],
  [
    "a scheduler twice",
    "good.csv --scheduler xx,xx",
    "scheduler: xx (--scheduler, twice); expected each scheduler once",
  ],
  [
    "zero machines",
    "good.csv --machines 0",
    "machines: 0 (--machines); expected auto or a whole number from 1 to 10000000",
  ],
  ["zero cores", "good.csv --cores 0", "cores: 0 (--cores); expected a whole number from 1 to 1000000"],
  [
    "as few machines as carry no load given",
    "good.csv --machines auto",
    "machines: auto (--machines); expected --load with it, or a number of machines",
  ],
  ["no such file", "no.csv", "trace: no.csv (no such file or folder); expected a trace's files or folder"],
  [
    "a folder of no known format",
    "unknown",
    "trace: unknown (a folder of no known format); expected files of one of azure-functions-2019, azure-functions-2021, azure-llm-2023, aws-lambda-report, huawei-2023, huawei-2025, workload",
  ],
  ["an empty folder", "empty", "trace: empty (a folder without files); expected a trace's files or folder"],
  ["an empty file", "empty.csv", "file: empty.csv (empty); expected a header and rows"],
  [
    "a CSV cut in mid-row",
    "cut.csv",
    "row: 2 fields (cut.csv line 3, the last, without a line end); expected 3 fields",
  ],
  [
    "a wrong column",
    "column.csv",
    "column: runtime_s (column.csv line 1, missing); expected the columns arrival_s, runtime_s",
  ],
  ["a negative runtime", "negative.csv", `runtime_s: -1 (negative.csv line 3); ${RUNTIME}`],
  ["a runtime that is no number", "text.csv", `runtime_s: fast (text.csv line 3); ${RUNTIME}`],
  ["NaN as a runtime", "nan.csv", `runtime_s: NaN (nan.csv line 3); ${RUNTIME}`],
  ["a runtime that is not there", "nothing.csv", `runtime_s: "" (nothing.csv line 3); ${RUNTIME}`],
  ["an arrival before the trace's start", "early.csv", `arrival_s: -3 (early.csv line 2); ${RUNTIME}`],
  [
    "bad rows alone",
    "all-bad.csv --on-bad-row=quarantine",
    "file: all-bad.csv (every row is bad); expected at least one row that can be kept",
  ],
  ["a class beyond the prices", "class.csv", "price_class: 5 (row 1 of class); expected 0..4, as there are 5 prices"],
  ["no trace", "", "trace: none (replay); expected a trace to replay, or --from RUN/run.json"],
  ["no memory", "good.csv --ram 0GiB", "ram: 0GiB (--ram); expected unlimited or a size above 0, such as 32GiB"],
  [
    "memory without a unit",
    "good.csv --ram 32000",
    "size: 32000 (--ram); expected a number with a unit, such as 32GiB, 500GB or 800MiB",
  ],
  [
    "less memory than the smallest of invocations starts with",
    "memory.csv --ram 32MiB",
    "ram: 32MiB (--ram); expected at least 64MiB, the least that an invocation of the workload starts with",
  ],
  [
    "swap in words",
    "good.csv --ram 32GiB --swap plenty",
    "size: plenty (--swap); expected a number with a unit, such as 32GiB, 500GB or 800MiB",
  ],
  [
    "an unknown policy for running out of memory",
    "good.csv --ram 32GiB --oom kill-oldest",
    "oom: kill-oldest (--oom); expected off, kill-newest or kill-largest",
  ],
  [
    "running out of memory that is unlimited",
    "good.csv --oom kill-newest",
    "oom: kill-newest (--oom, with --ram unlimited); expected a --ram, such as 32GiB, or --oom off",
  ],
  [
    "a swap-in watermark at which it would loop",
    "good.csv --ram 32GiB --swap-in-watermark 1",
    "swap-in-watermark: 1 (--swap-in-watermark); expected a fraction between 0 and 1, neither of them, such as 0.9",
  ],
  [
    "an idle threshold above the memory",
    "good.csv --ram 8GiB --idle-threshold 16GiB",
    "idle-threshold: 16GiB (--idle-threshold); expected no more than --ram, which is 8GiB",
  ],
  [
    "an idle threshold without memory",
    "good.csv --idle-threshold 8GiB",
    "idle-threshold: 8GiB (--idle-threshold without --ram); expected --ram with it, of that size or more",
  ],
  [
    "an idle threshold of nothing",
    "good.csv --ram 8GiB --idle-threshold 0GiB",
    "idle-threshold: 0GiB (--idle-threshold); expected off or a size above 0, such as 8GiB",
  ],
  [
    "an unknown idle-list rule",
    "good.csv --idle-list-rule strict",
    "idle-list-rule: strict (--idle-list-rule); expected guarded or literal",
  ],
  [
    "a negative poll time",
    "good.csv --poll-time -1s",
    "time: -1s (--poll-time); expected a number with a unit, such as 90s, 8h or 2d",
  ],
  [
    "a context switch without a unit",
    "good.csv --context-switch 5",
    "time: 5 (--context-switch); expected a number with a unit, such as 90s, 8h or 2d",
  ],
  [
    "a start-up before it was asked for",
    "good.csv --startup -1s",
    "time: -1s (--startup); expected a number with a unit, such as 90s, 8h or 2d",
  ],
  [
    "sandboxes kept for ever",
    "good.csv --startup 1s --keep-alive forever",
    "time: forever (--keep-alive); expected a number with a unit, such as 90s, 8h or 2d",
  ],
  [
    "sandboxes kept that take no time to start",
    "good.csv --keep-alive 10min",
    "keep-alive: 10min (--keep-alive without --startup); expected --startup with it, such as 500ms, or --keep-alive 0",
  ],
  [
    "a rule for idle lists that are off",
    "good.csv --idle-list-rule literal",
    "idle-list-rule: literal (--idle-list-rule without --idle-threshold); expected --idle-threshold with it, or no --idle-list-rule",
  ],
  [
    "a time to look at idle lists that are off",
    "good.csv --lookup-time 1ms",
    "lookup-time: 1ms (--lookup-time without --idle-threshold); expected --idle-threshold with it, or no --lookup-time",
  ],
  [
    "a rule for budgets that nobody has",
    "good.csv --budget-rule reject",
    "budget-rule: reject (--budget-rule without --budget or --budget-default); expected --budget or --budget-default with it, or no --budget-rule",
  ],
  [
    "swap space without a limit of memory",
    "good.csv --swap 50GB",
    "swap: 50GB (--swap without --ram); expected --ram with it, such as 32GiB",
  ],
  [
    "sandboxes kept for functions that the trace does not name",
    "good.csv --startup 1s --keep-alive 10min",
    "keep-alive: 600s (--keep-alive); expected a trace with functions, which this has not",
  ],
  [
    "a swap bandwidth of nothing",
    "good.csv --ram 8GiB --swap-bandwidth 0MB/s",
    "swap-bandwidth: 0MB/s (--swap-bandwidth); expected off or a rate above 0, such as 500MB/s",
  ],
  [
    "a swap bandwidth that is no rate",
    "good.csv --ram 8GiB --swap-bandwidth 500MB",
    "rate: 500MB (--swap-bandwidth); expected a size per second, such as 500MB/s or 2GiB/s",
  ],
  [
    "a swap bandwidth below nothing",
    "good.csv --ram 8GiB --swap-bandwidth=-500MB/s",
    "rate: -500MB/s (--swap-bandwidth); expected a size per second, such as 500MB/s or 2GiB/s",
  ],
  [
    "a swap bandwidth where nothing is swapped",
    "good.csv --swap-bandwidth 500MB/s",
    "swap-bandwidth: 500MB/s (--swap-bandwidth without --ram); expected --ram with it, such as 32GiB",
  ],
  [
    "retries in words",
    "good.csv --retries often",
    "retries: often (--retries); expected a whole number from 0 to 1000",
  ],
  ["a parent that comes later", "later-parent.csv", `parent: 2 (later-parent.csv, row 1 counted from 0); ${PARENT}`],
  [
    "an invocation that is its own parent",
    "own-parent.csv",
    `parent: 1 (own-parent.csv, row 1 counted from 0); ${PARENT}`,
  ],
  ["a parent that is no row", "far-parent.csv", `parent: 7 (far-parent.csv, row 1 counted from 0); ${PARENT}`],
  [
    "a budget for an owner nobody knows",
    "owners.csv --budget eve.json",
    "budget: eve (eve.json); expected owners of the trace, such as ann, bob",
  ],
  [
    "a budget where nobody owns anything",
    "good.csv --budget eve.json",
    "budget: ann (eve.json); expected a trace with owners, which this has not",
  ],
  [
    "a default budget where nobody owns anything",
    "good.csv --budget-default 5",
    "budget-default: 5 (--budget-default); expected a trace with owners, which this has not",
  ],
  ["a negative budget", "owners.csv --budget owed.json", `budget: -1 (ann in owed.json); ${DOLLARS}`],
  ["a budget in words", "owners.csv --budget words.json", `budget: "a lot" (ann in words.json); ${DOLLARS}`],
  [
    "a negative default budget",
    "owners.csv --budget-default -5",
    "budget-default: -5 (--budget-default); expected none or dollars a month, 0 or more, such as 25",
  ],
  ["budgets that are not there", "owners.csv --budget no.json", "budget: no.json (ENOENT); expected a JSON file"],
  [
    "budgets that are not JSON",
    "owners.csv --budget broken.json",
    "budget: broken.json (not JSON); expected a JSON object of owners and dollars a month",
  ],
  [
    "an unknown budget rule",
    "owners.csv --budget-default 5 --budget-rule ignore",
    "budget-rule: ignore (--budget-rule); expected demote, delay or reject",
  ],
  [
    "a span that ends before it starts",
    "good.csv --cut 16h..8h",
    "span: 16h..8h (--cut); expected a span such as 8h..16h, its end after its start",
  ],
  [
    "a span without units",
    "good.csv --cut 8..16",
    "time: 8 (--cut); expected a number with a unit, such as 90s, 8h or 2d",
  ],
  ["a load of zero", "good.csv --load 0", `load: 0 (--load); ${LOAD}`],
  ["a load that is no number", "good.csv --load NaN", `load: NaN (--load); ${LOAD}`],
  ["prices that fall", "good.csv --prices 2,1", `prices: 2,1 (--prices); ${PRICES}`],
  ["a price that is no number", "good.csv --prices 1,x", `prices: x (--prices); ${PRICES}`],
  ["a negative seed", "good.csv --seed -1", `seed: -1 (--seed); ${SEED}`],
  [
    "a seed beyond what a number can hold",
    "good.csv --seed 9007199254740993",
    `seed: 9007199254740993 (--seed); ${SEED}`,
  ],
  [
    "an end before the beginning",
    "paper.arrow --cut 5s..20s --until 5s",
    "until: 5s (--until); expected a time after 5s, where the part of the trace that is replayed begins",
  ],
  ["a time that never comes", "good.csv --until 0", "time: 0 (--until); expected a time above 0, such as 60s"],
  [
    "an unknown rule for bad rows",
    "good.csv --on-bad-row skip",
    "bad-row rule: skip (--on-bad-row); expected stop or quarantine",
  ],
  ["a config that is not there", "good.csv --config no.json", "config: no.json (ENOENT); expected a JSON file"],
  [
    "a config that is not JSON",
    "good.csv --config broken.json",
    "config: broken.json (not JSON); expected a JSON object of options",
  ],
  [
    "a config that is a list",
    "good.csv --config list.json",
    "config: list.json (no JSON object); expected a JSON object of options",
  ],
  [
    "a config with a value that is no text",
    "good.csv --config flag.json",
    "seed: true (flag.json); expected a text or a number",
  ],
  ["a bad value in a config", "good.csv --config seed.json", `seed: -1 (--seed); ${SEED}`],
  [
    "a run to repeat that is none",
    "good.csv --from flag.json",
    "run: flag.json (--from); expected the run.json of a run",
  ],
  [
    "--config and --from together",
    "good.csv --config seed.json --from seed.json",
    "option: --from (with --config); expected one of the two",
  ],
];

describe("replay refuses", () => {
  const cwd = process.cwd();
  beforeAll(() => process.chdir(here));
  afterAll(() => process.chdir(cwd));

  it.each(CASES)("%s", async (_, args, message) => {
    const before = readdirSync(here).sort();
    const refused = call(register, "replay", ...args.split(" ").filter(Boolean), "-o", "out");
    await expect(refused).rejects.toThrow(Invalid);
    await expect(refused).rejects.toHaveProperty("message", `invalid ${message}`);
    expect(readdirSync(here).sort()).toEqual(before);
  });

  it.each(CASES.filter((_, i) => i % 12 === 0))("%s, in one line and with status 2", async (_, args, message) => {
    const given = ["replay", ...args.split(" ").filter(Boolean), "-o", "out"];
    const stderr = `replaybook: invalid ${message}\n`;
    expect(await replaybook(given, here)).toEqual({ status: 2, stdout: "", stderr });
  });

  it("an option in a config that does not exist, and says which do", async () => {
    const { status, stderr } = await replaybook(["replay", "good.csv", "-o", "out", "--config", "unknown.json"], here);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^replaybook: invalid option: sheduler \(unknown\.json\); expected some of scheduler, machines, [^\n]*, classes\n$/,
    );
  });

  it("a file whose name has line breaks, in one line", async () => {
    writeFileSync(join(here, "two\nlines.csv"), "arrival_s,runtime_s\n0,slow\n");
    expect(await replaybook(["replay", "two\nlines.csv", "-o", "out"], here)).toEqual({
      status: 2,
      stdout: "",
      stderr: `replaybook: invalid runtime_s: slow (two\ufffdlines.csv line 2); ${RUNTIME}\n`,
    });
  });

  it("a class beyond the prices of a whole workload", async () => {
    const ended = await replaybook(["replay", "paper.arrow", "--prices", "1,2", "-o", "out"], here);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toMatch(
      /^replaybook: invalid price_class: [234] \(row \d+ of paper\); expected 0\.\.1, as there are 2 prices\n$/,
    );
    expect(readdirSync(here).filter((name) => name.startsWith("out"))).toEqual([]);
  });
});

describe("the command line refuses", () => {
  it.each([
    ["an unknown command", ["play"], "command: play (unknown); expected what `replaybook --help` lists"],
    [
      "an unknown generator",
      ["generate", "papier"],
      "command: papier (unknown); expected what `replaybook generate --help` lists",
    ],
    ["an unknown option", ["replay", "good.csv", "--wrong", "1", "-o", "out"], `option: --wrong (unknown); ${HELP}`],
    ["a replay without an output", ["replay", "good.csv"], `option: -o, --output <dir> (missing); ${HELP}`],
    [
      "an option without its value",
      ["replay", "good.csv", "-o", "out", "--seed"],
      `option: --seed <n> (without its value); ${HELP}`,
    ],
    ["a trace too many", ["replay", "good.csv", "good.csv", "-o", "out"], `arguments: replay (too many); ${HELP}`],
    [
      "an ingest of nothing",
      ["ingest", "-o", "out"],
      "argument: path (missing); expected what `replaybook ingest --help` lists",
    ],
  ])("%s", async (_, args, message) => {
    expect(await replaybook(args, here)).toEqual({ status: 2, stdout: "", stderr: `replaybook: invalid ${message}\n` });
  });

  it("nothing at all, and says on stderr how it is used", async () => {
    const { status, stdout, stderr } = await replaybook([], here);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: replaybook /);
  });
});

it("the command line ends quietly when who reads it has stopped", async () => {
  const child = start(["--help"], here);
  child.stdout!.destroy();
  const { stderr } = await ended(child);
  expect(stderr).toBe("");
});
