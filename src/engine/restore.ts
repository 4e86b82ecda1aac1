import {
  type Captured,
  type CapturedNode,
  type CapturedValue,
  classOf,
  FUNCTION,
  givenParts,
  isReference,
  partsOf,
  pathTo,
  VIEWS,
  viewOf,
} from "./captured.js";

/** Makes instances of classes, by name, that a freshly constructed root has not yet: what they hold does not matter. */
export type Makers = Readonly<Record<string, () => object>>;

/**
 * Brings `root`, freshly constructed as the captured one was, to its state. Every object that the fresh root has in a
 * place where the captured one had one like it is kept: of its class, a typed array or buffer of its length. It is filled
 * in place. Others are made, instances of classes by `makers`. What was one object, or one buffer, is one again.
 *
 * `given` has what stands for the objects that were given to `capture`, in their order; undefined where that is to be
 * undefined. Throws an Error with the path, before anything is changed, where there is no way to make an instance, or the
 * fresh root has no function where there was one.
 */
export function restore(
  root: object,
  captured: Captured,
  given: readonly (object | undefined)[] = [],
  makers: Makers = {},
): void {
  new Restoration(captured, given, makers).into(root);
}

type Fields = Record<string, unknown>;

class Restoration {
  private readonly nodes: readonly CapturedNode[];
  private readonly makers: Makers;
  /** By node, what is to be brought to its state, and whether it is known. */
  private readonly objects: (object | undefined)[];
  private readonly known: boolean[];
  private readonly taken = new Set<object>();
  /** Nodes whose parts have yet to be looked for in their objects. */
  private readonly ahead: number[] = [];

  constructor({ nodes }: Captured, given: readonly (object | undefined)[], makers: Makers) {
    this.nodes = nodes;
    this.makers = makers;
    this.objects = new Array<object | undefined>(nodes.length).fill(undefined);
    this.known = new Array<boolean>(nodes.length).fill(false);
    for (const object of givenParts(given).keys()) this.taken.add(object);
    for (const [i, node] of nodes.entries()) {
      if (node.kind !== "given") continue;
      this.objects[i] = node.path.reduce<unknown>((part, key) => (part as Fields)?.[key], given[node.index]) as object;
      this.known[i] = true;
    }
  }

  into(root: object): void {
    if (!this.pair(0, root)) this.refuse(0, "another kind of object");
    this.follow();
    for (const i of this.nodes.keys()) {
      if (this.known[i]) continue;
      this.make(i);
      this.follow();
    }
    for (const i of this.nodes.keys()) this.fill(i);
  }

  /** Takes an object for a node's, where it is like it and no other's. Returns whether it did. */
  private pair(i: number, object: unknown): boolean {
    if (typeof object !== "object" || object === null) return false;
    if (this.known[i] || this.taken.has(object) || !this.fits(this.nodes[i]!, object)) return false;
    this.objects[i] = object;
    this.known[i] = true;
    this.taken.add(object);
    this.ahead.push(i);
    return true;
  }

  /** Whether an object is like that of a node. */
  private fits(node: CapturedNode, object: object): boolean {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (node.kind === "array") return prototype === Array.prototype;
    if (node.kind === "map") return prototype === Map.prototype;
    if (node.kind === "set") return prototype === Set.prototype;
    if (node.kind === "object") return classOf(object) === node.of;
    if (node.kind === "buffer") {
      const like = node.shared ? SharedArrayBuffer.prototype : ArrayBuffer.prototype;
      return prototype === like && (object as ArrayBuffer).byteLength === node.bytes.length;
    }
    if (node.kind === "given" || viewOf(object) !== node.of) return false;
    const { buffer, byteOffset, length } = object as Uint8Array;
    if (byteOffset !== node.offset || length !== node.length) return false;
    return this.objects[node.buffer] === buffer || this.pair(node.buffer, buffer);
  }

  /** Looks for what the objects found last have in the places of their nodes' parts. */
  private follow(): void {
    for (let at = 0; at < this.ahead.length; at++) {
      const i = this.ahead[at]!;
      const node = this.nodes[i]!;
      const object = this.objects[i]!;
      if (node.kind === "object") this.followFields(i, node, object as Fields);
      else if (node.kind === "array") {
        for (const [index, item] of node.items.entries()) this.followPart(i, item, (object as unknown[])[index]);
      } else if (node.kind === "map") {
        const map = object as Map<unknown, unknown>;
        for (const [index, key] of node.keys.entries()) {
          this.followPart(i, node.values[index], isReference(key) ? undefined : map.get(key));
        }
      } else if (node.kind === "set") for (const item of node.items) this.followPart(i, item, undefined);
    }
    this.ahead.length = 0;
  }

