import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as aq from "arquero";
import { Invalid } from "../invalid.js";
import { readColumns } from "../table/index.js";
import { replaybook } from "./child.js";
import { kebab, type Options, pathOf } from "./flags.js";
import { toArquero } from "./frames.js";
import { placeFor } from "./place.js";
import { type Progress, ProgressLine, plainSeconds } from "./progress-line.js";
import { open, type Run } from "./run.js";

/** What to sweep over, as PLAN.json has it; options by their flags' names in camelCase or kebab-case. */
export interface SweepPlan {
  /** Of all replays. */
  readonly options?: Options;
  /** Lists of values, every combination of which is a replay. */
  readonly grid?: Readonly<Record<string, readonly unknown[]>>;
  /** A list of combinations instead, or each with every one of the grid. */
  readonly cells?: readonly Options[];
}

/** One run of a sweep: its folder within the sweep's, and every replay option, as its flag has it, and the trace. */
export interface SweepRun {
  readonly run: string;
  readonly options: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly varied: readonly string[];
  readonly cells: readonly (SweepRun & { readonly trace: { readonly path: string } })[];
}

/** A sweep's folder in a notebook. */
export class Sweep {
  readonly folder: string;
  /** sweep.json. */
  readonly manifest: Manifest & Readonly<Record<string, unknown>>;

  constructor(folder: string) {
    const path = join(folder, "sweep.json");
    if (!existsSync(path))
      throw new Invalid("sweep", folder, "has no sweep.json", "a folder written by replaybook sweep");
    this.folder = folder;
    this.manifest = JSON.parse(readFileSync(path, "utf8"));
  }

  /** summary.arrow for Arquero: a row per run, scheduler and class, with a column for each option that the plan varies. */
  get table(): aq.ColumnTable {
    return toArquero(readColumns([join(this.folder, "summary.arrow")]));
  }

  /** The runs, in the plan's order. */
  get runs(): readonly SweepRun[] {
    return this.manifest.cells.map(({ run, options, trace }) => ({ run, options: { trace: trace.path, ...options } }));
  }

  /**
   * Opens one run: its number in `runs`, its name (in the table's column `run`), or options that only it has, such as
   * { load: 0.9, seed: 1 }. Throws Invalid where that is none, or more than one.
   */
  open(which: number | string | Options): Run {
    const found = this.runs.filter(({ run, options }, i) => {
      if (typeof which === "number") return i === which;
      if (typeof which === "string") return run === which || run === `runs/${which}`;
      return Object.entries(which).every(([name, value]) => matches(options[kebab(name)], value));
    });
    if (found.length === 1) return open(join(this.folder, found[0]!.run));
    const asked = typeof which === "object" ? JSON.stringify(which) : which;
    const several = found.length === 0 ? "no run" : `${found.length} runs`;
    const varied = this.manifest.varied.join(", ") || "nothing";
    throw new Invalid("run", asked, `${several} of ${this.folder}, which varies ${varied}`, "what only one run has");
  }
}

/** Schedulers share a run: one of them, or some in any order, is a match. */
function matches(text: string | undefined, value: unknown): boolean {
  if (text === undefined) return false;
  const wanted = Array.isArray(value)
    ? value.map(String)
    : typeof value === "object"
      ? [pathOf(value)]
      : [String(value)];
  return text === wanted.join(",") || wanted.every((one) => text.split(",").includes(one));
}

/** Opens the folder that `replaybook sweep` wrote. Throws Invalid where it is none. */
export function openSweep(folder: string): Sweep {
  return new Sweep(folder);
}

/**
 * Replays every combination of a plan, in processes of their own, and opens what came of it. `folder` is data/runs/NAME by
 * default; runs that are there already are not replayed again. Throws Invalid as `replaybook sweep` does, and Failed
 * where a run failed. `progress`, if given, is told how far it is, in place of a line.
 */
export async function sweep(plan: SweepPlan, folder?: string, progress?: Progress): Promise<Sweep> {
  const json = JSON.stringify(planOf(plan));
  const target = folder ?? placeFor("runs", "sweep", Object.keys(plan.grid ?? {}), json);
  const line = new ProgressLine(progress);
  const { notes } = await replaybook(["sweep", "-", `--output=${target}`], line, json);
  const swept = new Sweep(target);
  const { cells } = swept.manifest;
  const took = plainSeconds(line.seconds);
  line.end([`${cells.length} run${cells.length === 1 ? "" : "s"}: ${target} (${took})`, ...notes].join("\n"));
  return swept;
}

/** The plan in the command line's words. Traces become paths; what else is wrong, the command says. */
function planOf({ options, grid, cells, ...rest }: SweepPlan): object {
  return {
    ...rest,
    ...(options && { options: settings(options) }),
    ...(grid && { grid: settings(grid) }),
    ...(cells && { cells: Array.isArray(cells) ? cells.map(settings) : cells }),
  };
}

function settings(given: Options): object {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [kebab(name), name === "trace" ? traces(value) : value]),
  );
}

function traces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(traces);
  return typeof value === "object" && value !== null && "folder" in value ? pathOf(value) : value;
}
