import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import {
  type Batch,
  type Column,
  type Dictionaries,
  INVOCATIONS,
  MACHINES,
  OUTCOMES,
  TABLE_VERSION,
  TableWriter,
  WINDOWS,
  WORKLOAD,
} from "../../src/table/index.js";

/** What a test says of an invocation; the rest is as plain as can be. */
export interface Told {
  readonly arrival?: number;
  readonly runtime?: number;
  readonly priceClass?: number;
  /** Null: it has not ended. By default it ends when it has run. */
  readonly finish?: number | null;
  readonly outcome?: (typeof OUTCOMES)[number];
  readonly preemptions?: number;
}

/** A row of machines.arrow: [time_s, machine, busy_cores]. */
export type Sample = readonly [number, number, number];

export interface HandMade {
  readonly invocations?: readonly Told[];
  readonly machines?: readonly Sample[];
  readonly end?: number;
  /** Rows of each part of invocations; by default one file. */
  readonly parts?: readonly number[];
}

/** What run.json says, but for the schedulers. */
export const MANIFEST = {
  replaybook: "0.1.0",
  table_version: TABLE_VERSION,
  trace: { name: "trace", kind: "invocations", format: "workload-csv", sha256: "0" },
  seed: 7,
  options: { prices: "1,2", cores: "4", warmup: "0", scheduler: "" },
  machines: 2,
  from_s: 0,
  to_s: 100,
  sample_every_s: 10,
  offered_load: { expected: 0.8, realised: 0.8123 },
};

/** Writes a table, one batch. */
export async function write(
  path: string,
  columns: readonly Column[],
  batch: Batch,
  rows: number,
  dictionaries: Dictionaries = {},
): Promise<void> {
  const table = await TableWriter.create(path, columns, {}, dictionaries);
  await table.write(batch, rows);
  await table.close();
}

/** The columns of INVOCATIONS that a summary reads, and some of the others. */
function invocations(told: readonly Told[], first: number): Batch {
  const runtime = ({ runtime = 1 }: Told) => runtime;
  const finish = (of: Told) => {
    if (of.finish === null || of.outcome === "unfinished") return Number.NaN;
    return of.finish ?? (of.arrival ?? 0) + runtime(of);
  };
  const zero = new Uint32Array(told.length);
  return {
    swap_outs: zero,
    swap_ins: zero,
    invocation: Uint32Array.from(told, (_, i) => first + i),
    price_class: Uint8Array.from(told, ({ priceClass = 0 }) => priceClass),
    arrival_s: Float64Array.from(told, ({ arrival = 0 }) => arrival),
    runtime_s: Float64Array.from(told, runtime),
    finish_s: Float64Array.from(told, finish),
    machine: new Int32Array(told.length).fill(-1),
    preemptions: Uint32Array.from(told, ({ preemptions = 0 }) => preemptions),
    outcome: Int32Array.from(told, (of) =>
      OUTCOMES.indexOf(of.outcome ?? (of.finish === null ? "unfinished" : "finished")),
    ),
  };
}

const places: string[] = [];
afterAll(() => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true });
});

/** A new folder, removed after the tests of the file that imports this. */
export function newPlace(): string {
  places.push(mkdtempSync(join(tmpdir(), "replaybook-run-")));
  return places.at(-1)!;
}

/** Makes a run folder of these schedulers, in a new folder, whose path it gives. */
export async function handMadeRun(
  schedulers: Readonly<Record<string, HandMade>>,
  manifest: Partial<typeof MANIFEST> = {},
  name = "made",
): Promise<string> {
  const folder = join(newPlace(), name);
  const told = Object.values(schedulers)[0]?.invocations ?? [];
  const rows = told.length;
  mkdirSync(folder);
  const { arrival_s, runtime_s, price_class } = invocations(told, 0);
  const workload = { arrival_s: arrival_s!, runtime_s: runtime_s!, price_class: price_class! };
  const labels = { function: [], app: [], owner: [], trigger: [] };
  await write(join(folder, "workload.arrow"), WORKLOAD, workload, rows, labels);
  const facts: Record<string, unknown> = {};
  for (const [scheduler, of] of Object.entries(schedulers)) {
    await writeScheduler(join(folder, scheduler), of);
    const zero = { arrived: rows, finished: rows, unfinished: 0, preemptions: 0, cpu_s: 0, control_traffic: {} };
    facts[scheduler] = { ...zero, end_s: of.end ?? 100 };
  }
  const run = { ...MANIFEST, ...manifest, workload: { rows, sha256: "1" }, schedulers: facts };
  writeFileSync(join(folder, "run.json"), JSON.stringify(run));
  return folder;
}

async function writeScheduler(folder: string, of: HandMade): Promise<void> {
  const { machines = [[10, 0, 0]], invocations: told = [], parts } = of;
  mkdirSync(folder);
  const samples = {
    time_s: Float64Array.from(machines, ([time]) => time),
    machine: Int32Array.from(machines, ([, machine]) => machine),
    busy_cores: Float64Array.from(machines, ([, , busy]) => busy),
  };
  await write(join(folder, "machines.arrow"), MACHINES, samples, machines.length);
  await write(join(folder, "windows.arrow"), WINDOWS, {}, 0);
  const outcome = { outcome: OUTCOMES };
  if (!parts) return write(join(folder, "invocations.arrow"), INVOCATIONS, invocations(told, 0), told.length, outcome);
  mkdirSync(join(folder, "invocations"));
  let first = 0;
  for (const [part, rows] of parts.entries()) {
    const path = join(folder, "invocations", `part-0000${part}.arrow`);
    await write(path, INVOCATIONS, invocations(told.slice(first, first + rows), first), rows, outcome);
    first += rows;
  }
}
