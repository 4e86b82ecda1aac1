import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Invalid } from "../invalid.js";
import { partsOf, TABLE_VERSION } from "../table/index.js";
import { type Dollars, type MiB, parseDuration, parseSize, type Seconds } from "../units.js";

/** What an owner with a budget was billed, in dollars, and what the budget did. */
export interface OwnerBudgetFacts {
  /** A month's; what of it there was by the run's end; spent by then; and the most by which the spend was above the allowance. */
  readonly budget: Dollars;
  readonly allowance: Dollars;
  readonly spent: Dollars;
  readonly overrun: Dollars;
  readonly demoted: number;
  readonly delayed: number;
  readonly rejected: number;
}

/** Calls of invocations with a parent. */
export interface CallChainFacts {
  /** Raised to their parent's class, arrived late as their parent did, and rejected as their parent never ran. */
  readonly raised: number;
  readonly late: number;
  readonly never_called: number;
}

/** What a scheduler came to, as run.json has it. */
export interface SchedulerFacts {
  readonly arrived: number;
  readonly finished: number;
  readonly killed: number;
  readonly rejected: number;
  readonly unfinished: number;
  readonly swap_outs: number;
  readonly swap_ins: number;
  readonly swap_out_mib: number;
  readonly swap_in_mib: number;
  readonly preemptions: number;
  /** CPU seconds delivered. */
  readonly cpu_s: number;
  /** The run's end, or the time of the last event. */
  readonly end_s: Seconds;
  /** Messages between the scheduler's parts, by name. */
  readonly control_traffic: Readonly<Record<string, number>>;
  /** What its options came to, of those that were on. */
  readonly options?: {
    readonly budgets?: {
      readonly rule: string;
      readonly owners_with_a_budget: number;
      readonly owners_over_it: number;
      /** Those to whom something was done, by name. */
      readonly owners: Readonly<Record<string, OwnerBudgetFacts>>;
    };
    readonly call_chains?: CallChainFacts;
  };
}

/** run.json: what is the same for equal runs. */
export interface RunManifest {
  readonly replaybook: string;
  readonly table_version: string;
  readonly trace: { readonly name: string; readonly kind: string; readonly format: string; readonly sha256: string };
  readonly seed: number;
  /** Every replay option, as its flag has it. */
  readonly options: Readonly<Record<string, string>>;
  readonly machines: number;
  /** Ends of the part of the trace that was replayed. */
  readonly from_s: Seconds;
  readonly to_s: Seconds;
  /** Length of an interval of machines.arrow. */
  readonly sample_every_s: Seconds;
  /** NaN, in JSON null, where all comes at once. */
  readonly offered_load: { readonly expected: number; readonly realised: number };
  readonly workload: { readonly rows: number; readonly sha256: string; readonly [name: string]: unknown };
  /** In the order they were asked for. */
  readonly schedulers: Readonly<Record<string, SchedulerFacts>>;
}

/** A table of a run: its path in the folder without an ending, such as `xx/invocations`, and its files in order. */
export interface RunTable {
  readonly name: string;
  readonly files: readonly string[];
}

/** A run folder: what replay wrote. */
export class RunFolder {
  readonly folder: string;
  readonly manifest: RunManifest;
  /** Price of each class, ascending. */
  readonly prices: readonly number[];
  /** Cores of a machine. */
  readonly cores: number;
  /** Memory of a machine, MiB; Infinity: unlimited. */
  readonly ram: MiB;
  /** Left out of summaries at the start. */
  readonly warmup: Seconds;
  /** Which rows of invocations and workload were kept, as --record has it: all, sample=0.01 or none. */
  readonly record: string;

  /** Throws Invalid where the manifest lacks what a run has. */
  constructor(folder: string, manifest: RunManifest) {
    const { options, schedulers } = manifest;
    if (!isObject(options) || !isObject(schedulers)) throw noRun(folder, "its run.json is not a replay's");
    this.folder = folder;
    this.manifest = manifest;
    this.prices = String(options["prices"]).split(",").map(Number);
    this.cores = Number(options["cores"]);
    const ram = String(options["ram"] ?? "unlimited");
    this.ram = ram === "unlimited" ? Number.POSITIVE_INFINITY : parseSize(ram, `ram of ${join(folder, "run.json")}`);
    this.warmup = parseDuration(String(options["warmup"] ?? "0"), `warmup of ${join(folder, "run.json")}`);
    this.record = String(options["record"] ?? "all");
    const { machines, from_s, to_s, sample_every_s, workload } = manifest;
    const numbers = [...this.prices, this.cores, machines, from_s, to_s, sample_every_s, workload?.rows];
    if (!numbers.every(Number.isFinite)) throw noRun(folder, "its run.json is not a replay's");
  }

