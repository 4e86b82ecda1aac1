import { keyedBy, PURPOSE } from "../random/index.js";
import { MEMORY_LEVELS, type MemoryRows } from "../trace/trace.js";
import { type Apps, appKey } from "./apps.js";
import { BracketTable } from "./bracket-table.js";
import type { Named } from "./function-keys.js";
import { type Repairs, RowsByDay, repaired, type Source } from "./percentiles.js";
import { publishedMemory } from "./population.js";
import type { WorkloadOptions } from "./workload.js";

const LEVELS = MEMORY_LEVELS.length;

/** Percentile rows as found and used: how many needed which repair. */
export interface MemoryReport {
  rows_used: number;
  rows_with_negative_percentiles: number;
  rows_with_descending_percentiles: number;
}

/**
 * Memory of an invocation: at the start its app's percentile 1, at the peak a draw from the app's percentiles.
 * The row is the function's own where the trace has memory by function, else its app's, for the day, else for the
 * nearest day; an app without rows has those of a donor app (keyed by the app), and where the trace has no memory at all,
 * percentiles drawn from the published population.
 *
 * It is memory per app. Read as memory per invocation by default; `divide-by-functions` divides rows of an app by its
 * number of functions in the trace, since an app's functions share its sandboxes. Rows of a function are not divided.
 */
export class Memory {
  readonly report: MemoryReport = {
    rows_used: 0,
    rows_with_negative_percentiles: 0,
    rows_with_descending_percentiles: 0,
  };
  /** MiB; a profile is a row of it. */
  readonly table = new BracketTable(MEMORY_LEVELS);
  private readonly rows: MemoryRows | null;
  private readonly apps: Apps;
  private readonly options: Pick<WorkloadOptions, "seed" | "appMemory">;
  private readonly byFunction: RowsByDay;
  private readonly byApp: RowsByDay;
  private readonly donors: number[];
  private readonly repairedRow: (Float64Array | undefined)[] = [];
  private readonly profiles = new Map<string, number>();

  /** `rows`: null for a trace that cannot have any. */
  constructor(trace: Named, rows: MemoryRows | null, apps: Apps, options: Pick<WorkloadOptions, "seed" | "appMemory">) {
    this.rows = rows;
    this.apps = apps;
    this.options = options;
    const ids = new Map<string, number>();
    const appIds = new Map<string, number>();
    const { owner, app, function: name } = trace.functions;
    for (let f = 0; f < name.length; f++) {
      ids.set(appKey(owner[f]!, app[f]!, name[f]!), f);
      appIds.set(appKey(owner[f]!, app[f]!), apps.of[f]!);
    }
    const length = rows?.length ?? 0;
    const day = rows?.day ?? new Int32Array(0);
    const find = (row: number, known: Map<string, number>, label: string | null) =>
      isWhole(rows!.percentiles, row) ? (known.get(appKey(rows!.owner[row]!, rows!.app[row]!, label)) ?? -1) : -1;
    this.byFunction = new RowsByDay(length, day, (row) =>
      rows!.function[row] == null ? -1 : find(row, ids, rows!.function[row]!),
    );
    this.byApp = new RowsByDay(length, day, (row) => (rows!.function[row] == null ? find(row, appIds, null) : -1));
    this.donors = this.byApp.owners().length > 0 ? this.byApp.owners() : this.byFunction.owners();
  }

  /** The function's profile on a day of the trace, and where it came from. */
  of(functionId: number, day: number): { profile: number; source: Source } {
    const app = this.apps.of[functionId]!;
    const divisor = this.options.appMemory === "divide-by-functions" ? this.apps.functions[app]! : 1;
    const own = this.byFunction.nearest(functionId, day);
    if (own >= 0) return { profile: this.ofRow(own, 1), source: this.sourceOf(own, day) };
    const row = this.byApp.nearest(app, day);
    if (row >= 0) return { profile: this.ofRow(row, divisor), source: this.sourceOf(row, day) };
    const uniform = keyedBy(this.options.seed, PURPOSE.donor, this.apps.names(app)).uniform(1, 0);
    if (this.donors.length === 0) {
      const key = `app ${app}`;
      const profile = this.profiles.get(key) ?? this.table.add(publishedMemory(uniform), 1 / divisor);
      this.profiles.set(key, profile);
      return { profile, source: "published" };
    }
    const donor = this.donors[Math.floor(uniform * this.donors.length)]!;
    const ofApp = this.byApp.nearest(donor, day);
    const donated = ofApp >= 0 ? ofApp : this.byFunction.nearest(donor, day);
    return { profile: this.ofRow(donated, ofApp >= 0 ? divisor : 1), source: "donor" };
  }

  private sourceOf(row: number, day: number): Source {
    return this.rows!.day[row] === day ? "own" : "nearest_day";
  }

  private ofRow(row: number, divisor: number): number {
    const key = `${row}/${divisor}`;
    const known = this.profiles.get(key);
    if (known !== undefined) return known;
    const profile = this.table.add(this.percentiles(row), 1 / divisor);
    this.profiles.set(key, profile);
    return profile;
  }

  private percentiles(row: number): Float64Array {
    const known = this.repairedRow[row];
    if (known !== undefined) return known;
    const repairs: Repairs = { negative: false, descending: false };
    const percentiles = repaired(this.rows!.percentiles, row, LEVELS, repairs)!;
    this.report.rows_used++;
    if (repairs.negative) this.report.rows_with_negative_percentiles++;
    if (repairs.descending) this.report.rows_with_descending_percentiles++;
    this.repairedRow[row] = percentiles;
    return percentiles;
  }
}

function isWhole(percentiles: Float64Array, row: number): boolean {
  for (let i = row * LEVELS; i < (row + 1) * LEVELS; i++) if (Number.isNaN(percentiles[i]!)) return false;
  return true;
}
