import { basename } from "node:path";
import { Invalid } from "../invalid.js";
import { ByteSource } from "../trace/byte-source.js";
import { CsvReader } from "../trace/csv.js";
import type { Functions } from "../trace/trace.js";

const LABELS = ["owner", "app", "function", "trigger"] as const;
const CLASS = "price_class";

/** A row's class, and its line. */
interface Entry {
  readonly priceClass: number;
  readonly line: number;
}

/**
 * Reads a mapping file: a CSV with a price_class column and any of owner, app, function and trigger. An empty cell or *
 * matches everything, known or not. A function has the class of the row that names the most of its labels; of two such
 * rows, the earlier. Throws Invalid for a bad file and for a function that no row matches.
 */
export async function readClassMap(path: string, functions: Functions, classes: number): Promise<Uint8Array> {
  const name = basename(path);
  const source = ByteSource.open(path);
  try {
    const reader = await CsvReader.open(source);
    const columns = columnsOf(reader.columns ?? [], name);
    const masks = await readEntries(reader, columns, name, classes);
    return Uint8Array.from(functions.function, (_, f) => {
      const labels = LABELS.map((label) => functions[label][f] ?? null);
      const entry = matchOf(masks, labels);
      if (entry) return entry.priceClass;
      const shown = LABELS.map((label, i) => `${label} ${labels[i] ?? "unknown"}`).join(", ");
      throw new Invalid(
        "class mapping",
        name,
        `no row for ${shown}`,
        "a row for each function, or one with * for the rest",
      );
    });
  } finally {
    source.close();
  }
}

/** For each column, the place of its label in LABELS, or -1 for the class. */
function columnsOf(columns: readonly string[], name: string): number[] {
  const places = columns.map((column) => (LABELS as readonly string[]).indexOf(column));
  const unknown = columns.find((column, i) => places[i] === -1 && column !== CLASS);
  const doubled = columns.find((column, i) => columns.indexOf(column) !== i);
  if (unknown !== undefined || doubled !== undefined || !columns.includes(CLASS) || columns.length < 2) {
    const expected = `the columns ${CLASS} and some of ${LABELS.join(", ")}`;
    throw new Invalid("class mapping", name, `its columns are ${columns.join(", ")}`, expected);
  }
  return places;
}

/** The rows by which labels they name (bit i: LABELS[i]), most labels first, and then by those labels. */
async function readEntries(
  reader: CsvReader,
  places: readonly number[],
  name: string,
  classes: number,
): Promise<[number, Map<string, Entry>][]> {
  const masks = new Map<number, Map<string, Entry>>();
  do {
    while (reader.nextRow()) {
      const fields: string[] = [];
      while (reader.next()) fields.push(reader.text.toString("utf8", reader.start, reader.end).trim());
      const where = `line ${reader.line} of ${name}`;
      if (reader.broken || fields.length !== places.length) {
        throw new Invalid("row", reader.row().toString("utf8"), where, `${places.length} fields`);
      }
      const labels: (string | null)[] = LABELS.map(() => null);
      let mask = 0;
      let given = "";
      fields.forEach((field, i) => {
        const place = places[i]!;
        if (place < 0) given = field;
        else if (field !== "" && field !== "*") {
          labels[place] = field;
          mask |= 1 << place;
        }
      });
      const entries = masks.get(mask) ?? new Map<string, Entry>();
      masks.set(mask, entries);
      const key = keyOf(labels, mask);
      const priceClass = parseClass(given, where, classes);
      if (!entries.has(key)) entries.set(key, { priceClass, line: reader.line });
    }
  } while (await reader.nextBlock());
  return [...masks].sort(([a], [b]) => bits(b) - bits(a));
}

function matchOf(
  masks: readonly [number, Map<string, Entry>][],
  labels: readonly (string | null)[],
): Entry | undefined {
  let best: Entry | undefined;
  let named = 0;
  for (const [mask, entries] of masks) {
    if (best && bits(mask) < named) break;
    const entry = entries.get(keyOf(labels, mask));
    if (!entry || (best && best.line < entry.line)) continue;
    best = entry;
    named = bits(mask);
  }
  return best;
}

/** The labels that a mask names, as one string. A label that is unknown equals no field of a file. */
function keyOf(labels: readonly (string | null)[], mask: number): string {
  return JSON.stringify(labels.map((label, i) => ((mask >> i) & 1 ? label : 0)));
}

function bits(mask: number): number {
  return (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1) + ((mask >> 3) & 1);
}

function parseClass(text: string, where: string, classes: number): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  if (value >= 0 && value < classes) return value;
  throw invalidClass(text, where, classes);
}

/** The message for a class beyond the prices. */
export function invalidClass(value: unknown, where: string, classes: number): Invalid {
  const expected = classes === 1 ? "0, as there is 1 price" : `0..${classes - 1}, as there are ${classes} prices`;
  return new Invalid("price_class", value, where, expected);
}