  /** The folder's own name. */
  get name(): string {
    return basename(resolve(this.folder));
  }

  /** In the order they were asked for. */
  get schedulers(): readonly string[] {
    return Object.keys(this.manifest.schedulers);
  }

  /** How long arrivals came under a scheduler: to the end of what was replayed, or to --until where that is before it. */
  lasted(scheduler: string): Seconds {
    const { from_s, to_s, options, schedulers } = this.manifest;
    const until = (options["until"] ?? "drained") === "drained" ? to_s : schedulers[scheduler]!.end_s;
    return Math.min(to_s, until) - from_s;
  }

  /**
   * A table by name, such as `xx/invocations`. Throws Invalid where it, or one of its parts, is not there, and where it
   * is a row per invocation of which not all were kept.
   */
  table(name: string): RunTable {
    if (this.record !== "all" && isPerInvocation(name)) {
      const lack = this.record === "none" ? "none were kept" : `only ${this.record} of them were kept`;
      throw new Invalid("run", this.folder, `${name} has a row per invocation, and ${lack}`, "a run with --record all");
    }
    return this.tableAsKept(name);
  }

  /** The same with whatever rows were kept. */
  tableAsKept(name: string): RunTable {
    const at = name.lastIndexOf("/");
    const files = partsOf(join(this.folder, name.slice(0, Math.max(0, at))), name.slice(at + 1));
    if (files.length === 0) throw notWhole(this.folder, `has no ${name}.arrow`);
    const missing = files.findIndex(
      (file, i) => /part-\d+\.arrow$/.test(file) && !file.endsWith(`-${digits(i)}.arrow`),
    );
    if (missing >= 0) throw notWhole(this.folder, `has no ${name}/part-${digits(missing)}.arrow`);
    return { name, files };
  }

  /** Every table there is: the workload, then each scheduler's by name. Throws Invalid where the run lacks a table. */
  tables(): RunTable[] {
    const names = this.schedulers.flatMap((scheduler) => {
      const perRow = this.record === "all" ? ["invocations"] : ["classes", "sketches"];
      for (const table of [...perRow, "machines", "windows"]) this.tableAsKept(`${scheduler}/${table}`);
      return tableNames(join(this.folder, scheduler)).map((table) => `${scheduler}/${table}`);
    });
    const all = this.record === "none" ? names : ["workload", ...names];
    return all.map((name) => this.tableAsKept(name));
  }
}

/**
 * Opens what replay wrote. Throws Invalid where there is no such folder, or it is no run, is one with tables of another
 * version, or was cut short.
 */
export function openRun(folder: string): RunFolder {
  if (!existsSync(folder)) throw noRun(folder, "no such folder");
  if (!statSync(folder).isDirectory()) throw noRun(folder, "not a folder");
  const path = join(folder, "run.json");
  if (!existsSync(path)) throw noRun(folder, "has no run.json");
  let manifest: RunManifest | null;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8")) as RunManifest | null;
  } catch {
    throw noRun(folder, "its run.json is cut short or not JSON");
  }
  if (typeof manifest?.table_version !== "string") throw noRun(folder, "its run.json is not a replay's");
  if (manifest.table_version !== TABLE_VERSION) {
    const where = `${folder}, written by replaybook ${manifest.replaybook}`;
    throw new Invalid("table version", manifest.table_version, where, `${TABLE_VERSION}: replay it again`);
  }
  const { expected, realised } = manifest.offered_load ?? {};
  const offered_load = { expected: expected ?? Number.NaN, realised: realised ?? Number.NaN };
  const run = new RunFolder(folder, { ...manifest, offered_load });
  run.tables();
  return run;
}

/** A run folder that lacks something. `lack` says what, such as "has no xx/windows.arrow". */
export function notWhole(folder: string, lack: string): Invalid {
  return new Invalid("run", folder, lack, "a whole run folder: replay it again");
}

function noRun(folder: string, why: string): Invalid {
  return new Invalid("run", folder, why, "a folder written by replaybook replay");
}

function isPerInvocation(name: string): boolean {
  return name === "workload" || name.endsWith("/invocations");
}

function tableNames(folder: string): string[] {
  const isTable = (name: string) => name.endsWith(".arrow") || partsOf(folder, name).length > 0;
  const names = readdirSync(folder).filter(isTable);
  return names.map((name) => name.replace(/\.arrow$/, "")).sort();
}

function digits(part: number): string {
  return String(part).padStart(5, "0");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
