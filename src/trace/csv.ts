import { isUtf8 } from "node:buffer";
import { Invalid } from "../invalid.js";
import type { ByteSource } from "./byte-source.js";
import { type Labels, viewOf } from "./labels.js";
import { parseNumber, quotient } from "./number.js";

const BLOCK_BYTES = 1048576;
const LONGEST_LINE = 67108864;
const COMMA = 44;
const LF = 10;
const CR = 13;
const QUOTE = 34;
const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;

/**
 * The rows of a CSV file (RFC 4180: commas, LF or CRLF, quoted fields with doubled quotes, which may not hold line
 * breaks), read in blocks of whole lines and, where they are as usual, never as strings. `next` moves to the next field;
 * its bytes are then text[start, end). `nextLabel` and `nextNumber` do and read it. `line` counts from 1, the header's. Empty lines are no rows.
 */
export class CsvReader {
  readonly source: ByteSource;
  /** Names in the header, without a byte order mark and surrounding spaces; null in an empty file. */
  columns: readonly string[] | null = null;
  line = 0;
  /** The block and the place in it of the next byte to read: for parsers that scan digits themselves. */
  bytes: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  at = 0;
  text: Buffer = this.bytes;
  start = 0;
  end = 0;
  /** What nextNumber read: NaN where the field is no number. */
  value = 0;
  /** Whether the row's last field has been read. */
  ended = false;
  /** Whether the row holds a quoted field without its closing quote. */
  broken = false;
  private view = viewOf(this.bytes);
  private rowStart = 0;
  private blockEnd = 0;
  private filled = 0;
  private atEnd = false;
  private cutShort = false;

  private constructor(source: ByteSource) {
    this.source = source;
  }

