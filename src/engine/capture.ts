import {
  type Captured,
  type CapturedNode,
  type CapturedValue,
  classOf,
  FUNCTION,
  givenParts,
  pathTo,
  viewOf,
} from "./captured.js";

/**
 * The state of `root` and of everything that it reaches by own enumerable fields, elements, and entries of Maps and Sets,
 * for `restore`. Nothing of it is shared with what was captured. Typed arrays carry the whole buffer that they are in.
 *
 * Objects in `given`, and plain objects and arrays in plain ones of these, are named, not entered: at `restore` others
 * stand for them. Functions in fields and arrays are left out: they must have no state of their own, nor classes private
 * #fields. Throws an Error with the path to what cannot be carried: a Promise, an object of a built-in class other than
 * these, or one with a symbol for a key or with an accessor of its own.
 */
export function capture(root: object, given: readonly (object | undefined)[] = []): Captured {
  return new Capture(given).of(root);
}

class Capture {
  private readonly given: Map<object, CapturedNode>;
  private readonly nodes: CapturedNode[] = [];
  /** What has a node, or is to have the next ones, in order; and the index by object. */
  private readonly objects: object[] = [];
  private readonly indices = new Map<object, number>();

  constructor(given: readonly (object | undefined)[]) {
    this.given = givenParts(given);
  }

  of(root: object): Captured {
    this.indexOf(root);
    for (let i = 0; i < this.objects.length; i++) this.nodes.push(this.node(this.objects[i]!));
    return { nodes: this.nodes };
  }

  private indexOf(object: object): number {
    const known = this.indices.get(object);
    if (known !== undefined) return known;
    this.indices.set(object, this.objects.length);
    return this.objects.push(object) - 1;
  }

  private value(value: unknown, label: string): CapturedValue {
    if (typeof value === "function") return { to: FUNCTION };
    if (typeof value === "symbol") this.refuse("a symbol", label);
    if (typeof value !== "object" || value === null) return value as CapturedValue;
    return { to: this.indexOf(value) };
  }

  /** Of a Map or a Set: for a function there is no place in which the fresh one would be found. */
  private entry(value: unknown, label: string): CapturedValue {
    if (typeof value === "function") this.refuse("a function", label);
    return this.value(value, label);
  }

  private node(object: object): CapturedNode {
    const given = this.given.get(object);
    if (given !== undefined) return given;
    const view = viewOf(object);
    if (view !== undefined) {
      const { buffer, byteOffset, length } = object as Uint8Array;
      return { kind: "view", of: view, buffer: this.indexOf(buffer), offset: byteOffset, length };
    }
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype === Array.prototype) return { kind: "array", items: this.items(object as unknown[]) };
    if (prototype === Map.prototype) {
      const map = object as Map<unknown, unknown>;
      const keys = Array.from(map.keys(), (key, i) => this.entry(key, `.key(${i})`));
      return { kind: "map", keys, values: Array.from(map.values(), (value, i) => this.entry(value, `.value(${i})`)) };
    }
    if (prototype === Set.prototype) {
      return { kind: "set", items: Array.from(object as Set<unknown>, (item, i) => this.entry(item, `[${i}]`)) };
    }
    if (prototype === ArrayBuffer.prototype || prototype === SharedArrayBuffer.prototype) {
      const bytes = new Uint8Array(object as ArrayBuffer).slice();
      return { kind: "buffer", shared: prototype === SharedArrayBuffer.prototype, bytes };
    }
    return this.instance(object);
  }

  /** Elements, of which some may be missing. */
  private items(array: readonly unknown[]): CapturedValue[] {
    const items = new Array<CapturedValue>(array.length);
    let count = 0;
    for (let i = 0; i < array.length; i++) {
      if (!(i in array)) continue;
      items[i] = this.value(array[i], `[${i}]`);
      count++;
    }
    if (Reflect.ownKeys(array).length > count + 1) this.refuse("an array with fields of its own");
    return items;
  }

  private instance(object: object): CapturedNode {
    const of = classOf(object);
    if (of === undefined) this.refuse(Object.prototype.toString.call(object));
    if (Object.getOwnPropertySymbols(object).length > 0) this.refuse(`a ${of} with a symbol for a key`);
    const keys = Object.keys(object);
    const values = keys.map((key) => {
      const { get, set, value } = Object.getOwnPropertyDescriptor(object, key)!;
      if (get !== undefined || set !== undefined) this.refuse("an accessor", `.${key}`);
      return this.value(value, `.${key}`);
    });
    return { kind: "object", of: of!, keys, values };
  }

  /** Throws, of the object whose node is next, or of a part of it. */
  private refuse(what: string, label = ""): never {
    throw new Error(`cannot capture ${pathTo(this.nodes, this.nodes.length)}${label}: ${what}`);
  }
}
