import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Captured, FUNCTION, isReference, partsOf } from "../../src/engine/captured.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { type BudgetOptions, XX_OFF, type XXOptions } from "../../src/scheduler/xx/options.js";
import { type Cut, instances, type LabelledWorkload, type Run, replayed, type Told } from "./captured-runs.js";
import { cluster, crowdedRow, PRICES, workloadOf } from "./workloads.js";
import { budgets, OWNERS, optionsFor } from "./xx-workloads.js";

const RUNS = Number(process.env["RUNS"] ?? 40);

const labels = fc.record({ parent: fc.nat(149), owner: fc.nat(OWNERS.length), function: fc.nat(4) });
const workload: fc.Arbitrary<LabelledWorkload> = fc
  .array(fc.tuple(crowdedRow, labels), { minLength: 30, maxLength: 60, size: "max" })
  .map((rows) => ({
    ...workloadOf(rows.map(([of]) => of)),
    parent: Int32Array.from(rows, ([, of], i) => (i > 0 && of.parent < 75 ? of.parent % i : -1)),
    owner: Int32Array.from(rows, ([, of]) => of.owner - 1),
    function: Int32Array.from(rows, ([, of]) => of.function - 1),
  }));

/** Batches of any size, none included; the first and the last of them always hand over to another process. */
const cuts = fc.array(fc.record({ share: fc.nat(100), changes: fc.boolean() }), { minLength: 2, maxLength: 8 });
function cutsOf(rows: number, list: readonly { readonly share: number; readonly changes: boolean }[]): Cut[] {
  const sorted = list.map(({ share, changes }) => ({ row: Math.round((share / 100) * rows), changes }));
  sorted.sort((a, b) => a.row - b.row);
  return sorted.map((cut, i) => ({ ...cut, changes: cut.changes || i === 0 || i === sorted.length - 1 }));
}

const until = fc.option(
  fc.nat(64).map((n) => n / 8),
  { nil: null, freq: 3 },
);

/** Throws where a run in several processes is not the same as in one; returns both. */
function compared(run: Run): { one: Told; several: Told } {
  const one = replayed(run, true);
  const several = replayed(run, false);
  const at = one.calls.findIndex((call, i) => several.calls[i] !== call);
  expect([at, several.calls[at], several.calls.length]).toEqual([at, one.calls[at], one.calls.length]);
  expect(several.traffic).toEqual(one.traffic);
  expect(several.report).toEqual(one.report);
  expect(isDeepStrictEqual(several.state, one.state)).toBe(true);
  return { one, several };
}

/** Calls of this name after a process first took over from another. */
function later({ calls, changes }: Told, name: string): number {
  return calls.slice(changes[0]!.calls).filter((call) => call.startsWith(`${name} `)).length;
}

/** What a count of the reports has grown by since the first change: it was 0 then, or is among what was captured. */
type Seen = (told: Told) => number;
const calls =
  (name: string): Seen =>
  (told) =>
    later(told, name);
const reported =
  (of: string, count: string): Seen =>
  ({ report }) =>
    (report as Record<string, Record<string, number>>)[of]![count]!;
const sent =
  (message: string): Seen =>
  ({ traffic }) =>
    traffic[message]!;

const sizes = fc.integer({ min: 6, max: 40 }).map((n) => n * 64);
const tight = (swap: number) =>
  fc.tuple(cluster, sizes).map(([config, ram]): SchedulerConfig => ({ ...config, ram, swap }));
const anyTight = fc.tuple(cluster, sizes, fc.constantFrom(0, 500, Number.POSITIVE_INFINITY));
const withMemory = anyTight.map(([config, ram, swap]): SchedulerConfig => ({ ...config, ram, swap }));
const either = fc.oneof(cluster, withMemory);
const killing = (oom: "kill-newest" | "kill-largest") =>
  tight(0).map((config): SchedulerConfig => ({ ...config, oom }));
/** These options are on, and all the others off. */
const xx = (configs: fc.Arbitrary<SchedulerConfig>, options: (config: SchedulerConfig) => Partial<XXOptions>) =>
  configs.map((config): SchedulerConfig => ({ ...config, xx: { ...XX_OFF, ...options(config) } }));
const budgeted = (rule: "demote" | "delay" | "reject") =>
  fc.tuple(either, budgets).map(
    ([config, limits]): SchedulerConfig => ({
      ...config,
      xx: { ...XX_OFF, budgets: { ...limits, rule, monthly: limits.monthly.map((x) => x / 4) } },
    }),
  );
const everything = either.chain((config) =>
  optionsFor(config.ram).map((of): SchedulerConfig => ({ ...config, xx: of })),
);
const half = ({ ram }: SchedulerConfig) => ram / 2;