  /** Reads the header. Throws Invalid where it is no UTF-8 text. */
  static async open(source: ByteSource): Promise<CsvReader> {
    const reader = new CsvReader(source);
    if (!(await reader.nextBlock())) return reader;
    const { bytes } = reader;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) reader.at = 3;
    const header = bytes.subarray(reader.at, bytes.indexOf(LF, reader.at));
    if (!isUtf8(header) || header.includes(0)) {
      throw new Invalid("file", source.name, "not UTF-8 text", "a CSV file in UTF-8");
    }
    reader.begin();
    const columns: string[] = [];
    while (reader.next()) columns.push(reader.text.toString("utf8", reader.start, reader.end).trim());
    if (reader.broken) throw new Invalid("file", source.name, "line 1, a quote without its end", "a CSV header");
    reader.columns = columns;
    return reader;
  }

  /** Moves to the next row that is not empty; false at the end of the block, when `nextBlock` has to be called. */
  nextRow(): boolean {
    while (this.at < this.blockEnd) {
      const first = this.bytes[this.at];
      if (first === LF || (first === CR && this.bytes[this.at + 1] === LF)) {
        this.at += first === LF ? 1 : 2;
        this.line++;
        continue;
      }
      this.begin();
      return true;
    }
    return false;
  }

  /** Reads on; false at the end of the file. What is left of the block before must have been read. */
  async nextBlock(): Promise<boolean> {
    if (this.atEnd) return false;
    this.bytes.copyWithin(0, this.blockEnd, this.filled);
    this.filled -= this.blockEnd;
    for (;;) {
      if (this.filled + 1 >= this.bytes.length) this.grow();
      const read = await this.source.read(this.bytes, this.filled, this.bytes.length - this.filled - 1);
      const from = this.filled;
      this.filled += read;
      if (read === 0) {
        this.atEnd = true;
        this.cutShort = this.filled > 0;
        if (this.cutShort) this.bytes[this.filled++] = LF;
        this.blockEnd = this.filled;
        break;
      }
      const last = this.bytes.subarray(from, this.filled).lastIndexOf(LF);
      if (last >= 0) {
        this.blockEnd = from + last + 1;
        break;
      }
    }
    this.at = 0;
    return this.blockEnd > 0;
  }

  /** Moves to the row's next field; false after its last. */
  next(): boolean {
    if (this.ended) return false;
    const { bytes } = this;
    let at = this.at;
    if (bytes[at] === QUOTE) return this.quoted();
    this.text = bytes;
    this.start = at;
    let byte = bytes[at]!;
    while (byte !== COMMA && byte !== LF) byte = bytes[++at]!;
    this.end = at;
    this.at = at + 1;
    if (byte === LF) {
      this.ended = true;
      if (at > this.start && bytes[at - 1] === CR) this.end--;
    }
    return true;
  }

  /** Moves to the next field and interns it (see Labels.intern); null after the row's last field. */
  nextLabel(labels: Labels): number | null {
    if (this.ended) return null;
    const { at } = this;
    const end = at + labels.lastLength;
    if (labels.plain && this.bytes[end] === COMMA && this.bytes[at] !== QUOTE) {
      const id = labels.find(this.view, at, labels.lastLength);
      if (id >= 0) {
        this.at = end + 1;
        return id;
      }
    }
    if (!this.next()) return null;
    return labels.intern(this.text, this.text === this.bytes ? this.view : viewOf(this.text), this.start, this.end);
  }

  /** Moves to the next field and puts its number into `value`; false after the row's last field. Minus zero is zero. */
  nextNumber(): boolean {
    if (this.ended) return false;
    const { bytes } = this;
    const start = this.at;
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let digits = 0;
    let byte = bytes[at]!;
    const first = at;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) digits = digits * 10 + (byte - ZERO);
    let behind = 0;
    if (at > first && byte === DOT) {
      const point = at;
      byte = bytes[++at]!;
      for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]!) digits = digits * 10 + (byte - ZERO);
      behind = at - point - 1;
    }
    const usual = at > first && (byte === COMMA || byte === LF || (byte === CR && bytes[at + 1] === LF));
    if (!usual) {
      if (!this.next()) return false;
      this.value = parseNumber(this.text.toString("latin1", this.start, this.end));
      return true;
    }
    this.text = bytes;
    this.start = start;
    this.end = at;
    this.ended = byte !== COMMA;
    this.at = at + (byte === CR ? 2 : 1);
    const size = quotient(digits, behind);
    if (Number.isNaN(size)) this.value = parseNumber(bytes.toString("latin1", start, at));
    else this.value = negative && size !== 0 ? -size : size;
    return true;
  }

  /** Back to the row's first field. */
  rewind(): void {
    this.at = this.rowStart;
    this.ended = false;
    this.broken = false;
  }

  /** To the row's end, wherever in it the reader is. */
  skip(): void {
    this.at = this.bytes.indexOf(LF, this.rowStart) + 1;
  }

  /** The row's bytes, without its line end. */
  row(): Buffer {
    const end = this.bytes.indexOf(LF, this.rowStart);
    return this.bytes.subarray(this.rowStart, end > this.rowStart && this.bytes[end - 1] === CR ? end - 1 : end);
  }

  /** Whether this row is the file's last and has no line end, as in a file that was cut. */
  get lastWithoutLineEnd(): boolean {
    return this.cutShort && this.bytes.indexOf(LF, this.rowStart) === this.blockEnd - 1;
  }

  private begin(): void {
    this.line++;
    this.rowStart = this.at;
    this.ended = false;
    this.broken = false;
  }

  private grow(): void {
    if (this.bytes.length >= LONGEST_LINE) {
      throw new Invalid("line", this.line + 1, `${this.source.name}, longer than 64 MiB`, "lines of CSV");
    }
    const bytes = Buffer.allocUnsafeSlow(2 * this.bytes.length);
    this.bytes.copy(bytes, 0, 0, this.filled);
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  private quoted(): boolean {
    const { bytes } = this;
    const lineEnd = bytes.indexOf(LF, this.at);
    const text = Buffer.allocUnsafe(lineEnd - this.at);
    let length = 0;
    let at = this.at + 1;
    let closed = false;
    for (; at < lineEnd; at++) {
      if (bytes[at] === QUOTE && bytes[++at] !== QUOTE) {
        closed = true;
        break;
      }
      text[length++] = bytes[at]!;
    }
    if (at === lineEnd - 1 && bytes[at] === CR) at++;
    this.ended = at >= lineEnd;
    this.broken = !closed || (bytes[at] !== COMMA && bytes[at] !== LF);
    if (this.broken) return false;
    this.text = text;
    this.start = 0;
    this.end = length;
    this.at = at + 1;
    return true;
  }
}
