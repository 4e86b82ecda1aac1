import { deserialize, serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { capture } from "../../src/engine/capture.js";
import { type Makers, restore } from "../../src/engine/restore.js";

class Counter {
  count = 0;
  next: Counter | null = null;
  readonly places = new Int32Array(4);
}

/** Brings `fresh` to the state of `root`, by way of bytes. */
function carried<T extends object>(
  root: object,
  fresh: T,
  makers: Makers = {},
  given: [object[], object[]] = [[], []],
): T {
  restore(fresh, deserialize(serialize(capture(root, given[0]))), given[1], makers);
  return fresh;
}

/** A value by itself: what is made for it where the fresh root has nothing. */
function made<T>(value: T, makers: Makers = {}): T {
  return (carried({ value }, { value: undefined }, makers) as unknown as { value: T }).value;
}

describe("capture and restore", () => {
  it("carry every primitive", () => {
    const values = [0, -0, 1.5, -1, 2 ** 40, Number.NaN, Infinity, "", "é", true, false, null, undefined, 12n];
    const found = made(values);
    expect(found).toHaveLength(values.length);
    for (const [i, value] of values.entries()) expect(found[i]).toBe(value);
  });

  it("carry typed arrays of every kind, bit for bit, with where they are in their buffers", () => {
    const buffer = new ArrayBuffer(64);
    new Uint8Array(buffer).set(Uint8Array.from({ length: 64 }, (_, i) => 255 - i));
    const views = [
      ...[new Int8Array(buffer, 1, 3), new Uint8Array(buffer), new Uint8ClampedArray(buffer, 5)],
      ...[new Int16Array(buffer, 2), new Uint16Array(buffer), new Int32Array(buffer, 4, 2), new Uint32Array(buffer)],
      ...[new Float32Array(buffer), new Float64Array(buffer, 8), new BigInt64Array(buffer), new BigUint64Array(buffer)],
    ];
    const found = made(views);
    for (const [i, view] of views.entries()) {
      expect(found[i]!.constructor).toBe(view.constructor);
      expect([found[i]!.byteOffset, found[i]!.length]).toEqual([view.byteOffset, view.length]);
      expect(found[i]!.buffer).toBe(found[0]!.buffer);
    }
    expect(new Uint8Array(found[0]!.buffer)).toEqual(new Uint8Array(buffer));
    expect(found[0]!.buffer).not.toBe(buffer);
  });

  it("carry what lies in shared memory into shared memory", () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(3)).fill(7);
    const found = made({ bytes });
    expect(found.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...found.bytes]).toEqual([7, 7, 7]);
  });

  it("fill typed arrays of the same length in place, and all that look at the same memory see it", () => {
    const block = (value: number, length: number) => {
      const doubles = new Float64Array(length).fill(value);
      return { doubles, ints: new Int32Array(doubles.buffer), longer: new Float64Array(length) };
    };
    const fresh = block(0, 4);
    const { doubles, ints } = fresh;
    carried(block(1.5, 4), fresh);
    expect(fresh.doubles).toBe(doubles);
    expect(fresh.ints).toBe(ints);
    expect([...doubles]).toEqual([1.5, 1.5, 1.5, 1.5]);
    expect(ints.buffer).toBe(doubles.buffer);

    carried(block(2.5, 8), fresh);
    expect(fresh.doubles).not.toBe(doubles);
    expect([...fresh.doubles]).toEqual(Array(8).fill(2.5));
    expect(fresh.ints.buffer).toBe(fresh.doubles.buffer);
    expect(fresh.ints).toHaveLength(16);
    expect(doubles[0]).toBe(1.5);
  });

  it("make one of what is one, and of a fresh object that stood for two only one of them", () => {
    const list = [1];
    const both = new Float64Array(2);
    const found = carried({ a: list, b: list, c: both, d: both }, { a: [0], b: [0], c: both.slice(), d: both.slice() });
    expect(found.a).toBe(found.b);
    expect(found.c).toBe(found.d);
    const one: number[] = [];
    const apart = carried({ a: [1], b: [2] }, { a: one, b: one });
    expect(apart).toEqual({ a: [1], b: [2] });
    expect(apart.a).toBe(one);
  });

  it("carry circles", () => {
    const root = new Counter();
    root.next = new Counter();
    root.next.next = root;
    root.next.count = 3;
    const fresh = new Counter();
    carried(root, fresh, { Counter: () => new Counter() });
    expect(fresh.next!.next).toBe(fresh);
    expect(fresh.next!.count).toBe(3);
    expect(fresh.next).toBeInstanceOf(Counter);
  });

  it("keep a fresh object wherever there is one like it, be it found on a detour", () => {
    const shape = (first: Counter | null, second: Counter) => ({ first, list: [{ second }] });
    const counter = new Counter();
    counter.count = 9;
    const fresh = shape(null, new Counter());
    const { places } = fresh.list[0]!.second;
    const kept = fresh.list[0]!.second;
    carried(shape(counter, counter), fresh);
    expect(fresh.first).toBe(kept);
    expect(fresh.list[0]!.second).toBe(kept);
    expect(kept.count).toBe(9);
    expect(kept.places).toBe(places);
  });

  it("carry Maps, Sets and plain objects in their order, whatever the fresh ones hold", () => {
    const key = { a: 1 };
    const root = {
      map: new Map<unknown, unknown>([
        [2, [1]],
        ["x", key],
        [key, "y"],
      ]),
      set: new Set([3, 1]),
      plain: { b: 1, a: 2 },
    };
    const inner = [0];
    const fresh = {
      map: new Map<unknown, unknown>([
        ["z", 1],
        [2, inner],
      ]),
      set: new Set([1]),
      plain: { a: 1, c: 3 },
    };
    const { map, plain } = fresh;
    const found = carried(root, fresh);
    expect(found.map).toBe(map);
    expect([...map.keys()].slice(0, 2)).toEqual([2, "x"]);
    expect(map.get(2)).toBe(inner);
    expect(inner).toEqual([1]);
    expect(map.get(map.get("x"))).toBe("y");
    expect([...found.set]).toEqual([3, 1]);
    expect(found.plain).toBe(plain);
    expect(Object.entries(plain)).toEqual([
      ["b", 1],
      ["a", 2],
    ]);
  });

  it("carry arrays with gaps, into longer and shorter ones", () => {
    const gaps = new Array<number>(5);
    gaps[1] = 7;
    expect(Object.keys(made(gaps))).toEqual(["1"]);
    expect(made(gaps)).toHaveLength(5);
    const fresh = { list: [1, 2, 3, 4, 5, 6] };
    const { list } = fresh;
    carried({ list: gaps }, fresh);
    expect(list).toHaveLength(5);
    expect(Object.entries(list)).toEqual([["1", 7]]);
    carried({ list: [8, 9] }, fresh);
    expect(list).toEqual([8, 9]);
    expect(fresh.list).toBe(list);
  });

  it("carry objects without a prototype", () => {
    const found = made(Object.assign(Object.create(null), { a: 1 }));
    expect(Object.getPrototypeOf(found)).toBeNull();
    expect(found.a).toBe(1);
  });

  it("do not enter what is given, nor the plain data in it: others stand for them", () => {
    const config = { deep: { list: [{ a: 1 }] } };
    const other = { deep: { list: [{ a: 1 }] } };
    const watcher = new Counter();
    watcher.count = 4;
    const root = { config, inner: config.deep.list[0], watcher, batch: { rows: 3 } };
    const nobody = new Counter();
    const given = [watcher, config, root.batch];
    const captured = deserialize(serialize(capture(root, given)));
    const fresh = {
      config: other,
      inner: other.deep.list[0],
      watcher: nobody,
      batch: { rows: 0 } as object | undefined,
    };
    restore(fresh, captured, [nobody, other, undefined]);
    expect(fresh.config).toBe(other);
    expect(fresh.inner).toBe(other.deep.list[0]);
    expect(fresh.watcher).toBe(nobody);
    expect(nobody.count).toBe(0);
    expect(fresh.batch).toBeUndefined();
  });

  it("leave functions as they are", () => {
    const fresh = { name: "b", call: () => "fresh", calls: [() => 1, 2] };
    const { call, calls } = fresh;
    const [first] = calls;
    carried({ name: "a", call: () => "old", calls: [() => 3, 4] }, fresh);
    expect(fresh).toEqual({ name: "a", call, calls: [first, 4] });
    expect(() => made({ list: [{ call }] })).toThrow("cannot restore root.value.list[0].call: no function is there");
  });

  it("take nothing along from what was captured", () => {
    const root = { list: [1], doubles: new Float64Array(2) };
    const captured = capture(root);
    const before = structuredClone(captured);
    root.list.push(2);
    root.doubles.fill(9);
    expect(captured).toEqual(before);
  });
});

