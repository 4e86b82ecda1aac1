import { closeSync, openSync, readSync, writeSync } from "node:fs";

const PAGE_CELLS = 1048576;
/** Minutes of a day. */
export const DAY_MINUTES = 1440;

/** Room for cells: a minute of the day and a count each. */
export interface Page {
  readonly minute: Uint16Array;
  readonly count: Uint32Array;
  used: number;
}

/**
 * One day's cells above zero as the file has them: a run of (minute of the day, count) for each row, and the row's
 * key. Pages are never grown, only added, so that a large day is not copied while it is read.
 */
export class DayCells {
  /** The day in the release, from 1. */
  readonly day: number;
  /** How many rows, and of each its key, sum, page, and where in the page its cells begin and end. */
  rows = 0;
  sum = new Float64Array(1024);
  key = new Int32Array(1024);
  page = new Int32Array(1024);
  begin = new Int32Array(1024);
  end = new Int32Array(1024);
  pages: Page[] = [];
  private spilled: number[] = [];
  private readonly spare: Page[];

  /** Pages are taken from `spare` and go back to it, so that days one after another share them. */
  constructor(day: number, spare: Page[] = []) {
    this.day = day;
    this.spare = spare;
  }

  /** The page to which a row's cells go; it has room for a whole day. */
  open(): Page {
    const last = this.pages.at(-1);
    return last && last.used + DAY_MINUTES <= PAGE_CELLS ? last : this.another();
  }

  /** Keeps a row whose cells, `sum` invocations, were put into the open page from `used` to `end`. */
  add(key: number, sum: number, end: number): void {
    if (this.rows === this.key.length) {
      const sums = new Float64Array(2 * this.rows);
      sums.set(this.sum);
      this.sum = sums;
      this.key = doubled(this.key);
      this.page = doubled(this.page);
      this.begin = doubled(this.begin);
      this.end = doubled(this.end);
    }
    const page = this.pages.at(-1)!;
    this.key[this.rows] = key;
    this.sum[this.rows] = sum;
    this.page[this.rows] = this.pages.length - 1;
    this.begin[this.rows] = page.used;
    this.end[this.rows++] = end;
    page.used = end;
  }

  /** Puts the cells into a file and lets go of them; `load` brings them back. */
  spill(path: string): void {
    const fd = openSync(path, "wx");
    for (const { minute, count, used } of this.pages) {
      writeAll(fd, minute.subarray(0, used));
      writeAll(fd, count.subarray(0, used));
    }
    closeSync(fd);
    this.spilled = this.pages.map((page) => page.used);
    this.release();
  }

  load(path: string): void {
    const fd = openSync(path, "r");
    for (const used of this.spilled) {
      const page = this.another();
      page.used = used;
      readAll(fd, page.minute.subarray(0, used));
      readAll(fd, page.count.subarray(0, used));
    }
    closeSync(fd);
  }

  /** Lets go of the cells. */
  release(): void {
    this.spare.push(...this.pages);
    this.pages = [];
  }

  private another(): Page {
    const fresh = () => ({ minute: new Uint16Array(PAGE_CELLS), count: new Uint32Array(PAGE_CELLS), used: 0 });
    const page = this.spare.pop() ?? fresh();
    page.used = 0;
    this.pages.push(page);
    return page;
  }
}

function doubled(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const to = new Int32Array(2 * from.length);
  to.set(from);
  return to;
}

function writeAll(fd: number, values: Uint16Array | Uint32Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function readAll(fd: number, values: Uint16Array | Uint32Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(fd, bytes, at, bytes.length - at, null);
    if (read === 0) throw new Error("a spilled day was cut short");
    at += read;
  }
}
