import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Invalid } from "../invalid.js";

/** What is wrong with a row: the value named `what`, where in the row it stands, and what belongs there. */
export interface Bad {
  readonly what: string;
  readonly value: string | number;
  /** The column's name in the file, where it differs from `what`. */
  readonly column?: string;
  readonly expected: string;
}

/** Either stops at the first bad row or moves bad rows to rejects.csv (file, line, reason, row). */
export class BadRows {
  private readonly path: string;
  private readonly stop: boolean;
  private fd = -1;

  /** rejects.csv is made in `folder` when there is a first row for it. */
  constructor(folder: string, onBadRow: "stop" | "quarantine") {
    this.path = join(folder, "rejects.csv");
    this.stop = onBadRow === "stop";
  }

  /** Throws Invalid naming file, line and value, or keeps the row. `place` is the kind of number: a line or a row. */
  reject(file: string, place: "line" | "row", number: number, bad: Bad, row: Buffer, cut = false): void {
    const column = bad.column === undefined ? "" : `column ${bad.column}`;
    if (this.stop) {
      const where = [`${file} ${place} ${number}`, column, cut ? "the last, without a line end" : ""];
      throw new Invalid(bad.what, bad.value, where.filter(Boolean).join(", "), bad.expected);
    }
    const reason = new Invalid(bad.what, bad.value, column || "in this row", bad.expected).message;
    if (this.fd < 0) {
      this.fd = openSync(this.path, "wx");
      writeSync(this.fd, "file,line,reason,row\n");
    }
    const front = `${quoted(file)},${number},${quoted(reason)},`;
    writeSync(this.fd, Buffer.concat([Buffer.from(front), quotedBytes(row), Buffer.from("\n")]));
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** The same for bytes that need not be UTF-8. */
function quotedBytes(bytes: Buffer): Buffer {
  return Buffer.from(quoted(bytes.toString("latin1")), "latin1");
}
