import { setImmediate } from "node:timers/promises";
import { Invalid } from "../invalid.js";
import type { Bad, BadRows } from "./bad-rows.js";
import { ByteSource } from "./byte-source.js";
import { CsvReader } from "./csv.js";
import type { RowCounts } from "./format.js";
import { type Labels, NOT_UTF8 } from "./labels.js";
import { isMissing } from "./number.js";
import type { SourceFile } from "./trace.js";

/** What a row's parser gives back when the row has fewer fields than the header. */
export const TOO_FEW: Bad = { what: "row", value: "", expected: "" };

/**
 * Passes every row of a CSV file to `parse`, which reads it field by field and says what is wrong with it, or null.
 * Rows with another number of fields than the header are bad. Other work, such as writing, goes on between blocks. `name` is the
 * file's in messages. Throws Invalid where the file has no rows.
 */
export async function readRows(
  path: string,
  badRows: BadRows,
  counts: RowCounts,
  onBytes: (bytes: number) => void,
  start: (reader: CsvReader) => (reader: CsvReader) => Bad | null,
  name?: string,
): Promise<SourceFile> {
  const source = ByteSource.open(path, onBytes, name);
  try {
    const reader = await CsvReader.open(source);
    const columns = reader.columns?.length ?? 0;
    const parse = start(reader);
    const before = counts.kept + counts.quarantined;
    do {
      while (reader.nextRow()) {
        let bad = parse(reader);
        if (bad === TOO_FEW || (bad === null && !reader.ended)) bad = wrongFields(reader, columns);
        if (bad === null) counts.kept++;
        else {
          badRows.reject(source.name, "line", reader.line, bad, reader.row(), reader.lastWithoutLineEnd);
          counts.quarantined++;
          reader.skip();
        }
      }
      await setImmediate();
    } while (await reader.nextBlock());
    if (counts.kept + counts.quarantined === before) {
      throw new Invalid("file", source.name, "no rows after the header", "at least one row");
    }
    return source.finish();
  } catch (error) {
    source.close();
    throw error;
  }
}

function wrongFields(reader: CsvReader, columns: number): Bad {
  reader.rewind();
  let fields = 0;
  while (reader.next()) fields++;
  if (reader.broken) {
    const value = reader.bytes.toString("utf8", reader.at, reader.bytes.indexOf(10, reader.at));
    return { what: "field", value, expected: "a closing quote before the line's end" };
  }
  const counted = (number: number) => `${number} field${number === 1 ? "" : "s"}`;
  return { what: "row", value: counted(fields), expected: counted(columns) };
}

/** The field as text, for messages. */
export function fieldText(reader: CsvReader): string {
  return reader.text.toString("utf8", reader.start, reader.end);
}

/** Whether the field that nextNumber could not read is empty or nan. */
export function nothingThere(reader: CsvReader): boolean {
  return reader.start === reader.end || isMissing(fieldText(reader));
}

/** Moves to the next field and interns it; the Bad where it is no UTF-8, TOO_FEW where there is none. */
export function internField(reader: CsvReader, labels: Labels, column: string): number | Bad {
  const id = reader.nextLabel(labels);
  if (id === null) return TOO_FEW;
  if (id !== NOT_UTF8) return id;
  return { what: "label", value: fieldText(reader), column, expected: "text in UTF-8" };
}
