import type { Dictionaries } from "../table/index.js";
import type { Functions } from "../trace/trace.js";

/** The label columns of a workload: their dictionaries, and every function's key into each; -1 where it has no label. */
export interface Labels {
  readonly dictionaries: Dictionaries;
  readonly function: Int32Array;
  readonly app: Int32Array;
  readonly owner: Int32Array;
  readonly trigger: Int32Array;
}

/** Strings stand in a dictionary in the order of the first function that has them. */
export function labelsOf(functions: Functions): Labels {
  const name = encode(functions.function);
  const app = encode(functions.app);
  const owner = encode(functions.owner);
  const trigger = encode(functions.trigger);
  return {
    dictionaries: { function: name.strings, app: app.strings, owner: owner.strings, trigger: trigger.strings },
    function: name.keys,
    app: app.keys,
    owner: owner.keys,
    trigger: trigger.keys,
  };
}

function encode(labels: readonly (string | null)[]): { strings: string[]; keys: Int32Array } {
  const known = new Map<string, number>();
  const keys = Int32Array.from(labels, (label) => {
    if (label === null) return -1;
    const key = known.get(label) ?? known.size;
    known.set(label, key);
    return key;
  });
  return { strings: [...known.keys()], keys };
}
