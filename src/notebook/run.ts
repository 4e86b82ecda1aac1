import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type * as arrow from "apache-arrow";
import * as aq from "arquero";
import { summarise } from "../analysis/latency.js";
import { openRun, type RunFolder, type RunManifest } from "../analysis/run-folder.js";
import { summaryRows } from "../analysis/summary.js";
import { Invalid } from "../invalid.js";
import { columnParts, readColumns } from "../table/index.js";
import { toArquero } from "./frames.js";

/** Rows of a part: enough for a query to be quick, and few enough for any memory. */
const PART_ROWS = 1_048_576;

/** A run folder in a notebook: its manifest, and its tables as they are asked for. */
export class Run {
  private readonly run: RunFolder;

  constructor(run: RunFolder) {
    this.run = run;
  }

  /** Where it is. */
  get folder(): string {
    return this.run.folder;
  }

  /** run.json: every option resolved, the trace, offered load, what each scheduler came to. */
  get manifest(): RunManifest {
    return this.run.manifest;
  }

  /** Names of the schedulers, in the order they were asked for. */
  get schedulers(): readonly string[] {
    return this.run.schedulers;
  }

  /**
   * A scheduler's table for Arquero: `invocations`, `machines`, `windows` …; data/README.md has every column. Of `columns`,
   * where given, and nothing else is read. Throws Invalid, naming what there is, for what the run does not have.
   */
  table(scheduler: string, name: string, columns?: readonly string[]): aq.ColumnTable {
    return toArquero(this.arrow(scheduler, name, columns));
  }

  /** The same as an Apache Arrow table, with what the table says of itself in its metadata. */
  arrow(scheduler: string, name: string, columns?: readonly string[]): arrow.Table {
    return readColumns(this.filesOf(scheduler, name), columns);
  }

  /**
   * The same in parts of `rows` rows or so, one in memory at a time: for tables that are larger than memory.
   *
   * @example for await (const part of run.parts("xx", "invocations", ["price_class", "finish_s"])) …
   */
  async *parts(
    scheduler: string,
    name: string,
    columns?: readonly string[],
    rows = PART_ROWS,
  ): AsyncGenerator<aq.ColumnTable> {
    for (const part of columnParts(this.filesOf(scheduler, name), columns, rows)) {
      yield toArquero(part);
      await setImmediate(); // so that an interrupt is heard
    }
  }

  /** The workload as replayed, for Arquero: its row number is `invocation` in the other tables. */
  workload(columns?: readonly string[]): aq.ColumnTable {
    return toArquero(readColumns(this.run.tableAsKept("workload").files, columns));
  }

  /**
   * A row per scheduler and price class: counts, quantiles of latency and slowdown as SEMANTICS has them (null: too few
   * to tell; Infinity: killed or rejected), deadline misses, preemptions. What `replaybook summary` prints.
   */
  async summary(): Promise<aq.ColumnTable> {
    return aq.from(summaryRows(await summarise(this.run)) as object[]);
  }

  private filesOf(scheduler: string, name: string): readonly string[] {
    const { folder, schedulers } = this.run;
    if (!schedulers.includes(scheduler)) {
      throw new Invalid("scheduler", scheduler, folder, `one of ${schedulers.join(", ")}`);
    }
    const place = `${scheduler}/`;
    const names = this.run
      .tables()
      .flatMap((table) => (table.name.startsWith(place) ? table.name.slice(place.length) : []));
    if (!names.includes(name)) throw new Invalid("table", name, join(folder, scheduler), `one of ${names.join(", ")}`);
    return this.run.tableAsKept(place + name).files;
  }
}

/** Opens the folder that `replaybook replay` wrote. Throws Invalid where it is none, or not whole. */
export function open(folder: string): Run {
  const wanted = "a folder written by replaybook replay; for the demo, run npm start first";
  if (!existsSync(folder)) throw new Invalid("run", folder, "no such folder", wanted);
  return new Run(openRun(folder));
}
