/** A record: two doubles, two floats and two integers, half a cache line. Where they are, in elements of their arrays. */
const DOUBLES = 4;
const WORDS = 8;
const ARRIVAL = 0;
const NEEDED = 1;
const HELD = 4;
const PEAK = 5;
const PRICE_CLASS = 6;
const KEPT = 7;

/** Where `tellPeak` puts the CPU seconds needed, beside what MachineSampler reads. */
export const NEEDS = 3;

/** Sequence numbers of a page. */
const PAGE = 1024;

/** Columns of a batch of the workload, as they arrive. */
export interface ArrivedColumns {
  readonly arrival_s: Float64Array;
  readonly runtime_s: Float64Array;
  readonly price_class: Uint8Array;
  readonly memory_initial_mib: Float32Array;
  readonly memory_peak_mib: Float32Array;
  /** 1 where the row is kept; null: of all rows, or none. */
  readonly kept: Uint8Array | null;
}

/** The same by row. */
export interface ArrivedRows {
  readonly arrival: Float64Array;
  readonly runtime: Float64Array;
  readonly priceClass: Uint8Array;
  readonly initial: Float32Array;
  readonly peak: Float32Array;
}

/**
 * What arrived with the invocations that have not ended, in records that lie together. Doubles are told into arrays: one
 * that is returned is boxed on the heap where the call is not inlined. `change` is as MachineSampler has it.
 */
export abstract class InvocationRecords {
  private doubles = new Float64Array(1024 * DOUBLES);
  private floats = new Float32Array(this.doubles.buffer);
  private integers = new Int32Array(this.doubles.buffer);

  /** Makes the record of a row of a batch, for the invocation of this name. Returns it. */
  abstract add(name: number, columns: ArrivedColumns, row: number): number;
  /** The record of one that is open. */
  abstract find(name: number): number;
  /** Forgets one. Its record can be read until the next `add`. */
  abstract remove(name: number, record: number): void;

  /** Fills a record, which may be beyond those there are. */
  protected fill(record: number, columns: ArrivedColumns, row: number): void {
    if (record * DOUBLES >= this.doubles.length) this.grow(record);
    const { doubles, floats } = this;
    const words = record * WORDS;
    doubles[record * DOUBLES + ARRIVAL] = columns.arrival_s[row]!;
    const needed = columns.runtime_s[row]!;
    const peak = columns.memory_peak_mib[row]!;
    doubles[record * DOUBLES + NEEDED] = needed;
    // What takes no time has its peak at once.
    floats[words + HELD] = needed > 0 ? columns.memory_initial_mib[row]! : peak;
    floats[words + PEAK] = peak;
    this.integers[words + PRICE_CLASS] = columns.price_class[row]!;
    if (columns.kept !== null) this.integers[words + KEPT] = columns.kept[row]!;
  }

  /** Whether its row is kept, where of some. */
  isKept(record: number): boolean {
    return this.integers[record * WORDS + KEPT] === 1;
  }

  /** Seconds since the trace's start. */
  arrival(record: number): number {
    return this.doubles[record * DOUBLES + ARRIVAL]!;
  }

  /** It arrives at another time. */
  arrives(record: number, time: number): void {
    this.doubles[record * DOUBLES + ARRIVAL] = time;
  }

  /** CPU seconds it needs. */
  needed(record: number): number {
    return this.doubles[record * DOUBLES + NEEDED]!;
  }

  /** Puts the MiB that it holds from its arrival until it runs into `change[1]`, and its growth. */
  tellHeld(record: number, change: Float64Array): void {
    change[1] = this.floats[record * WORDS + HELD]!;
    this.tellGrowth(record, change);
  }

  /** Puts the MiB that its memory grows by in a CPU second into `change[2]`. */
  tellGrowth(record: number, change: Float64Array): void {
    const needed = this.doubles[record * DOUBLES + NEEDED]!;
    const words = record * WORDS;
    change[2] = needed > 0 ? (this.floats[words + PEAK]! - this.floats[words + HELD]!) / needed : 0;
  }

