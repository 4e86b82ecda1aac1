import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { type MarkedRows, type ReplayState, type ReplayTask, replay } from "../../src/replay.js";
import { type SchedulerConfig, UNLIMITED_MEMORY } from "../../src/scheduler/scheduler.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";
import { XX_OFF } from "../../src/scheduler/xx/options.js";
import { BATCH_ROWS } from "../../src/table/index.js";
import { hyperexponential } from "../oracle/laws-of-runtime.js";
import { poisson } from "../oracle/poisson.js";
import { newFolder } from "./tables.js";
import { PRICES } from "./workloads.js";

const ROWS = 4 * BATCH_ROWS + 3000;
const made = poisson(ROWS, 1.45 * 40, hyperexponential(40), [0.35, 0.25, 0.02, 0.15, 0.23], 9);
for (let i = 0; i < ROWS; i += 3) made.runtime_s[i] = 0;
made.runtime_s[0] = 4000;
const END = made.arrival_s[ROWS - 1]!;

async function* batches(from: number, checkpointAfter: number): AsyncGenerator<MarkedRows> {
  for (const [i, { rows, arrival_s, runtime_s, price_class }] of made.chunks.entries()) {
    if (i < from) continue;
    const memory_initial_mib = Float32Array.from(runtime_s, (value) => 1 + value);
    const memory_peak_mib = Float32Array.from(runtime_s, (value) => 3 * value + 2);
    const parent = Int32Array.from(runtime_s, (_, row) => (row % 5 === 4 ? i * BATCH_ROWS + row - 2 : -1));
    const columns = { arrival_s, runtime_s, price_class, memory_initial_mib, memory_peak_mib, parent };
    yield { rows, columns, checkpoint: i === checkpointAfter ? 1 : 0 };
  }
}

const CLUSTER = { ...UNLIMITED_MEMORY, machines: 10, cores: 4, k: 2, shards: 4, prices: PRICES, seed: 3 };
const LOOKUPS = { ...XX_OFF, idleThreshold: 8, lookupTime: 1e-4, pollTime: 1e-4, children: "follow" as const };
const CASES: readonly (readonly [string, string, Partial<SchedulerConfig>])[] = [
  ["xx", "xx", {}],
  ["hermod", "hermod", {}],
  ["edf", "edf", {}],
  ["xx with little RAM and swap", "xx", { ram: 60, swap: 300 }],
  ["xx whose calls follow one another", "xx", { ram: 400, xx: LOOKUPS }],
  ["hermod that kills", "hermod", { ram: 60, oom: "kill-newest" }],
];
const KEPT = [
  ["no row kept", { kept: { share: 0, since: END / 7 } }],
  ["a sample kept", { kept: { share: 0.3, since: 0 } }],
  ["every row kept", { streamed: true, partRows: BATCH_ROWS }],
] as const;

const files = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length), readFileSync(path).toString("base64")]),
  );

describe.each(CASES)("%s, streamed, killed after a batch and gone on with", (_, scheduler, part) => {
  it.each(KEPT)("has the bytes of an undisturbed run: %s", async (_, kept) => {
    const config: SchedulerConfig = { ...CLUSTER, ...part };
    const task = (folder: string): ReplayTask => ({
      ...{ scheduler, config, rows: ROWS, from: 0, until: END - 1, window: 300, sampleEvery: 60, folder },
      ...{ metadata: {}, ...kept },
    });
    const tells = schedulerNamed(scheduler).tellsArrivals?.(config) ?? false;
    expect(tells).toBe(config.xx !== undefined);
    const whole = newFolder();
    const after: string[] = [];
    const states: Buffer[] = [];
    const result = await replay(task(whole), batches(0, 1), {
      late: () => ({ told: "at the end" }),
      checkpoint: (_, state) => {
        states.push(serialize(state));
        // What a process that is killed leaves, some of it written after the checkpoint.
        after.push(newFolder());
        cpSync(whole, after[0]!, { recursive: true });
      },
    });
    const resumed = await replay(task(after[0]!), batches(2, -1), {
      late: () => ({ told: "at the end" }),
      resumed: deserialize(states[0]!) as ReplayState,
    });
    expect(resumed).toEqual(result);
    const [expected, found] = [files(whole), files(after[0]!)];
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [name, bytes] of Object.entries(found)) expect(bytes === expected[name], name).toBe(true);
  });
});
