import { BATCH_ROWS } from "../../src/table/index.js";
import {
  type CountTrace,
  DURATION_LEVELS,
  type InvocationTrace,
  MEMORY_LEVELS,
  type TraceManifest,
} from "../../src/trace/trace.js";
import type { Workload, WorkloadOptions } from "../../src/workload/index.js";

/** Options of a replay as the trace is, on one machine. */
export const AS_IS: WorkloadOptions = {
  seed: 1,
  cut: null,
  load: null,
  machines: 1,
  cores: 8,
  arrivals: { kind: "uniform" },
  timers: "aligned",
  cpuFraction: 1,
  maxRuntime: Number.POSITIVE_INFINITY,
  appMemory: "per-invocation",
  classes: null,
  prices: [0.3, 0.7, 1, 1.5, 2],
};

export interface FakeFunction {
  readonly owner?: string | null;
  readonly app?: string | null;
  readonly name?: string | null;
  readonly trigger?: string | null;
  /** Count of each minute. */
  readonly counts?: readonly number[];
}

export interface FakeDuration {
  readonly f: number;
  readonly day?: number;
  readonly average?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly percentiles: readonly number[];
}

export interface FakeMemory {
  readonly owner?: string | null;
  readonly app: string;
  readonly name?: string;
  readonly day?: number;
  readonly percentiles: readonly number[];
}

function labels(functions: readonly FakeFunction[]) {
  return {
    owner: functions.map((f) => f.owner ?? null),
    app: functions.map((f) => f.app ?? null),
    function: functions.map((f, i) => (f.name === undefined ? `f${i}` : f.name)),
    trigger: functions.map((f) => f.trigger ?? null),
  };
}

function manifestOf(fields: Partial<TraceManifest>): TraceManifest {
  return {
    replaybook: "0",
    table_version: "1",
    name: "fake",
    kind: "counts",
    format: "fake",
    sha256: "",
    sources: [],
    keyed_by: "labels",
    first_minute: 0,
    duration_s: 0,
    functions: 0,
    invocations: 0,
    rows: {},
    lacks: [],
    notes: [],
    ...fields,
  };
}

/** A count trace in memory. */
export function countTrace(
  functions: readonly FakeFunction[],
  given: {
    durations?: readonly FakeDuration[];
    memory?: readonly FakeMemory[];
    firstMinute?: number;
    minutes?: number;
  } = {},
): CountTrace {
  const minutes = given.minutes ?? Math.max(...functions.map((f) => f.counts?.length ?? 0));
  const durations = given.durations ?? [];
  const memory = given.memory ?? [];
  const numbers = <T>(rows: readonly T[], of: (row: T) => number | undefined) =>
    Float64Array.from(rows, (row) => of(row) ?? Number.NaN);
  return {
    kind: "counts",
    manifest: manifestOf({
      first_minute: given.firstMinute ?? 0,
      duration_s: minutes * 60,
      functions: functions.length,
    }),
    functions: labels(functions),
    durations: {
      length: durations.length,
      functionId: Uint32Array.from(durations, (row) => row.f),
      day: Int32Array.from(durations, (row) => row.day ?? 0),
      average: numbers(durations, (row) => row.average),
      count: new Float64Array(durations.length),
      minimum: numbers(durations, (row) => row.minimum),
      maximum: numbers(durations, (row) => row.maximum),
      percentiles: Float64Array.from(durations.flatMap((row) => spread(row.percentiles, DURATION_LEVELS.length))),
    },
    memory: {
      length: memory.length,
      owner: memory.map((row) => row.owner ?? null),
      app: memory.map((row) => row.app),
      function: memory.map((row) => row.name ?? null),
      day: Int32Array.from(memory, (row) => row.day ?? 0),
      sampleCount: new Float64Array(memory.length),
      average: new Float64Array(memory.length),
      percentiles: Float64Array.from(memory.flatMap((row) => spread(row.percentiles, MEMORY_LEVELS.length))),
    },
    async *minutes(from, to) {
      for (let minute = from; minute < Math.min(to, minutes); minute++) {
        const ids = functions.flatMap((f, id) => ((f.counts?.[minute] ?? 0) > 0 ? [id] : []));
        if (ids.length === 0) continue;
        const count = Uint32Array.from(ids, (id) => functions[id]!.counts![minute]!);
        yield { minute, functionId: Uint32Array.from(ids), count, length: ids.length };
      }
    },
    async close() {},
  };
}

/** One number stands for all levels. */
function spread(values: readonly number[], levels: number): readonly number[] {
  return values.length === 1 ? new Array(levels).fill(values[0]) : values;
}

export interface FakeInvocation {
  readonly f: number;
  readonly arrival: number;
  readonly runtime: number;
  readonly priceClass?: number;
  readonly initial?: number;
  readonly peak?: number;
  readonly parent?: number;
}

/** A log in memory, in batches of `batchRows`. */
export function invocationTrace(
  functions: readonly FakeFunction[],
  rows: readonly FakeInvocation[],
  given: { keyedBy?: "labels" | "order"; firstMinute?: number; batchRows?: number } = {},
): InvocationTrace {
  const batchRows = given.batchRows ?? 1000;
  return {
    kind: "invocations",
    manifest: manifestOf({
      kind: "invocations",
      keyed_by: given.keyedBy ?? "labels",
      first_minute: given.firstMinute ?? 0,
      duration_s: rows.at(-1)?.arrival ?? 0,
      invocations: rows.length,
    }),
    functions: labels(functions),
    async *batches() {
      for (let at = 0; at < rows.length; at += batchRows) {
        const part = rows.slice(at, at + batchRows);
        yield {
          rows: part.length,
          columns: {
            function_id: Uint32Array.from(part, (row) => row.f),
            arrival_s: Float64Array.from(part, (row) => row.arrival),
            runtime_s: Float64Array.from(part, (row) => row.runtime),
            price_class: Int32Array.from(part, (row) => row.priceClass ?? -1),
            memory_initial_mib: Float32Array.from(part, (row) => row.initial ?? Number.NaN),
            memory_peak_mib: Float32Array.from(part, (row) => row.peak ?? Number.NaN),
            parent: Int32Array.from(part, (row) => row.parent ?? -1),
          },
        };
      }
    },
    async close() {},
  };
}

/** A row of a workload, its labels as text. */
export interface Row {
  readonly arrival: number;
  readonly runtime: number;
  readonly priceClass: number;
  readonly initial: number;
  readonly peak: number;
  readonly function: string | null;
  readonly app: string | null;
  readonly owner: string | null;
  readonly trigger: string | null;
  readonly parent: number;
}

/** Every row of a workload; throws where a batch but the last is not full. */
export async function rowsOf(workload: Workload): Promise<Row[]> {
  const out: Row[] = [];
  let last = BATCH_ROWS;
  for await (const { rows, columns } of workload.batches()) {
    if (last !== BATCH_ROWS) throw new Error(`a batch of ${last} rows is not the last`);
    last = rows;
    const label = (column: string, i: number) => workload.dictionaries[column]![columns[column]![i]!] ?? null;
    for (let i = 0; i < rows; i++) {
      out.push({
        arrival: columns["arrival_s"]![i]!,
        runtime: columns["runtime_s"]![i]!,
        priceClass: columns["price_class"]![i]!,
        initial: columns["memory_initial_mib"]![i]!,
        peak: columns["memory_peak_mib"]![i]!,
        function: label("function", i),
        app: label("app", i),
        owner: label("owner", i),
        trigger: label("trigger", i),
        parent: columns["parent"]![i]!,
      });
    }
  }
  return out;
}

export const total = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};
