/** Blocks that the kernel makes side by side. */
const SIDE_BY_SIDE = 8;

/** By round, how far the second word is rotated. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
const ROUNDS = 20;

/** Instructions, as WebAssembly encodes them. */
type Code = readonly number[];

/** LEB128: unsigned, and signed for a number that is not below 0. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

function signedLeb(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signedLeb(value >>> 7)];
}

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const constant = (value: number): Code => [0x41, ...signedLeb(value)];
const INT = { add: [0x6a], xor: [0x73], below: [0x49] } as const;

/** Of vectors of four 32-bit lanes. */
const vector = (opcode: number, ...rest: readonly number[]): Code => [0xfd, ...leb(opcode), ...rest];
const LANES = {
  splat: vector(0x11),
  add: vector(0xae),
  multiply: vector(0xb5),
  xor: vector(0x51),
  or: vector(0x50),
  shiftLeft: vector(0xab),
  shiftRight: vector(0xad),
} as const;
const constantLanes = (...values: readonly number[]): Code =>
  vector(0x0c, ...new Uint8Array(Int32Array.from(values).buffer));
/** Four lanes of two vectors, those of the first being 0 to 3. */
const shuffle = (...from: readonly number[]): Code =>
  vector(0x0d, ...from.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
const store = (offset: number): Code => vector(0x0b, 4, offset);

/** Locals. First the parameters, all i32. */
const KEY0 = 0;
const KEY1 = 1;
const COUNTER0 = 2;
const COUNTER1 = 3;
const STEP0 = 4;
const STEP1 = 5;
/** Where the words of the last block end, in bytes. */
const END = 6;
/** Where the next ones go. */
const AT = 7;
/** Then vectors: the key's three words, what the counters of eight blocks grow by, the next eight counters, eight blocks. */
const KEYS = [8, 9, 10] as const;
const GROW = [11, 12] as const;
const NEXT = [
  [13, 14],
  [15, 16],
] as const;
const HALVES = [
  [17, 18],
  [19, 20],
] as const;

/** The local of word `word` of the key, as schedules count them. */
const keyOf = (word: number): Code => get(KEYS[word % 3]!);

/** Adds two vectors into a local. */
const sum = (into: number, one: Code, other: Code): Code => [...one, ...other, ...LANES.add, ...set(into)];

function prepare(): Code {
  const [k0, k1, k2] = KEYS;
  const code: number[] = [];
  code.push(...get(KEY0), ...LANES.splat, ...set(k0), ...get(KEY1), ...LANES.splat, ...set(k1));
  code.push(...constant(0x1bd11bda), ...get(KEY0), ...INT.xor, ...get(KEY1), ...INT.xor, ...LANES.splat, ...set(k2));
  for (const [word, counter, step] of [
    [0, COUNTER0, STEP0],
    [1, COUNTER1, STEP1],
  ] as const) {
    const steps = [...get(step), ...LANES.splat];
    for (const [half, next] of NEXT.entries()) {
      const lanes = constantLanes(...[0, 1, 2, 3].map((lane) => 4 * half + lane));
      code.push(
        ...get(counter),
        ...LANES.splat,
        ...steps,
        ...lanes,
        ...LANES.multiply,
        ...LANES.add,
        ...set(next[word]),
      );
    }
    code.push(...steps, ...constantLanes(8, 8, 8, 8), ...LANES.multiply, ...set(GROW[word]));
  }
  return code;
}

/** Eight blocks; the two halves' instructions alternate, so that neither waits for itself. */
function eightBlocks(): Code {
  const code: number[] = [];
  const both = (make: (half: readonly [number, number], next: readonly [number, number]) => Code) => {
    for (const [i, half] of HALVES.entries()) code.push(...make(half, NEXT[i]!));
  };
  both(([a, b], [next0, next1]) => [
    ...sum(a, get(next0), keyOf(0)),
    ...sum(b, get(next1), keyOf(1)),
    ...sum(next0, get(next0), get(GROW[0])),
    ...sum(next1, get(next1), get(GROW[1])),
  ]);
  for (let round = 0; round < ROUNDS; round++) {
    const by = ROTATIONS[round % ROTATIONS.length]!;
    both(([a, b]) => sum(a, get(a), get(b)));
    both(([a, b]) => [
      ...[...get(b), ...constant(by), ...LANES.shiftLeft],
      ...[...get(b), ...constant(32 - by), ...LANES.shiftRight, ...LANES.or],
      ...[...get(a), ...LANES.xor, ...set(b)],
    ]);
    const injected = (round + 1) / 4;
    if (!Number.isInteger(injected)) continue;
    both(([a, b]) => [
      ...sum(a, get(a), keyOf(injected)),
      ...sum(b, get(b), [
        ...keyOf(injected + 1),
        ...constantLanes(injected, injected, injected, injected),
        ...LANES.add,
      ]),
    ]);
  }
  for (const [i, [a, b]] of HALVES.entries()) {
    code.push(...get(AT), ...get(a), ...get(b), ...shuffle(0, 4, 1, 5), ...store(32 * i));
    code.push(...get(AT), ...get(a), ...get(b), ...shuffle(2, 6, 3, 7), ...store(32 * i + 16));
  }
  return code;
}

function section(id: number, content: Code): Code {
  return [id, ...leb(content.length), ...content];
}

function named(name: string, kind: number, index: number): Code {
  return [name.length, ...Buffer.from(name), kind, index];
}

/** A module with one page of memory and a function that fills it. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const vectors = HALVES[1][1] - AT;
  const body = [
    ...[2, 1, 0x7f, vectors, 0x7b],
    ...prepare(),
    ...[0x03, 0x40],
    ...eightBlocks(),
    ...[...get(AT), ...constant(8 * SIDE_BY_SIDE), ...INT.add, ...set(AT)],
    ...[...get(AT), ...get(END), ...INT.below, 0x0d, 0],
    ...[0x0b, 0x0b],
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, AT, ...new Array<number>(AT).fill(0x7f), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...named("memory", 2, 0), ...named("blocks", 0, 0)]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  /**
   * Makes Threefry-2x32-20's blocks of the counters (counter0 + i x step0, counter1 + i x step1) under a key, as
   * Threefry.block makes them one by one, in a third of the time: eight side by side in the 128-bit registers that every
   * machine has. Their words go into the memory from byte 0 to `end`, at most 8 x MOST_BLOCKS, and beyond it to a multiple
   * of eight blocks.
   */
  readonly blocks: (
    key0: number,
    key1: number,
    counter0: number,
    counter1: number,
    step0: number,
    step1: number,
    end: number,
  ) => void;
}

/** Blocks that can be made at once. */
export const MOST_BLOCKS = 4096;

/**
 * The code is put together here, instruction by instruction, where else it would be bytes that nobody can read. Null where
 * there is none: its memory needs 8 GB of address space, of which a process may be allowed less.
 */
export const kernel = instance();

/** Words of the blocks made last, as int32, two a block. */
export const blockWords = new Int32Array(kernel?.memory.buffer ?? new ArrayBuffer(8 * MOST_BLOCKS));

function instance(): Kernel | null {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports as unknown as Kernel;
  } catch {
    return null;
  }
}
