import type { Bad, BadRows } from "./bad-rows.js";
import type { CsvReader } from "./csv.js";
import { fieldText, internField, nothingThere, readRows, TOO_FEW } from "./csv-rows.js";
import type { RowCounts, Source } from "./format.js";
import type { FunctionLabels } from "./function-labels.js";
import type { InvocationLog } from "./invocation-log.js";
import type { Keys } from "./keys.js";
import type { SourceFile } from "./trace.js";
import { badNumber, badRow, emptyRow, LABEL_COLUMNS, NUMBER_COLUMNS } from "./workload-fields.js";

/** What a workload table is read into. */
export interface Into {
  readonly log: InvocationLog;
  readonly keys: Keys;
  readonly labels: FunctionLabels;
  readonly counts: RowCounts;
  readonly badRows: BadRows;
  readonly onBytes: (bytes: number) => void;
}

/** Reads a workload table from CSV. */
export function readWorkloadCsv(source: Source, into: Into): Promise<SourceFile> {
  return readRows(source.path, into.badRows, into.counts, into.onBytes, (reader) =>
    rowsOf(source.columns, reader.columns ?? [], into),
  );
}

function rowsOf(ours: readonly string[], theirs: readonly string[], into: Into): (reader: CsvReader) => Bad | null {
  const { log, keys, counts } = into;
  const labels = LABEL_COLUMNS.map((name) => into.labels[name]);
  const numberOf = ours.map((name) => NUMBER_COLUMNS.find((column) => column.name === name) ?? null);
  const labelOf = ours.map((name) => (LABEL_COLUMNS as readonly string[]).indexOf(name));
  const row = emptyRow();
  const ids = new Int32Array(LABEL_COLUMNS.length);
  return (reader) => {
    ids.fill(-1);
    let bad: Bad | null = null;
    for (let column = 0; column < ours.length; column++) {
      const number = numberOf[column]!;
      const label = labelOf[column]!;
      if (bad !== null || (number === null && label < 0)) {
        if (!reader.next()) return TOO_FEW;
      } else if (number !== null) {
        if (!reader.nextNumber()) return TOO_FEW;
        const value = Number.isNaN(reader.value) && nothingThere(reader) ? null : reader.value;
        if (value === null || !number.accepts(value))
          bad = badNumber(number, value, fieldText(reader), theirs[column]!);
        row[number.field] = value ?? number.none;
      } else {
        const id = internField(reader, labels[label]!, theirs[column]!);
        if (id === TOO_FEW) return TOO_FEW;
        if (typeof id === "number") ids[label] = id;
        else bad = id;
      }
    }
    if (!reader.ended) return TOO_FEW;
    bad ??= badRow(row);
    if (bad !== null) return bad;
    row.key = keys.intern(ids[0]!, ids[1]!, ids[2]!, ids[3]!);
    log.add(row, counts.kept + counts.quarantined);
    return null;
  };
}