/** Every scheduler and every option, with what must have happened after a process took over. */
const FAMILIES: readonly (readonly [string, string, fc.Arbitrary<SchedulerConfig>, readonly Seen[]])[] = [
  ...Object.keys(SCHEDULERS).map((name) => [name, name, cluster, [calls("finished")]] as const),
  ...["hermod", "edf", "ideal", "random"].flatMap((name) =>
    (["kill-newest", "kill-largest"] as const).map(
      (oom) => [`${name} with ${oom}`, name, killing(oom), [calls("killed")]] as const,
    ),
  ),
  ["memory without swap", "xx", tight(0), [calls("killed"), calls("preempted")]],
  ["memory with some swap", "xx", tight(500), [calls("killed"), calls("swapped-out"), calls("swapped-in")]],
  ["memory with any swap", "xx", tight(Number.POSITIVE_INFINITY), [calls("swapped-out"), calls("swapped-in")]],
  [
    ...(["idle lists", "xx"] as const),
    xx(withMemory, (config) => ({ idleThreshold: half(config) })),
    [sent("idle_list_joins"), sent("idle_list_leaves"), sent("placed_from_idle_lists")],
  ],
  [
    ...(["literal and stale idle lists", "xx"] as const),
    xx(withMemory, (config) => ({
      ...{ idleThreshold: half(config), idleListRule: "literal", idleStaleness: config.ram / 16 },
    })),
    [sent("idle_list_updates"), sent("placed_from_idle_lists")],
  ],
  [
    ...(["look-ups that take time", "xx"] as const),
    xx(withMemory, (config) => ({ idleThreshold: half(config), lookupTime: 0.125 })),
    [calls("placed"), sent("placed_from_idle_lists")],
  ],
  ["polls that take time", "xx", xx(either, () => ({ pollTime: 0.3 })), [calls("placed")]],
  [
    ...(["loads by class", "xx"] as const),
    xx(withMemory, (config) => ({ loadCounts: "same-or-higher", idleThreshold: half(config) })),
    [calls("placed-and-started"), sent("placed_from_idle_lists")],
  ],
  ["retries", "xx", xx(tight(0), () => ({ retries: 3 })), [calls("retried")]],
  ["children as recorded", "xx", xx(either, () => ({ children: "recorded" })), [reported("call_chains", "raised")]],
  [
    ...(["children that follow", "xx"] as const),
    xx(tight(0), () => ({ children: "follow" })),
    [reported("call_chains", "late"), reported("call_chains", "never_called"), calls("rejected")],
  ],
  [
    ...(["switches that take time", "xx"] as const),
    xx(either, () => ({ contextSwitch: 0.125 })),
    [reported("machine_times", "context_switches")],
  ],
  [
    ...(["sandboxes", "xx"] as const),
    xx(either, () => ({ startup: 0.125, keepAlive: 2 })),
    [reported("machine_times", "cold_starts"), reported("machine_times", "warm_starts")],
  ],
  [
    ...(["transfers that take time", "xx"] as const),
    xx(withMemory, () => ({ swapBandwidth: 512, startup: 0.125 })),
    [
      ...[calls("swapped-out"), calls("swapped-in"), calls("killed"), reported("swap_transfers", "stalls")],
      ...[reported("swap_transfers", "held_back"), reported("swap_transfers", "reads_given_up")],
    ],
  ],
  ["budgets that demote", "xx", budgeted("demote"), [(told) => acted(told, "demoted")]],
  ["budgets that delay", "xx", budgeted("delay"), [(told) => acted(told, "delayed"), calls("started")]],
  ["budgets that reject", "xx", budgeted("reject"), [(told) => acted(told, "rejected"), calls("rejected")]],
  ["any options", "xx", everything, [calls("finished"), calls("killed"), calls("retried"), calls("rejected")]],
];

function acted({ report }: Told, what: string): number {
  const { owners } = (report as { budgets: { owners: Record<string, Record<string, number>> } }).budgets;
  return Object.values(owners).reduce((sum, owner) => sum + owner[what]!, 0);
}

describe("a run that other processes go on with, from what was captured between batches, is told the same", () => {
  it.each(FAMILIES)("%s", (_, scheduler, configs, seen) => {
    const counts = seen.map(() => 0);
    let functions = 0;
    const property = fc.property(
      ...([workload, configs, cuts, until, fc.nat(20), fc.boolean()] as const),
      (of, config, list, end, drained, wantsProgress) => {
        const run = { scheduler, config, workload: of, until: end, cuts: cutsOf(of.arrival_s.length, list) };
        const { several } = compared({ ...run, drained, wantsProgress });
        for (const [i, count] of seen.entries()) counts[i]! += count(several);
        for (const { captured } of several.changes) functions += functionsIn(captured);
      },
    );
    fc.assert(property, { seed: 141, numRuns: RUNS });
    for (const [i, count] of counts.entries()) expect(count, `count ${i}`).toBeGreaterThan(RUNS / 10);
    expect(functions).toBe(0);
  });
});