describe("capture refuses", () => {
  class Derived extends Map {}
  const holds = (value: unknown) => () => capture({ a: [0, { b: new Map([["c", value]]) }] });
  it.each([
    ["a Promise", Promise.resolve(1), "[object Promise]"],
    ["a Date", new Date(0), "[object Date]"],
    ["a generator", (function* () {})(), "[object Generator]"],
    ["a WeakMap", new WeakMap(), "[object WeakMap]"],
    ["a DataView", new DataView(new ArrayBuffer(8)), "[object DataView]"],
    ["a Buffer", Buffer.from("x"), "[object Uint8Array]"],
    ["a class derived from a Map", new Derived(), "[object Map]"],
    ["a stream", process.stdout, "a WriteStream|a Socket|a SyncWriteStream|a Pipe"],
    ["a symbol", Symbol("s"), "a symbol"],
    ["a function in a Map", () => 1, "a function"],
    ["an accessor", Object.defineProperty({}, "x", { get: () => 1, enumerable: true }), "an accessor"],
    ["an array with a field", Object.assign([1], { x: 1 }), "an array with fields of its own"],
  ])("%s, and says where it is", (_, value, what) => {
    expect(holds(value)).toThrow(/^cannot capture root\.a\[1\]\.b\.(value\(0\)|get\(c\))/);
    expect(holds(value)).toThrow(new RegExp(what.replace(/[[\]]/g, "\\$&")));
  });
});

describe("restore refuses", () => {
  it("to make an instance of a class that it has no way to make, and leaves the root as it was", () => {
    const fresh = { count: 1, list: [] as Counter[] };
    const captured = capture({ count: 2, list: [new Counter()] });
    expect(() => restore(fresh, captured)).toThrow("cannot restore root.list[0]: there is no way to make a Counter");
    expect(fresh).toEqual({ count: 1, list: [] });
    const wrong = { Counter: () => [] };
    expect(() => restore(fresh, captured, [], wrong)).toThrow("root.list[0]: what was made for it is of another class");
  });

  it("a root of another class, or with a field that was not captured", () => {
    expect(() => restore([], capture(new Counter()))).toThrow("cannot restore root: another kind of object");
    const captured = capture({ counter: new Counter() });
    const more = { counter: Object.assign(new Counter(), { more: 1 }) };
    expect(() => restore(more, captured)).toThrow("cannot restore root.counter: no field more was captured");
  });
});
