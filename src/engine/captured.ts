/** The state of objects as plain data: a node an object, the root's first. `v8.serialize` carries it, bit for bit. */
export interface Captured {
  readonly nodes: readonly CapturedNode[];
}

/** What a field or an element holds: what is no object is itself. */
export type CapturedValue = number | string | boolean | bigint | null | undefined | Reference;

/** An object, by the index of its node; or FUNCTION. */
export interface Reference {
  readonly to: number;
}

/** Where a function is: it is not carried, the one of the restored object stays. */
export const FUNCTION = -1;

export type CapturedNode =
  | { readonly kind: "array"; readonly items: readonly CapturedValue[] }
  | { readonly kind: "map"; readonly keys: readonly CapturedValue[]; readonly values: readonly CapturedValue[] }
  | { readonly kind: "set"; readonly items: readonly CapturedValue[] }
  /** An instance of a class of this name, where "" is a plain object and null one without a prototype. */
  | {
      readonly kind: "object";
      readonly of: string | null;
      readonly keys: readonly string[];
      readonly values: readonly CapturedValue[];
    }
  | { readonly kind: "buffer"; readonly shared: boolean; readonly bytes: Uint8Array }
  /** A typed array: so many elements of a buffer's node, from this byte on. */
  | {
      readonly kind: "view";
      readonly of: string;
      readonly buffer: number;
      readonly offset: number;
      readonly length: number;
    }
  /** One of the objects that whoever restores gives, or plain data in it, by the keys that lead there. */
  | { readonly kind: "given"; readonly index: number; readonly path: readonly string[] };

/** Typed arrays by name. */
export const VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/** A typed array of any kind. */
export type View = InstanceType<(typeof VIEWS)[keyof typeof VIEWS]>;

/** What is in a class whose code is not written in JavaScript cannot be seen. */
const NATIVE = /\{\s*\[native code\]\s*\}$/;

/** Name of an object's class; "": a plain object, null: one without a prototype, undefined: what cannot be looked into. */
export function classOf(object: object): string | null | undefined {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) return null;
  if (prototype === Object.prototype) return "";
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const made: unknown = at !== null && Object.hasOwn(at, "constructor") ? at.constructor : undefined;
    if (typeof made !== "function" || made.name === "" || made.prototype !== at) return undefined;
    if (NATIVE.test(Function.prototype.toString.call(made))) return undefined;
  }
  return prototype.constructor.name;
}

/** Kind of a typed array; undefined: it is none, or of a class derived from one, as a Buffer is. */
export function viewOf(object: object): keyof typeof VIEWS | undefined {
  if (!ArrayBuffer.isView(object)) return undefined;
  const name = Object.getPrototypeOf(object).constructor.name;
  return Object.hasOwn(VIEWS, name) ? name : undefined;
}

/** Whether a value is a reference, FUNCTION included. */
export function isReference(value: CapturedValue): value is Reference {
  return typeof value === "object" && value !== null;
}

/** What a node refers to, and what that is called in a path. */
export function* partsOf(node: CapturedNode): Generator<[label: string, value: CapturedValue]> {
  if (node.kind === "object") {
    for (const [i, key] of node.keys.entries()) yield [`.${key}`, node.values[i]];
  } else if (node.kind === "array" || node.kind === "set") {
    for (const [i, item] of node.items.entries()) yield [`[${i}]`, item];
  } else if (node.kind === "map") {
    for (const [i, key] of node.keys.entries()) {
      yield [`.key(${i})`, key];
      yield [`.get(${isReference(key) ? `key(${i})` : key})`, node.values[i]];
    }
  } else if (node.kind === "view") yield [".buffer", { to: node.buffer }];
}

/** How a node is first reached from the root, for an error's text. */
export function pathTo(nodes: readonly CapturedNode[], index: number): string {
  for (const [from, node] of nodes.slice(0, index).entries()) {
    for (const [label, value] of partsOf(node)) {
      if (isReference(value) && value.to === index) return pathTo(nodes, from) + label;
    }
  }
  return "root";
}

/** Objects that are given, not captured, and where each is. Of a plain object or array, the plain ones in it are too. */
export function givenParts(given: readonly (object | undefined)[]): Map<object, CapturedNode & { kind: "given" }> {
  const found = new Map<object, CapturedNode & { kind: "given" }>();
  const add = (value: unknown, index: number, path: readonly string[]) => {
    if (typeof value !== "object" || value === null || found.has(value)) return;
    const plain = Array.isArray(value) || classOf(value) === "";
    if (path.length > 0 && !plain) return;
    found.set(value, { kind: "given", index, path });
    if (plain) for (const [key, part] of Object.entries(value)) add(part, index, [...path, key]);
  };
  for (const [index, value] of given.entries()) add(value, index, []);
  return found;
}
