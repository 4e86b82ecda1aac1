import { createHash, type Hash } from "node:crypto";
import type { Values } from "../table/index.js";
import type { DurationRows, Functions, MemoryRows } from "./trace.js";

/**
 * The sha256 of a trace's content: of each column its values' bytes in canonical order (little endian), of labels
 * JSON. How the tables are cut into batches does not matter.
 */
export class ContentHash {
  private readonly columns = new Map<string, Hash>();

  /** Adds the next values of a column. */
  values(column: string, values: Values): void {
    this.of(column).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** Adds the labels of functions or memory rows. */
  labels(table: string, rows: Functions | MemoryRows): void {
    for (const name of ["owner", "app", "function"] as const)
      this.of(`${table}.${name}`).update(JSON.stringify(rows[name]));
    if ("trigger" in rows) this.of(`${table}.trigger`).update(JSON.stringify(rows.trigger));
  }

  /** Adds the rows of durations.arrow. */
  durations(rows: DurationRows): void {
    for (const name of ["functionId", "day", "average", "count", "minimum", "maximum", "percentiles"] as const) {
      this.values(`durations.${name}`, rows[name]);
    }
  }

  /** Adds the rows of memory.arrow. */
  memory(rows: MemoryRows): void {
    this.labels("memory", rows);
    for (const name of ["day", "sampleCount", "average", "percentiles"] as const) {
      this.values(`memory.${name}`, rows[name]);
    }
  }

  /** Leaves a column out, as if none of its values had been added. */
  forget(column: string): void {
    this.columns.delete(column);
  }

  /** The hash of everything added, and of `facts`, plain JSON; in hexadecimal. */
  digest(facts: unknown): string {
    const parts = [...this.columns.keys()].sort().map((name) => [name, this.of(name).digest("hex")]);
    return createHash("sha256")
      .update(JSON.stringify([facts, parts]))
      .digest("hex");
  }

  private of(column: string): Hash {
    const found = this.columns.get(column) ?? createHash("sha256");
    this.columns.set(column, found);
    return found;
  }
}
