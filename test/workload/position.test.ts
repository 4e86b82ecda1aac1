import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { keyed, PURPOSE } from "../../src/random/index.js";
import { BATCH_ROWS, type Rows } from "../../src/table/index.js";
import type { InvocationTrace, Trace } from "../../src/trace/trace.js";
import { prepareWorkload, type Workload, type WorkloadOptions } from "../../src/workload/index.js";
import { START, type WorkloadPosition } from "../../src/workload/workload.js";
import { AS_IS, countTrace, invocationTrace } from "./fakes.js";

/** Eight minutes of some 35,000 invocations each, but the fifth, which has none. */
const COUNTS = countTrace(
  [
    { owner: "o", app: "a", trigger: "http", counts: [9000, 20000, 9000, 31000, 0, 70000, 9000, 9000] },
    { owner: "o", app: "a", trigger: "timer", counts: [60, 60, 60, 60, 0, 60, 60, 60] },
    { owner: "p", app: "b", trigger: "queue", counts: [20000, 1, 20000, 0, 0, 20000, 20000, 3] },
  ],
  {
    durations: [
      { f: 0, average: 120, minimum: 10, maximum: 2000, percentiles: [10, 12, 50, 80, 150, 900, 1500] },
      { f: 2, average: 400, minimum: 0, maximum: 9000, percentiles: [0, 0, 100, 200, 700, 4000, 9000] },
    ],
    memory: [{ owner: "o", app: "a", percentiles: [100, 102, 110, 120, 130, 160, 180, 250] }],
  },
);

/** Ten minutes of 180,000 invocations of three functions; some lack memory or a class, some have a caller. */
const draws = keyed(3, PURPOSE.synthetic);
const LOG_ROWS = Array.from({ length: 180_000 }, (_, i) => {
  const uniform = draws.uniform(i, 0);
  const row = { f: i % 3, arrival: i / 300, runtime: uniform < 0.1 ? 3 : uniform };
  return {
    ...row,
    ...(i % 2 === 0 ? { priceClass: i % 5 } : {}),
    ...(i % 7 === 0 ? {} : { initial: 100 + (i % 50), peak: 200 }),
    ...(i > 100 && uniform < 0.5 ? { parent: i - 1 - Math.floor(uniform * 200) } : {}),
  };
});
const FUNCTIONS = ["x", "y", "z"].map((app) => ({ owner: "o", app, name: "f" }));
const WITH_CALLERS = await inMemory(invocationTrace(FUNCTIONS, LOG_ROWS));
const WITHOUT = await inMemory(
  invocationTrace(
    FUNCTIONS,
    LOG_ROWS.map(({ parent: _, ...row }) => row),
  ),
);

async function inMemory(trace: InvocationTrace): Promise<InvocationTrace> {
  const batches: Rows[] = [];
  for await (const batch of trace.batches()) batches.push(batch);
  return {
    ...trace,
    async *batches() {
      yield* batches;
    },
  };
}

/** Rows of each batch and a digest of their values. */
async function taken(batches: AsyncIterable<Rows>, each: () => void = () => {}): Promise<[number, string][]> {
  const all: [number, string][] = [];
  for await (const { rows, columns } of batches) {
    const hash = createHash("sha256");
    for (const [name, { buffer, BYTES_PER_ELEMENT }] of Object.entries(columns)) {
      hash.update(name).update(new Uint8Array(buffer, 0, rows * BYTES_PER_ELEMENT));
    }
    all.push([rows, hash.digest("hex")]);
    each();
  }
  return all;
}

/** Draws all, and again from the position after some batch of it, in a workload made anew. */
async function expectToGoOn(trace: Trace, options: Partial<WorkloadOptions>, labels: boolean, at: number) {
  const prepared = (): Promise<Workload> => prepareWorkload(trace, { ...AS_IS, ...options });
  const whole = await prepared();
  const positions: WorkloadPosition[] = [whole.position()];
  const all = await taken(whole.batches(labels), () => positions.push(whole.position()));
  expect(all.length).toBeGreaterThan(1);
  const after = Math.min(Math.floor(at * positions.length), all.length);
  const from = JSON.parse(JSON.stringify(positions[after])) as WorkloadPosition;
  expect(from.rows).toBe(all.slice(0, after).reduce((sum, [rows]) => sum + rows, 0));
  const again = await prepared();
  const ends: WorkloadPosition[] = [];
  const rest = await taken(again.batches(labels, from), () => ends.push(again.position()));
  expect(rest).toEqual(all.slice(after));
  expect(ends).toEqual(positions.slice(after + 1));
  expect(JSON.stringify(again.report)).toBe(JSON.stringify(whole.report));
}

const OPTIONS = {
  arrivals: fc.constantFrom<WorkloadOptions["arrivals"]>(
    { kind: "uniform" },
    { kind: "equidistant" },
    { kind: "batch" },
    { kind: "gamma", cv: 2.5 },
  ),
  timers: fc.constantFrom<WorkloadOptions["timers"]>("aligned", "spread"),
  maxRuntime: fc.constantFrom(0.1, Number.POSITIVE_INFINITY),
  classes: fc.constantFrom<WorkloadOptions["classes"]>(null, {
    kind: "weights",
    weights: [1, 2, 3, 4, 5],
    per: "invocation",
  }),
};

it("a count trace goes on from after any batch with the batches that would have come, bit for bit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        ...OPTIONS,
        cut: fc.constantFrom<WorkloadOptions["cut"]>(null, [0, 480], [70.5, 400], [59.999, 330.25]),
        load: fc.constantFrom(null, 6, 16),
      }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (options, labels, at) => expectToGoOn(COUNTS, options, labels, at),
    ),
    { seed: 11, numRuns: 30 },
  );
}, 120_000);

it.each([
  ["without", WITHOUT],
  ["with", WITH_CALLERS],
] as const)(
  "a log %s callers goes on from after any batch",
  async (_, trace) => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          maxRuntime: OPTIONS.maxRuntime,
          classes: OPTIONS.classes,
          cut: fc.constantFrom<WorkloadOptions["cut"]>(null, [30.5, 570]),
          load: fc.constantFrom(null, 16),
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (options, at) => expectToGoOn(trace, options, true, at),
      ),
      { seed: 12, numRuns: 8 },
    );
  },
  120_000,
);

it("before the first batch is the start, and after the last nothing comes", async () => {
  const workload = await prepareWorkload(COUNTS, AS_IS);
  expect(workload.position()).toEqual(START);
  const all = await taken(workload.batches());
  const end = workload.position();
  expect(end.rows).toBe(all.reduce((sum, [rows]) => sum + rows, 0));
  expect(await taken(workload.batches(true, end))).toEqual([]);
  expect(workload.report["put_out"]).toEqual({ invocations: end.rows, invocations_at_max_runtime: 0 });
  workload.batches(true, START);
  expect(workload.position()).toEqual(START);
});

it("nothing is read of the minutes before a count trace's position", async () => {
  const read: [number, number][] = [];
  const told = {
    ...COUNTS,
    minutes: (from: number, to: number) => {
      read.push([from, to]);
      return COUNTS.minutes(from, to);
    },
  };
  const workload = await prepareWorkload(told, AS_IS);
  const batches = workload.batches();
  for (let batch = 0; batch < 3; batch++) await batches.next();
  const position = workload.position();
  expect(position.rows).toBe(3 * BATCH_ROWS);
  read.length = 0;
  await workload.batches(false, position).next();
  expect(read).toEqual([[position.minute, 8]]);
  expect(position.minute).toBeGreaterThan(2);
});
