import { statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type Rows, TableReader, type Values } from "../table/index.js";

const CHUNK_BYTES = 1048576;
/** Longest number: -1.2345678901234567e-123, and the comma after it. */
const NUMBER_BYTES = 25;
const COMMA = 44;
const NEWLINE = 10;

/** Writes row `i` of a column at `at` of the buffer; gives where it ends. */
type CellWriter = (i: number, buffer: Buffer, at: number) => number;

/**
 * Writes Arrow files of one table, in order, to a CSV file, which must not exist: a header line, then a line a row, each
 * ended by LF. Labels are quoted as in RFC 4180, null is empty, numbers are in the shortest form that reads back as the
 * same value of the column's type. `onRead` is told of bytes read, a batch at a time. Gives the number of rows.
 */
export async function writeCsv(
  files: readonly string[],
  path: string,
  onRead: (bytes: number) => void = () => {},
): Promise<number> {
  const out = await open(path, "wx");
  let total = 0;
  try {
    for (const [part, file] of files.entries()) {
      const table = await TableReader.open(file);
      try {
        const bytes = statSync(file).size / table.batchCount;
        const names = table.schema.names as string[];
        if (part === 0) await out.write(`${names.map(quoted).join(",")}\n`);
        const labels = new Map<string, readonly Buffer[]>();
        for await (const batch of table.batches()) {
          for (const name of names) {
            const strings = table.dictionary(name);
            if (strings.length > 0 && !labels.has(name))
              labels.set(
                name,
                strings.map((s) => Buffer.from(quoted(s))),
              );
          }
          await writeRows(out, table, batch, labels);
          total += batch.rows;
          onRead(bytes);
        }
      } finally {
        await table.close();
      }
    }
  } finally {
    await out.close();
  }
  return total;
}

async function writeRows(
  out: FileHandle,
  table: TableReader,
  { rows, columns }: Rows,
  labels: ReadonlyMap<string, readonly Buffer[]>,
): Promise<void> {
  let longest = 0;
  const writers = table.schema.fields.map(({ name, nullable }): CellWriter => {
    const strings = labels.get(name);
    longest += strings ? strings.reduce((most, label) => Math.max(most, label.length), 0) + 1 : NUMBER_BYTES;
    if (strings) return labelWriter(columns[name] as Int32Array, strings);
    return numberWriter(columns[name]!, nullable);
  });
  const buffer = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, 2 * longest));
  const last = writers.length - 1;
  let at = 0;
  for (let i = 0; i < rows; i++) {
    if (at + longest > buffer.length) {
      await writeAll(out, buffer, at);
      at = 0;
    }
    for (let c = 0; c <= last; c++) {
      at = writers[c]!(i, buffer, at);
      buffer[at++] = c < last ? COMMA : NEWLINE;
    }
  }
  await writeAll(out, buffer, at);
}

async function writeAll(out: FileHandle, buffer: Buffer, length: number): Promise<void> {
  for (let from = 0; from < length; ) from += (await out.write(buffer, from, length - from)).bytesWritten;
}

function labelWriter(keys: Int32Array, labels: readonly Buffer[]): CellWriter {
  return (i, buffer, at) => {
    const key = keys[i]!;
    if (key < 0) return at;
    const label = labels[key]!;
    buffer.set(label, at);
    return at + label.length;
  };
}

function numberWriter(values: Values, nullable: boolean): CellWriter {
  if (values instanceof Float64Array) {
    return (i, buffer, at) => (Number.isNaN(values[i]!) ? at : double(values[i]!, buffer, at));
  }
  if (values instanceof Float32Array) {
    return (i, buffer, at) => (Number.isNaN(values[i]!) ? at : double(shortFloat(values[i]!), buffer, at));
  }
  if (nullable && values instanceof Int32Array) {
    return (i, buffer, at) => (values[i] === -1 ? at : double(values[i]!, buffer, at));
  }
  return (i, buffer, at) => double(values[i]!, buffer, at);
}

/** A number as JavaScript prints it: the shortest digits that read back as the same double. */
function double(value: number, buffer: Buffer, at: number): number {
  const small = value | 0;
  if (small === value && small >= 0) return whole(small, buffer, at);
  const text = String(value);
  for (let i = 0; i < text.length; i++) buffer[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function whole(value: number, buffer: Buffer, at: number): number {
  let end = at + 1;
  for (let rest = value; rest > 9; rest = (rest / 10) | 0) end++;
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const tens = (rest / 10) | 0;
    buffer[i] = 48 + rest - 10 * tens;
    rest = tens;
  }
  return end;
}

const SCALES = Float64Array.from({ length: 10 }, (_, digits) => Number(`1e${digits}`));

/** A float32 as the double that prints with the fewest decimals and reads back as it; itself where that takes ten. */
function shortFloat(value: number): number {
  for (const scale of SCALES) {
    const short = Math.round(value * scale) / scale;
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** A field as RFC 4180 has it: in quotes where it holds a quote, a comma or a line break, or is empty or padded. */
function quoted(text: string): string {
  return /^$|^\s|\s$|[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
