import type { FunctionLabels } from "./function-labels.js";
import type { Keys } from "./keys.js";
import type { Functions } from "./trace.js";

/** Functions in the order of their ids: `keyOf` gives each id's key, `idOf` each key's id (-1: no function). */
export interface FunctionIds {
  readonly keyOf: Uint32Array;
  readonly idOf: Int32Array;
}

/** By label's id: its place in order of bytes. */
export interface Ranks {
  readonly owner: Int32Array;
  readonly app: Int32Array;
  readonly function: Int32Array;
}

/** Ids in order of owner, app and function (parts 0 to 2 of the keys), by bytes; null before all others. */
export function idsByLabels(keys: Keys, ranks: Ranks): FunctionIds {
  const parts = [ranks.owner, ranks.app, ranks.function].map((of, part) =>
    Int32Array.from({ length: keys.size }, (_, key) => (keys.part(key, part) < 0 ? -1 : of[keys.part(key, part)]!)),
  ) as [Int32Array, Int32Array, Int32Array];
  const [owner, app, name] = parts;
  const keyOf = Uint32Array.from(owner.keys()).sort(
    (a, b) => owner[a]! - owner[b]! || app[a]! - app[b]! || name[a]! - name[b]! || a - b,
  );
  return { keyOf, idOf: inverse(keyOf, keys.size) };
}

/** Ids in the order in which keys first appear in `keyOfRow`, going through rows in `order` (null: as they are). */
export function idsByAppearance(
  keys: Keys,
  keyOfRow: Int32Array,
  rows: number,
  order: Uint32Array | null,
): FunctionIds {
  const idOf = new Int32Array(keys.size).fill(-1);
  const keyOf: number[] = [];
  for (let i = 0; i < rows; i++) {
    const key = keyOfRow[order ? order[i]! : i]!;
    if (idOf[key]! < 0) idOf[key] = keyOf.push(key) - 1;
  }
  return { keyOf: Uint32Array.from(keyOf), idOf };
}

/** The labels of the functions; `triggerOf` gives the trigger's label of a key. */
export function functionsOf(
  ids: FunctionIds,
  keys: Keys,
  labels: FunctionLabels,
  triggerOf: (key: number) => number,
): Functions {
  const text = (part: number, of: FunctionLabels[keyof FunctionLabels]) => {
    const texts = new Map<number, string | null>([[-1, null]]);
    return Array.from(ids.keyOf, (key) => {
      const id = part < 3 ? keys.part(key, part) : triggerOf(key);
      if (!texts.has(id)) texts.set(id, of.text(id));
      return texts.get(id)!;
    });
  };
  return {
    owner: text(0, labels.owner),
    app: text(1, labels.app),
    function: text(2, labels.function),
    trigger: text(3, labels.trigger),
  };
}

function inverse(order: Uint32Array, size: number): Int32Array {
  const places = new Int32Array(size).fill(-1);
  for (let place = 0; place < order.length; place++) places[order[place]!] = place;
  return places;
}
