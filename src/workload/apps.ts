import type { Named } from "./function-keys.js";

/** The apps of a trace. An app is (owner, app); a function whose app is unknown is an app of its own. */
export interface Apps {
  /** App of each function, numbered in the order of the first function. */
  readonly of: Int32Array;
  /** How many functions of the trace an app has. */
  readonly functions: Int32Array;
  /** First function of each app. */
  readonly first: Int32Array;
  /** What draws for an app are keyed by. */
  names(app: number): (string | number | null)[];
}

export function appsOf(trace: Named): Apps {
  const { owner, app, function: name } = trace.functions;
  const known = new Map<string, number>();
  const first: number[] = [];
  const functions: number[] = [];
  const of = new Int32Array(name.length);
  for (let f = 0; f < name.length; f++) {
    const key = app[f] == null ? String(f) : appKey(owner[f]!, app[f]!);
    const id = known.get(key) ?? known.size;
    known.set(key, id);
    if (id === first.length) {
      first.push(f);
      functions.push(0);
    }
    functions[id]!++;
    of[f] = id;
  }
  const byLabels = trace.manifest.keyed_by === "labels";
  return {
    of,
    functions: Int32Array.from(functions),
    first: Int32Array.from(first),
    names(id) {
      const f = first[id]!;
      if (!byLabels) return [id];
      return app[f] == null ? [owner[f]!, null, name[f]!] : [owner[f]!, app[f]!];
    },
  };
}

/** One string for (owner, app), or (owner, app, function) with a third name; null differs from "". */
export function appKey(owner: string | null, app: string | null, name: string | null = null): string {
  return JSON.stringify([owner, app, name]);
}
