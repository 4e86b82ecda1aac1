import { existsSync } from "node:fs";
import { join } from "node:path";
import * as arrow from "apache-arrow";
import * as aq from "arquero";
import { summarise } from "../analysis/latency.js";
import { openRun, type RunFolder, type RunManifest } from "../analysis/run-folder.js";
import { summaryRows } from "../analysis/summary.js";
import { Invalid } from "../invalid.js";
import { readTable } from "../table/index.js";
import { toArquero } from "./frames.js";

/** A run folder in a notebook: its manifest, and its tables as they are asked for. */
export class Run {
  private readonly run: RunFolder;

  constructor(run: RunFolder) {
    this.run = run;
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
   * A scheduler's table for Arquero: `invocations`, `machines` or `windows`; data/README.md has every column.
   * Throws Invalid, naming what there is, for a scheduler or table that the run does not have.
   */
  table(scheduler: string, name: string): aq.ColumnTable {
    return toArquero(this.arrow(scheduler, name));
  }

  /** The same as an Apache Arrow table, with what the table says of itself in its metadata. */
  arrow(scheduler: string, name: string): arrow.Table {
    const { folder, schedulers } = this.run;
    if (!schedulers.includes(scheduler)) {
      throw new Invalid("scheduler", scheduler, folder, `one of ${schedulers.join(", ")}`);
    }
    const place = `${scheduler}/`;
    const names = this.run
      .tables()
      .flatMap((table) => (table.name.startsWith(place) ? table.name.slice(place.length) : []));
    if (!names.includes(name)) throw new Invalid("table", name, join(folder, scheduler), `one of ${names.join(", ")}`);
    return this.read(`${place}${name}`);
  }

  /** The workload as replayed, for Arquero: its row number is `invocation` in the other tables. */
  workload(): aq.ColumnTable {
    return toArquero(this.read("workload"));
  }

  /**
   * A row per scheduler and price class: counts, quantiles of latency and slowdown as SEMANTICS has them (null: too few
   * to tell; Infinity: killed or rejected), deadline misses, preemptions. What `replaybook summary` prints.
   */
  async summary(): Promise<aq.ColumnTable> {
    return aq.from(summaryRows(await summarise(this.run)) as object[]);
  }

  /** A table in one file or in parts, the parts one after the other. */
  private read(name: string): arrow.Table {
    const [first, ...rest] = this.run.table(name).files.map(readTable);
    return new arrow.Table(
      first!.schema,
      [first!, ...rest].flatMap((table) => table.batches),
    );
  }
}

/** Opens the folder that `replaybook replay` wrote. Throws Invalid where it is none, or not whole. */
export function open(folder: string): Run {
  const wanted = "a folder written by replaybook replay; for the demo, run npm start first";
  if (!existsSync(folder)) throw new Invalid("run", folder, "no such folder", wanted);
  return new Run(openRun(folder));
}
