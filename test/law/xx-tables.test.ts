import fc from "fast-check";
import { expect, it } from "vitest";
import { replay } from "../../src/replay.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { ControlPlane } from "../../src/scheduler/xx/control-plane.js";
import { follows, XX_OFF, type XXOptions } from "../../src/scheduler/xx/options.js";
import { BATCH_ROWS, OUTCOMES } from "../../src/table/index.js";
import { hyperexponential } from "../oracle/laws-of-runtime.js";
import { poisson } from "../oracle/poisson.js";
import { allColumns, difference, newFolder } from "./tables.js";
import { cluster, inOneBatch, PRICES, until } from "./workloads.js";
import { type CalledWorkload, calledWorkload, Diary, type Life, optionsFor, replayOnce } from "./xx-workloads.js";

const RUNS = { seed: 101, numRuns: 80 };
const WINDOW = 2;

/** Unlimited memory, or memory without swap: then all that an invocation holds is resident. */
const clusters = fc.oneof(
  cluster,
  fc.tuple(cluster, fc.integer({ min: 300, max: 2000 })).map(([config, ram]) => ({ ...config, ram, swap: 0 })),
);
const setups = clusters
  .chain((config) => fc.tuple(fc.constant(config), optionsFor(config.ram)))
  .filter(([, xx]) => follows(xx));

async function tables(workload: CalledWorkload, config: SchedulerConfig, xx: XXOptions, end: number | null) {
  const folder = newFolder();
  const task = { scheduler: "xx", config: { ...config, xx }, rows: workload.arrival_s.length, from: 0, until: end };
  const result = await replay({ ...task, window: WINDOW, sampleEvery: 1, folder, metadata: {} }, inOneBatch(workload));
  const diary = new Diary(workload);
  replayOnce(new ControlPlane(config, xx, diary), workload, end);
  return { result, folder, lives: diary.lives, rows: await allColumns(folder, "invocations") };
}

/** CPU seconds and integrals of memory, of all attempts together. */
function held(workload: CalledWorkload, i: number, life: Life, end: number) {
  const initial = workload.runtime_s[i] === 0 ? workload.memory_peak_mib[i]! : workload.memory_initial_mib[i]!;
  const growth = workload.runtime_s[i] === 0 ? 0 : (workload.memory_peak_mib[i]! - initial) / workload.runtime_s[i]!;
  let [cpu, running, resident] = [0, 0, 0];
  for (const [n, placed] of life.placed.entries()) {
    const left = Number.isNaN(life.left[n]!) ? end : life.left[n]!;
    let done = 0;
    let at = placed;
    const next = life.placed[n + 1] ?? Number.POSITIVE_INFINITY;
    const isLast = n === life.placed.length - 1;
    for (const [from, to] of life.stints) {
      if (from < placed || (!isLast && (from >= next || to > left))) continue;
      resident += (initial + growth * done) * (from - at);
      const x = to - from;
      const area = (initial + growth * done + (growth * x) / 2) * x;
      resident += area;
      running += area;
      cpu += x;
      done += x;
      at = to;
    }
    resident += (initial + growth * done) * (left - at);
  }
  return { cpu, running, resident };
}

const near = (found: number, expected: number, what: string) =>
  expect(Math.abs(found - expected), `${what}: ${found}, ${expected}`).toBeLessThanOrEqual(
    1e-7 * Math.max(100, Math.abs(expected)),
  );

it("invocations.arrow has what was told of each, in its effective class, with every attempt counted in", async () => {
  const property = fc.asyncProperty(calledWorkload, setups, until, async (workload, [config, xx], end) => {
    const { result, lives, rows } = await tables(workload, config, xx, end);
    for (const [i, life] of lives.entries()) {
      const absent = life.outcome === "" || life.outcome === "absent";
      expect(OUTCOMES[rows["outcome"]![i]!]).toBe(absent ? "unfinished" : life.outcome);
      if (life.outcome === "") expect(rows["arrival_s"]![i]).toBe(workload.arrival_s[i]);
      else if (absent) expect(rows["arrival_s"]![i]).toBe(Number.POSITIVE_INFINITY);
      else expect([rows["arrival_s"]![i], rows["price_class"]![i]]).toEqual([life.arrival, life.priceClass]);
      expect([rows["start_s"]![i], rows["finish_s"]![i], rows["machine"]![i]]).toEqual([
        life.start,
        life.finish,
        life.machine,
      ]);
      const { cpu, running, resident } = held(workload, i, life, result.end_s);
      near(rows["cpu_s"]![i]!, cpu, `cpu_s of ${i}`);
      near(rows["memory_running_mib_s"]![i]!, running, `memory_running_mib_s of ${i}`);
      near(rows["memory_resident_mib_s"]![i]!, resident, `memory_resident_mib_s of ${i}`);
    }
    const count = (outcome: Life["outcome"]) => lives.filter((life) => life.outcome === outcome).length;
    const { arrived, finished, killed, rejected, unfinished, cpu_s, options } = result;
    expect({ finished, killed, rejected, unfinished }).toEqual({
      ...{ finished: count("finished"), killed: count("killed") },
      ...{ rejected: count("rejected"), unfinished: count("unfinished") },
    });
    expect(arrived).toBe(finished + killed + rejected + unfinished);
    expect(options?.retries).toBe(lives.reduce((sum, { retries }) => sum + retries, 0));
    near(
      cpu_s,
      rows["cpu_s"]!.reduce((a, b) => a + b, 0),
      "cpu_s",
    );
  });
  await fc.assert(property, RUNS);
});

