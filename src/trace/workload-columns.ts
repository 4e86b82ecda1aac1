import { Invalid } from "../invalid.js";
import type { ForeignRows, ForeignValues } from "../table/index.js";
import type { Bad } from "./bad-rows.js";
import { ByteSource } from "./byte-source.js";
import type { Source } from "./format.js";
import type { Labels } from "./labels.js";
import type { SourceFile } from "./trace.js";
import type { Into } from "./workload-csv.js";
import { badNumber, badRow, emptyRow, LABEL_COLUMNS, NUMBER_COLUMNS } from "./workload-fields.js";

/** Reads a workload table from columns, and closes it. Rows count from 1 in messages, as lines do without a header. */
export async function readWorkloadColumns(table: ForeignRows, source: Source, into: Into): Promise<SourceFile> {
  const { log, keys, counts, badRows } = into;
  const theirs = (name: string) => table.columns[source.columns.indexOf(name)]!;
  const numbers = NUMBER_COLUMNS.filter(({ name }) => source.columns.includes(name));
  const labels = LABEL_COLUMNS.map((name) =>
    source.columns.includes(name) ? { name: theirs(name), ids: idsIn(into.labels[name]) } : null,
  );
  const wanted = [...numbers.map(({ name }) => theirs(name)), ...labels.flatMap((label) => label?.name ?? [])];
  const row = emptyRow();
  try {
    for await (const batch of table.batches(wanted)) {
      const values = numbers.map(({ name }) => numbersOf(theirs(name), batch.columns[theirs(name)]!, source.name));
      const ids = labels.map((label) => label?.ids(batch.columns[label.name]!) ?? null);
      for (let i = 0; i < batch.rows; i++) {
        let bad: Bad | null = null;
        for (let n = 0; n < numbers.length; n++) {
          const column = numbers[n]!;
          const value = values[n]![i]!;
          const nothing = Number.isNaN(value);
          if (nothing || !column.accepts(value)) {
            const text = nothing ? "null or NaN" : String(value);
            bad ??= badNumber(column, nothing ? null : value, text, theirs(column.name));
          }
          row[column.field] = nothing ? column.none : value;
        }
        bad ??= badRow(row);
        const number = counts.kept + counts.quarantined;
        if (bad === null) {
          row.key = keys.intern(ids[0]?.[i] ?? -1, ids[1]?.[i] ?? -1, ids[2]?.[i] ?? -1, ids[3]?.[i] ?? -1);
          log.add(row, number);
          counts.kept++;
        } else {
          const shown = wanted.map((name) => shownValue(batch.columns[name]!, i)).join(",");
          badRows.reject(source.name, "row", number + 1, bad, Buffer.from(shown));
          counts.quarantined++;
        }
      }
    }
  } finally {
    await table.close();
  }
  if (counts.kept + counts.quarantined === 0) throw new Invalid("file", source.name, "no rows", "at least one row");
  return ByteSource.open(source.path, into.onBytes).finish();
}

function numbersOf(column: string, values: ForeignValues, file: string): Float64Array {
  if (values.kind === "numbers") return values.values;
  throw new Invalid("column", column, `${file}, of text`, "numbers");
}

/** Gives a batch's label ids; a column of numbers is read as the text of its numbers. */
function idsIn(labels: Labels): (values: ForeignValues) => Int32Array {
  const known = new WeakMap<readonly string[], Int32Array>();
  const seen = new Map<string, number>();
  const idOf = (text: string): number => {
    let id = seen.get(text);
    if (id === undefined) {
      id = labels.internString(text);
      seen.set(text, id);
    }
    return id;
  };
  return (values) => {
    if (values.kind === "numbers")
      return Int32Array.from(values.values, (n) => (Number.isNaN(n) ? -1 : idOf(String(n))));
    let ids = known.get(values.strings);
    if (!ids) {
      ids = Int32Array.from(values.strings, idOf);
      known.set(values.strings, ids);
    }
    return values.keys.map((key) => (key < 0 ? -1 : ids[key]!));
  };
}

function shownValue(values: ForeignValues, i: number): string {
  if (values.kind === "numbers") return Number.isNaN(values.values[i]!) ? "" : String(values.values[i]);
  const key = values.keys[i]!;
  return key < 0 ? "" : (values.strings[key] ?? "");
}