  private followFields(i: number, node: CapturedNode & { kind: "object" }, object: Fields): void {
    for (const [index, key] of node.keys.entries()) this.followPart(i, node.values[index], object[key]);
    if (node.of === "" || node.of === null) return;
    const known = new Set(node.keys);
    const other = Object.keys(object).find((key) => !known.has(key));
    if (other !== undefined) this.refuse(i, `no field ${other} was captured`);
  }

  private followPart(i: number, value: CapturedValue, part: unknown): void {
    if (!isReference(value)) return;
    if (value.to !== FUNCTION) this.pair(value.to, part);
    else if (typeof part !== "function") {
      const label = [...partsOf(this.nodes[i]!)].find(([, other]) => other === value)![0];
      this.refuse(i, "no function is there", label);
    }
  }

  private make(i: number): void {
    const node = this.nodes[i]!;
    let made: object;
    if (node.kind === "view") {
      if (!this.known[node.buffer]) this.make(node.buffer);
      made = new VIEWS[node.of as keyof typeof VIEWS](
        this.objects[node.buffer] as ArrayBuffer,
        node.offset,
        node.length,
      );
    } else if (node.kind === "buffer") {
      made = node.shared ? new SharedArrayBuffer(node.bytes.length) : new ArrayBuffer(node.bytes.length);
    } else if (node.kind === "array") made = [];
    else if (node.kind === "map") made = new Map();
    else if (node.kind === "set") made = new Set();
    else made = this.instance(i, (node as { of: string | null }).of);
    if (!this.pair(i, made)) this.refuse(i, "what was made for it is of another class");
  }

  private instance(i: number, of: string | null): object {
    if (of === null) return Object.create(null);
    if (of === "") return {};
    if (!Object.hasOwn(this.makers, of)) this.refuse(i, `there is no way to make a ${of}`);
    return this.makers[of]!();
  }

  private value(value: CapturedValue): unknown {
    if (typeof value === "number") {
      // An integer as such: from a double's box it would change how engines keep the field, for all of its class.
      const whole = value | 0;
      return Object.is(whole, value) ? whole : value;
    }
    return isReference(value) ? this.objects[value.to] : value;
  }

  private fill(i: number): void {
    const node = this.nodes[i]!;
    const object = this.objects[i]!;
    if (node.kind === "object") this.fillFields(node, object as Fields);
    else if (node.kind === "array") this.fillArray(node.items, object as unknown[]);
    else if (node.kind === "buffer") new Uint8Array(object as ArrayBuffer).set(node.bytes);
    else if (node.kind === "map") {
      const map = object as Map<unknown, unknown>;
      map.clear();
      for (const [index, key] of node.keys.entries()) map.set(this.value(key), this.value(node.values[index]));
    } else if (node.kind === "set") {
      const set = object as Set<unknown>;
      set.clear();
      for (const item of node.items) set.add(this.value(item));
    }
  }

  private fillFields(node: CapturedNode & { kind: "object" }, object: Fields): void {
    const { keys, values } = node;
    const had = { ...object };
    if (node.of === "" || node.of === null) {
      // Their fields come and go, and their order counts.
      const own = Object.keys(object);
      if (own.some((key, index) => key !== keys[index])) for (const key of own) Reflect.deleteProperty(object, key);
    }
    for (const [index, key] of keys.entries()) {
      const captured = values[index];
      const value = isReference(captured) && captured.to === FUNCTION ? had[key] : this.value(captured);
      if (!Object.hasOwn(object, key) || !Object.is(object[key], value)) object[key] = value;
    }
  }

  private fillArray(items: readonly CapturedValue[], array: unknown[]): void {
    if (array.length > items.length) array.length = items.length;
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      if (isReference(item) && item.to === FUNCTION) continue;
      const value = this.value(item);
      if (!(index in items)) Reflect.deleteProperty(array, index);
      else if (index === array.length) array.push(value);
      else if (!(index in array) || !Object.is(array[index], value)) array[index] = value;
    }
    array.length = items.length;
  }

  private refuse(i: number, why: string, label = ""): never {
    throw new Error(`cannot restore ${pathTo(this.nodes, i)}${label}: ${why}`);
  }
}