  /** Puts the MiB that it has when it ends into `change[1]`, its growth, and NEEDS. */
  tellPeak(record: number, change: Float64Array): void {
    change[1] = this.floats[record * WORDS + PEAK]!;
    this.tellGrowth(record, change);
    change[NEEDS] = this.doubles[record * DOUBLES + NEEDED]!;
  }

  /** Puts what arrived with it into a row of a block. */
  tellRow(record: number, block: ArrivedRows, row: number): void {
    this.tellArrival(record, block, row);
    block.runtime[row] = this.doubles[record * DOUBLES + NEEDED]!;
    block.initial[row] = this.floats[record * WORDS + HELD]!;
    block.peak[row] = this.floats[record * WORDS + PEAK]!;
  }

  /** When it arrived, and with what class. */
  tellArrival(record: number, block: ArrivedRows, row: number): void {
    block.arrival[row] = this.doubles[record * DOUBLES + ARRIVAL]!;
    block.priceClass[row] = this.integers[record * WORDS + PRICE_CLASS]!;
  }

  priceClass(record: number): number {
    return this.integers[record * WORDS + PRICE_CLASS]!;
  }

  /** It has another class. */
  changeClass(record: number, priceClass: number): void {
    this.integers[record * WORDS + PRICE_CLASS] = priceClass;
  }

  private grow(record: number): void {
    const longer = new Float64Array(2 * record * DOUBLES);
    longer.set(this.doubles);
    this.doubles = longer;
    this.floats = new Float32Array(longer.buffer);
    this.integers = new Int32Array(longer.buffer);
  }
}

/** Those of invocations that are named by slots; see Observer. A record is where its slot says. */
export class PlacedInvocations extends InvocationRecords {
  override add(slot: number, columns: ArrivedColumns, row: number): number {
    this.fill(slot, columns, row);
    return slot;
  }

  override find(slot: number): number {
    return slot;
  }

  override remove(): void {}
}

/**
 * Those of invocations that are named by sequence number, found through pages, however old they are. Memory is that of the
 * most that were open at once, and 4 bytes for every page there ever was.
 */
export class OpenInvocations extends InvocationRecords {
  private readonly freeRecords: number[] = [];
  private recordCount = 0;
  /** By page number, where in `records` it begins; -1: nowhere. */
  private pages = new Int32Array(1024).fill(-1);
  /** By place in a page, the record; and by page of these, how many are open. */
  private records = new Int32Array(16 * PAGE);
  private open = new Int32Array(16);
  private readonly freePages: number[] = [];
  private pageCount = 0;

  override add(sequence: number, columns: ArrivedColumns, row: number): number {
    const record = this.freeRecords.pop() ?? this.recordCount++;
    const number = pageOf(sequence);
    if (number >= this.pages.length) this.pages = filled(this.pages, 2 * number);
    let page = this.pages[number]!;
    if (page < 0) {
      page = this.freePages.pop() ?? this.newPage();
      this.pages[number] = page;
    }
    this.records[page + placeOf(sequence)] = record;
    this.open[page / PAGE]!++;
    this.fill(record, columns, row);
    return record;
  }

  override find(sequence: number): number {
    return this.records[this.pages[pageOf(sequence)]! + placeOf(sequence)]!;
  }

  override remove(sequence: number, record: number): void {
    this.freeRecords.push(record);
    const number = pageOf(sequence);
    const page = this.pages[number]!;
    if (--this.open[page / PAGE]! > 0) return;
    this.pages[number] = -1;
    this.freePages.push(page);
  }

  private newPage(): number {
    const page = this.pageCount++;
    if (this.pageCount > this.open.length) {
      this.records = filled(this.records, 2 * this.records.length);
      this.open = filled(this.open, 2 * this.open.length, 0);
    }
    return page * PAGE;
  }
}

/** Number of the page of a sequence number below 2^41. The remainder of a double would take longer than all else here. */
function pageOf(sequence: number): number {
  return (sequence * (1 / PAGE)) | 0;
}

function placeOf(sequence: number): number {
  return (sequence | 0) & (PAGE - 1);
}

function filled(values: Int32Array, length: number, rest = -1): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length).fill(rest, values.length);
  longer.set(values);
  return longer;
}
