import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readTable } from "../../src/table/index.js";
import { checksums, done } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-xx-"));
const json = (...path: string[]) => JSON.parse(readFileSync(join(here, ...path), "utf8"));
const rows = (run: string, table = "invocations") => readTable(join(here, run, "xx", `${table}.arrow`)).toArray();
const replayXX = (to: string, ...flags: string[]) =>
  done(["replay", "calls.csv", "--scheduler", "xx", "--machines", "1", "--cores", "1", ...flags, "-o", to], here);

beforeAll(() => {
  const header = "arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,owner,parent";
  const lines = [
    "0,4,4,100,200,ann,",
    "1,2,0,100,200,bob,0",
    "2,3,3,100,200,ann,",
    "3,1,2,100,200,bob,1",
    "5,2,4,100,200,ann,",
  ];
  writeFileSync(join(here, "calls.csv"), `${[header, ...lines].join("\n")}\n`);
  writeFileSync(join(here, "budgets.json"), '{"ann": 0.005}');
});
afterAll(() => rmSync(here, { recursive: true }));

it("a workload with parents runs in effective classes, which invocations.arrow and windows.arrow have", async () => {
  await replayXX("plain");
  expect(rows("plain").map((row) => row.price_class)).toEqual([4, 4, 3, 4, 4]);
  expect(rows("plain", "windows").map((row) => [row.price_class, row.count])).toEqual([
    [3, 1],
    [4, 4],
  ]);
  expect(json("plain", "run.json").schedulers.xx.options).toEqual({
    retries: 0,
    call_chains: { raised: 2, late: 0, never_called: 0 },
  });
  expect(json("plain", "run.json").workload.children).toBe(2);
});

it("budgets, lists, times, retries and children are options, and the manifest says what came of them", async () => {
  const memory = [
    "--ram",
    "1GiB",
    "--idle-threshold",
    "512MiB",
    "--lookup-time",
    "50ms",
    "--poll-time",
    "100ms",
    "--retries",
    "2",
  ];
  await replayXX(
    "all",
    "--children",
    "follow",
    "--budget",
    "budgets.json",
    "--budget-rule",
    "delay",
    "--budget-burst",
    "0",
    ...memory,
  );
  const { schedulers, checks, options } = json("all", "run.json");
  expect(options).toMatchObject({ budget: '{"ann":0.005}', "budget-rule": "delay", "idle-threshold": "512MiB" });
  expect(schedulers.xx).toMatchObject({ finished: 5, options: { retries: 0, call_chains: { raised: 2, late: 2 } } });
  expect(schedulers.xx.options.budgets).toMatchObject({
    ...{ rule: "delay", owners_with_a_budget: 1, owners_over_it: 1 },
    owners: { ann: { budget: 0.005, delayed: 2, demoted: 0, rejected: 0 } },
  });
  expect(Object.keys(schedulers.xx.control_traffic)).toEqual([
    ...[
      "polls",
      "idle_list_joins",
      "idle_list_leaves",
      "idle_list_probes",
      "idle_list_updates",
      "placed_from_idle_lists",
    ],
    ...["placed_by_shard_0", "placed_by_shard_1", "placed_by_shard_2", "placed_by_shard_3"],
  ]);
  expect(checks).toEqual({ every_arrival_ended_once_or_is_unfinished: true, cpu_delivered_is_cpu_needed: true });
  const starts = rows("all").map((row) => row.start_s);
  expect(starts[0]).toBeCloseTo(0.15, 12);
  const config = readTable(join(here, "all", "xx", "invocations.arrow")).schema.metadata.get("config")!;
  expect(JSON.parse(config).xx).toMatchObject({
    idleThreshold: 512,
    retries: 2,
    children: "follow",
    budgets: { rule: "delay" },
  });
});

