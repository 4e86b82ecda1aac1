import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as aq from "arquero";
import { Invalid } from "../invalid.js";
import { partsOf, readColumns } from "../table/index.js";
import { replaybook } from "./child.js";
import type { Options } from "./flags.js";
import { toArquero } from "./frames.js";
import type { Inspection } from "./inspection.js";
import { type Progress, ProgressLine } from "./progress-line.js";

/** manifest.json of a trace folder: what was read, and what the trace lacks. */
export interface TraceFacts extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly kind: "counts" | "invocations";
  readonly format: string;
  readonly sha256: string;
  readonly duration_s: number;
  readonly functions: number;
  readonly invocations: number;
  /** Rows by source family: kept, filled, quarantined … */
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What a workload will have to assume: "trigger", "durations", "memory" … */
  readonly lacks: readonly string[];
  /** What the reader noticed, one line each. */
  readonly notes: readonly string[];
}

const TABLES = ["functions", "counts", "durations", "memory", "invocations"];

/** A trace folder in a notebook: its manifest, and its tables as they are asked for. */
export class TraceFolder {
  readonly folder: string;
  readonly manifest: TraceFacts;
  /** What drawing it came to, where it is a sample that was drawn now: what `replaybook sample --json` says. */
  readonly report: Options | null;

  constructor(folder: string, report: Options | null = null) {
    const path = join(folder, "manifest.json");
    if (!existsSync(path))
      throw new Invalid("trace", folder, "has no manifest.json", "a folder written by replaybook ingest");
    this.folder = folder;
    this.manifest = JSON.parse(readFileSync(path, "utf8"));
    this.report = report;
  }

  /** Names of the tables that this kind of trace has. */
  get tables(): readonly string[] {
    return TABLES.filter((name) => partsOf(this.folder, name).length > 0);
  }

  /** A table for Arquero, the columns named or all; data/README.md has every column. Throws Invalid, naming what there is. */
  table(name: string, columns?: readonly string[]): aq.ColumnTable {
    const files = TABLES.includes(name) ? partsOf(this.folder, name) : [];
    if (files.length > 0) return toArquero(readColumns(files, columns));
    throw new Invalid("table", name, this.folder, `one of ${this.tables.join(", ")}`);
  }

  /** What is in the trace, and what a replay will have to assume: what `replaybook inspect --json` says. */
  async inspect(progress?: Progress): Promise<Inspection> {
    const line = new ProgressLine(progress);
    const { stdout } = await replaybook(["inspect", "--json", "--", this.folder], line);
    const inspection = JSON.parse(stdout) as Inspection;
    line.end(`inspected ${this.manifest.name}`, true);
    return inspection;
  }
}

/** Opens the folder that `replaybook ingest` or `sample` wrote. Throws Invalid where it is none. */
export function openTraceFolder(folder: string): TraceFolder {
  return new TraceFolder(folder);
}
