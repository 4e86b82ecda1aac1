import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRun, type RunFolder } from "../../../src/analysis/run-folder.js";
import { INVOCATIONS, MACHINES, OUTCOMES, WINDOWS, WORKLOAD } from "../../../src/table/index.js";
import { MANIFEST, newPlace, write } from "../hand-made-run.js";

/** What a test says of an invocation; memory does not change while it is there. */
export interface Told {
  readonly who?: string;
  readonly arrival?: number;
  readonly runtime: number;
  readonly priceClass?: number;
  readonly finish?: number;
  readonly outcome?: (typeof OUTCOMES)[number];
  /** CPU seconds delivered; by default the runtime, or nothing to the rejected. */
  readonly cpu?: number;
  readonly mib?: number;
  /** Seconds in RAM and in swap; by default those on a core and none. */
  readonly resident?: number;
  readonly swapped?: number;
}

/** A run of one scheduler, xx, of 100 s on 2 machines x 4 cores with prices 1 and 2. "who" is owner, app and function. */
export async function madeRun(
  told: readonly Told[],
  options: Readonly<Record<string, string>> = {},
  more: Partial<typeof MANIFEST> = {},
): Promise<RunFolder> {
  const folder = join(newPlace(), "made");
  mkdirSync(join(folder, "xx"), { recursive: true });
  const names = [...new Set(told.flatMap(({ who }) => who ?? []))];
  const rows = told.length;
  const cpu = (of: Told) => of.cpu ?? (of.outcome === "rejected" ? 0 : of.runtime);
  const f64 = (of: (one: Told) => number) => Float64Array.from(told, of);
  const mib = (of: Told) => of.mib ?? 0;
  const common = {
    arrival_s: f64(({ arrival = 0 }) => arrival),
    runtime_s: f64(({ runtime }) => runtime),
    price_class: Uint8Array.from(told, ({ priceClass = 0 }) => priceClass),
  };
  const labels = Int32Array.from(told, ({ who }) => (who === undefined ? -1 : names.indexOf(who)));
  const memory = Float32Array.from(told, mib);
  const workload = {
    ...{ ...common, memory_initial_mib: memory, memory_peak_mib: memory },
    ...{ function: labels, app: labels, owner: labels, deadline_s: common.arrival_s },
  };
  const dictionaries = { function: names, app: names, owner: names, trigger: [] };
  await write(join(folder, "workload.arrow"), WORKLOAD, workload, rows, dictionaries);
  const ended = ({ outcome = "finished" }: Told) => outcome !== "unfinished";
  const zero = new Uint32Array(rows);
  const invocations = {
    ...{ ...common, invocation: Uint32Array.from(told.keys()), machine: new Int32Array(rows) },
    ...{ preemptions: zero, swap_outs: zero, swap_ins: zero, start_s: common.arrival_s },
    finish_s: f64((of) => (ended(of) ? (of.finish ?? (of.arrival ?? 0) + of.runtime) : Number.NaN)),
    outcome: Int32Array.from(told, ({ outcome = "finished" }) => OUTCOMES.indexOf(outcome)),
    cpu_s: f64(cpu),
    memory_running_mib_s: f64((of) => mib(of) * cpu(of)),
    memory_resident_mib_s: f64((of) => mib(of) * (of.resident ?? cpu(of))),
    memory_swapped_mib_s: f64((of) => mib(of) * (of.swapped ?? 0)),
  };
  await write(join(folder, "xx", "invocations.arrow"), INVOCATIONS, invocations, rows, { outcome: OUTCOMES });
  await write(join(folder, "xx", "machines.arrow"), MACHINES, {}, 0);
  await write(join(folder, "xx", "windows.arrow"), WINDOWS, {}, 0);
  const facts = { arrived: rows, swap_outs: 0, control_traffic: {}, end_s: 100 };
  const manifest = {
    ...MANIFEST,
    ...more,
    options: { ...MANIFEST.options, ...options },
    workload: { rows, sha256: "1" },
  };
  writeFileSync(join(folder, "run.json"), JSON.stringify({ ...manifest, schedulers: { xx: facts } }));
  return openRun(folder);
}