it("rejected invocations are counted, and --from repeats the budgets without their file", async () => {
  await replayXX(
    "rejected",
    "--budget",
    "budgets.json",
    "--budget-rule",
    "reject",
    "--budget-burst",
    "0",
    "--budget-default",
    "1",
  );
  const { rejected, finished } = json("rejected", "run.json").schedulers.xx;
  expect({ rejected, finished }).toEqual({ rejected: 2, finished: 3 });
  expect(rows("rejected").map((row) => row.outcome)).toEqual([
    "finished",
    "finished",
    "rejected",
    "finished",
    "rejected",
  ]);
  rmSync(join(here, "budgets.json"));
  await done(["replay", "--from", join("rejected", "run.json"), "-o", "again"], here);
  expect(checksums(join(here, "again"))).toEqual(checksums(join(here, "rejected")));
});

it("machines on which things take time are an option, and the manifest says how often they did", async () => {
  const flags = ["--context-switch", "100ms", "--startup", "500ms", "--keep-alive", "1h", "--ram", "1GiB"];
  const named = ["arrival_s,runtime_s,price_class,function,app", "0,4,4,f,a", "1,2,0,f,a", "2,1,1,f,b", "6,1,1,f,a"];
  writeFileSync(join(here, "named.csv"), `${named.join("\n")}\n`);
  const machine = ["--scheduler", "xx", "--machines", "1", "--cores", "1"];
  await done(["replay", "named.csv", ...machine, ...flags, "-o", "timed"], here);
  const { schedulers, options, checks } = json("timed", "run.json");
  expect(options).toMatchObject({ "context-switch": "100ms", startup: "500ms", "keep-alive": "1h" });
  expect(schedulers.xx.options.machine_times).toEqual({ context_switches: 2, cold_starts: 3, warm_starts: 1 });
  expect(checks).toEqual({ every_arrival_ended_once_or_is_unfinished: true, cpu_delivered_is_cpu_needed: true });
  expect(rows("timed").map((row) => row.start_s)).toEqual([0.5, 5.5, 4.5, 6.1]);
});

it("moving memory takes time where asked to: the tables, the manifest and a repetition have it", async () => {
  const header = "arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib";
  writeFileSync(join(here, "swapped.csv"), `${[header, "0,4,0,60,60", "1,2,1,60,60"].join("\n")}\n`);
  const machine = ["--scheduler", "xx", "--machines", "1", "--cores", "1", "--ram", "100MiB", "--sample-every", "1s"];
  await done(["replay", "swapped.csv", ...machine, "--swap-bandwidth", "10MiB/s", "-o", "slow"], here);
  // The first is written from 1 s to 7 s, when the second gets in; it is read from 9 s to 15 s.
  const { schedulers, options, checks } = json("slow", "run.json");
  expect(options).toMatchObject({ "swap-bandwidth": "10MiB/s" });
  expect(schedulers.xx).toMatchObject({ swap_outs: 1, swap_ins: 1, swap_out_mib: 60, swap_in_mib: 60 });
  expect(schedulers.xx.options.swap_transfers).toEqual({ busy_s: 12, reads_given_up: 0, held_back: 1, stalls: 0 });
  expect(checks).toEqual({ every_arrival_ended_once_or_is_unfinished: true, cpu_delivered_is_cpu_needed: true });
  const invocations = readTable(join(here, "slow", "xx", "invocations.arrow"));
  expect(JSON.parse(invocations.schema.metadata.get("config")!).xx).toMatchObject({ swapBandwidth: 10 });
  const columns = ["start_s", "finish_s", "memory_resident_mib_s", "memory_swapped_mib_s"] as const;
  // Resident from 0 s to 7 s and from 15 s to 18 s; the other from 7 s to 9 s.
  expect(rows("slow").map((row) => columns.map((name) => row[name]))).toEqual([
    [0, 18, 60 * 10, 60 * 8],
    [7, 9, 60 * 2, 0],
  ]);
  expect(rows("slow", "swaps").map((row) => row.time_s)).toEqual([7, 15]);
  expect(rows("slow", "machines").every((row) => row.resident_max_mib <= 100)).toBe(true);
  await done(["replay", "--from", join("slow", "run.json"), "-o", "slow-again"], here);
  expect(checksums(join(here, "slow-again"))).toEqual(checksums(join(here, "slow")));
});
