import { ARRAYS, BATCH_ROWS, type Rows, type Values, WORKLOAD } from "./table/index.js";

/** Batches in the ring: enough for readers of unequal speed, in 2 MB each. */
const SLOTS = 8;

/** Places in the head: batches written so far, how it ended, a bell that readers ring, then batches read by each. */
const WRITTEN = 0;
const STATE = 1;
const BELL = 2;
const READERS = 3;

/** Values of STATE. */
const OPEN = 0;
const ENDED = 1;
const BROKEN = 2;

type SharedValues = (new (memory: SharedArrayBuffer) => Values) & { readonly BYTES_PER_ELEMENT: number };

/** Memory that one thread writes batches of a workload into, and several read, each every one in order. Plain data. */
export interface Ring {
  readonly head: Int32Array;
  readonly rows: Int32Array;
  /** By slot, the number of the checkpoint to be written after its batch; 0: none. */
  readonly checkpoints: Int32Array;
  /** By slot, the columns by name; labels and parents are int32 keys. */
  readonly slots: readonly Readonly<Record<string, Values>>[];
  /** What is told at the end, as JSON. */
  readonly told: Uint8Array;
}

/** The end of a ring that is written. */
export class RingWriter {
  readonly ring: Ring;
  private readonly readers: number;

  constructor(columns: readonly string[], readers: number) {
    const slot = () =>
      columns.map((name) => {
        const Type: SharedValues = ARRAYS[WORKLOAD.find((column) => column.name === name)!.type];
        return [name, new Type(new SharedArrayBuffer(BATCH_ROWS * Type.BYTES_PER_ELEMENT))];
      });
    this.readers = readers;
    this.ring = {
      head: new Int32Array(new SharedArrayBuffer(4 * (READERS + readers))),
      rows: new Int32Array(new SharedArrayBuffer(4 * SLOTS)),
      checkpoints: new Int32Array(new SharedArrayBuffer(4 * SLOTS)),
      slots: Array.from({ length: SLOTS }, () => Object.fromEntries(slot())),
      told: new Uint8Array(new SharedArrayBuffer(4096)),
    };
  }

  /**
   * Copies a batch into the ring, when every reader has read what was in its place. Returns whether they still read. With
   * `checkpoint`, each is to write the one of this number after it.
   */
  async write({ rows, columns }: Rows, checkpoint = 0): Promise<boolean> {
    const { head } = this.ring;
    if (!(await this.room())) return false;
    const at = head[WRITTEN]! % SLOTS;
    for (const [name, values] of Object.entries(this.ring.slots[at]!)) values.set(columns[name]!.subarray(0, rows));
    this.ring.rows[at] = rows;
    this.ring.checkpoints[at] = checkpoint;
    Atomics.add(head, WRITTEN, 1);
    Atomics.notify(head, WRITTEN);
    return true;
  }

  /** There is no more; `told` is for every reader. */
  end(told: Readonly<Record<string, string>>): void {
    this.ring.told.set(new TextEncoder().encode(JSON.stringify(told)));
    this.close(ENDED);
  }

  /** Something failed, here or at a reader: readers throw, and `write` gives false. */
  break(): void {
    if (Atomics.load(this.ring.head, STATE) === OPEN) this.close(BROKEN);
  }

  private close(state: number): void {
    Atomics.store(this.ring.head, STATE, state);
    Atomics.notify(this.ring.head, WRITTEN);
    Atomics.add(this.ring.head, BELL, 1);
    Atomics.notify(this.ring.head, BELL);
  }

  private async room(): Promise<boolean> {
    const { head } = this.ring;
    for (;;) {
      const bell = Atomics.load(head, BELL);
      if (Atomics.load(head, STATE) !== OPEN) return false;
      let least = head[WRITTEN]!;
      for (let reader = 0; reader < this.readers; reader++) {
        least = Math.min(least, Atomics.load(head, READERS + reader));
      }
      if (head[WRITTEN]! - least < SLOTS) return true;
      const waiting = Atomics.waitAsync(head, BELL, bell);
      if (waiting.async) await waiting.value;
    }
  }
}

/** The end of a ring that is read, by reader number `reader`. The thread sleeps while there is nothing to read. */
export class RingReader {
  private readonly ring: Ring;
  private readonly reader: number;

  constructor(ring: Ring, reader: number) {
    this.ring = ring;
    this.reader = reader;
  }

  /** Every batch; its arrays are overwritten when the next one is asked for. */
  async *batches(): AsyncGenerator<Rows & { readonly checkpoint: number }> {
    const { head, rows, checkpoints, slots } = this.ring;
    for (let read = 0; ; read++) {
      while (Atomics.load(head, WRITTEN) === read) {
        const state = Atomics.load(head, STATE);
        if (state === BROKEN) throw new Error("the workload could not be drawn");
        if (state === ENDED && Atomics.load(head, WRITTEN) === read) return;
        Atomics.wait(head, WRITTEN, read, 1000);
      }
      const at = read % SLOTS;
      yield { rows: rows[at]!, columns: slots[at]!, checkpoint: checkpoints[at]! };
      Atomics.store(head, READERS + this.reader, read + 1);
      Atomics.add(head, BELL, 1);
      Atomics.notify(head, BELL);
    }
  }

  /** What was told at the end. */
  told(): Readonly<Record<string, string>> {
    const text = new TextDecoder().decode(this.ring.told.slice());
    return JSON.parse(text.slice(0, text.indexOf("\0"))) as Record<string, string>;
  }
}