function functionsIn({ nodes }: Captured): number {
  const parts = nodes.flatMap((node) => [...partsOf(node)]);
  return parts.filter(([, value]) => isReference(value) && value.to === FUNCTION).length;
}

/** A burst: so many within a second, which then take long. */
function burst(rows: number, runtime: number): LabelledWorkload {
  const all = Array.from({ length: rows }, (_, i) => {
    const random = (Math.imul(i + 1, 2654435761) >>> 8) / 2 ** 24;
    const growth = Math.floor(random * 16);
    return { arrival: i / rows, runtime: runtime * (0.5 + random), priceClass: i % PRICES.length, initial: 2, growth };
  });
  return {
    ...workloadOf(all),
    parent: Int32Array.from(all, (_, i) => (i % 7 === 6 ? i - 5 : -1)),
    owner: Int32Array.from(all, (_, i) => (i % 4) - 1),
    function: Int32Array.from(all, (_, i) => (i % 50) - 1),
  };
}

const BASE: SchedulerConfig = {
  ...{ machines: 2, cores: 4, k: 2, shards: 2, prices: PRICES, seed: 5 },
  ...{ ram: Number.POSITIVE_INFINITY, swap: Number.POSITIVE_INFINITY, swapInWatermark: 0.9, oom: "off" },
};
const TIMES = { contextSwitch: 0.01, startup: 0.02, keepAlive: 10 };
const LISTS = { idleThreshold: 2048, idleStaleness: 64, lookupTime: 1e-4, pollTime: 1e-4 };
const LIMITS: BudgetOptions = {
  ...{ owners: OWNERS, monthly: [1, 2, 3].map((x) => x * 30 * 86400), burst: 100, from: 0, priceUnit: 1 },
  memoryPrice: 1,
  rule: "delay",
};
const LARGE: readonly (readonly [string, string, Partial<SchedulerConfig>])[] = [
  ...Object.keys(SCHEDULERS).map((name) => [name, name, {}] as const),
  ...["hermod", "edf"].flatMap((name) =>
    (["kill-newest", "kill-largest"] as const).map(
      (oom) => [`${name} with ${oom}`, name, { ram: 12000, oom }] as const,
    ),
  ),
  ["xx with memory", "xx", { ram: 4000 }],
  ["xx with lists", "xx", { ram: 4000, xx: { ...XX_OFF, ...LISTS, lookupTime: 0, pollTime: 0 } }],
  ["xx with times", "xx", { ram: 4000, xx: { ...XX_OFF, ...TIMES } }],
  ["xx with transfers", "xx", { ram: 4000, xx: { ...XX_OFF, ...TIMES, swapBandwidth: 4096 } }],
  [
    ...(["xx with all that it has", "xx"] as const),
    {
      ...{ ram: 4000, swap: 6000 },
      xx: {
        ...{ ...XX_OFF, ...TIMES, ...LISTS, loadCounts: "same-or-higher", retries: 2, children: "follow" },
        ...{ swapBandwidth: 4096, budgets: LIMITS },
      },
    },
  ],
];

describe("a cluster that is overloaded, as more comes than fits what it had", () => {
  const workload = burst(3000, 2);
  const cuts = [200, 700, 1000, 1600, 2500].map((row) => ({ row, changes: true }));
  it.each(LARGE)("%s", (_, scheduler, part) => {
    const config = { ...BASE, ...part };
    const run = { scheduler, config, workload, until: null, cuts, drained: 1000, wantsProgress: true };
    const { several } = compared(run);
    expect(several.changes).toHaveLength(6);
    const heaps = several.changes.map(({ captured }) => instances(captured, "RunHeap"));
    if (SCHEDULERS[scheduler]!.sharing) expect(heaps).toEqual([0, 2, 2, 2, 2, 2]);
  });
});

describe("the captured state of 100 machines with some hundreds of invocations", () => {
  const workload = burst(900, 1);
  it.each(LARGE)("%s: is less than 2 MB", (_, scheduler, part) => {
    const config = { ...BASE, ...part, machines: 100, shards: 10 };
    const cuts = [{ row: 700, changes: true }];
    const run = { scheduler, config, workload, until: null, cuts, drained: 0, wantsProgress: true };
    const { several } = compared(run);
    expect(several.changes[0]!.bytes).toBeLessThan(2e6);
  });
});

it("schedulers and what they are made of keep their state in fields that can be seen", () => {
  const src = join(import.meta.dirname, "../../src");
  const hidden = [/^(export )?(let|var)\b/m, /\bWeak(Map|Set|Ref)\b/, /^ +(static|readonly|private)? *#\w/m];
  const folders = ["engine", "cluster", "scheduler", "random"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(src, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(folder, file)),
  );
  const found = files.filter((file) => hidden.some((form) => form.test(readFileSync(join(src, file), "utf8"))));
  expect(files.length).toBeGreaterThan(40);
  expect(found).toEqual([]);
});