it("windows.arrow counts invocations where they arrived, in their effective class", async () => {
  const property = fc.asyncProperty(calledWorkload, setups, until, async (workload, [config, xx], end) => {
    const { folder, lives } = await tables(workload, config, xx, end);
    const found = await allColumns(folder, "windows");
    const key = (life: Life) => `${WINDOW * Math.floor(life.arrival / WINDOW)} ${life.priceClass} ${life.outcome}`;
    const expected = new Map<string, number>();
    for (const life of lives) {
      if (Number.isNaN(life.arrival)) continue;
      expected.set(key(life), (expected.get(key(life)) ?? 0) + 1);
    }
    const counted = new Map<string, number>();
    for (const [row, start] of found["window_start_s"]!.entries()) {
      for (const outcome of OUTCOMES) {
        const count = found[outcome]![row]!;
        if (count > 0) counted.set(`${start} ${found["price_class"]![row]} ${outcome}`, count);
      }
    }
    expect(new Map([...counted].sort())).toEqual(new Map([...expected].sort()));
  });
  await fc.assert(property, RUNS);
});

it("three batches of rows: in parts and in order of finish they are the same rows, sorted otherwise", async () => {
  const rows = 140_000;
  const made = poisson(rows, 0.97 * 40, hyperexponential(10), [0.35, 0.25, 0.02, 0.15, 0.23], 5);
  const parent = Int32Array.from({ length: rows }, (_, i) => (i % 3 === 2 ? i - 2 : -1));
  const owner = Int32Array.from({ length: rows }, (_, i) => (i % 7) - 1);
  const memory = {
    memory_initial_mib: new Float32Array(rows).fill(10),
    memory_peak_mib: new Float32Array(rows).fill(60),
  };
  const { arrival_s, runtime_s, price_class } = made;
  const whole = { arrival_s, runtime_s, price_class, ...memory, parent, owner };
  async function* batches() {
    for (let first = 0; first < rows; first += BATCH_ROWS) {
      const to = Math.min(rows, first + BATCH_ROWS);
      const columns = Object.fromEntries(Object.entries(whole).map(([name, list]) => [name, list.slice(first, to)]));
      yield { rows: to - first, columns };
    }
  }
  const owners = ["a", "b", "c", "d", "e", "f"];
  const budgets = { rule: "delay", owners, monthly: owners.map((_, i) => (i < 2 ? 9 * 86400 * 30 : 1e12)) } as const;
  const xx: XXOptions = {
    ...{ ...XX_OFF, idleThreshold: 100, pollTime: 0.001, retries: 2, children: "follow" },
    budgets: { ...budgets, burst: 100, from: 0, priceUnit: 1, memoryPrice: 1 },
  };
  const config = { machines: 10, cores: 4, k: 2, shards: 4, prices: PRICES, seed: 3, ram: 320, swap: 200 };
  const run = { scheduler: "xx", config: { ...config, swapInWatermark: 0.9, oom: "off", xx }, rows, from: 0 } as const;
  const until = made.arrival_s[rows - 1000]!;
  const tablesOf = async (partRows: number) => {
    const folder = newFolder();
    const result = await replay(
      { ...run, until, window: 100, sampleEvery: 100, folder, metadata: {}, partRows },
      batches(),
    );
    return { result, rows: await allColumns(folder, "invocations"), windows: await allColumns(folder, "windows") };
  };
  const ordered = await tablesOf(rows);
  const inParts = await tablesOf(BATCH_ROWS);
  expect(inParts.result).toEqual(ordered.result);
  expect(ordered.result.options).toMatchObject({ call_chains: { late: expect.any(Number) } });
  expect(ordered.result.options!.retries).toBeGreaterThan(0);
  const place = new Int32Array(rows);
  for (const [i, invocation] of inParts.rows["invocation"]!.entries()) place[invocation] = i;
  for (const [name, values] of Object.entries(ordered.rows)) {
    const sorted = Float64Array.from(place, (i) => inParts.rows[name]![i]!);
    expect(difference(sorted, values), name).toBe("");
  }
  for (const [name, values] of Object.entries(ordered.windows))
    expect(difference(inParts.windows[name]!, values), name).toBe("");
});
