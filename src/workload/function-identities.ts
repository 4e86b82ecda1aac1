import type { Batch } from "../table/index.js";

/** The columns that tell functions apart. */
export const FUNCTION_LABELS = ["function", "app", "owner"] as const;

/** No label has so many values. */
const LABELS = 67108864;

/** Tells functions apart: those of one name in different apps, or in apps of one name of different owners, are different. */
export class FunctionIdentities {
  private readonly keys = new Map<string | number, number>();

  /** The key of each row's function, from 0 in order of appearance; -1: its name is unknown. From FUNCTION_LABELS. */
  of(batch: Batch, rows: number): Int32Array {
    const { keys } = this;
    const [func, app, owner] = FUNCTION_LABELS.map((name) => batch[name] as Int32Array | undefined);
    const found = new Int32Array(rows).fill(-1);
    for (let i = 0; i < rows; i++) {
      const name = func?.[i] ?? -1;
      if (name < 0) continue;
      const inApp = ((app?.[i] ?? -1) + 1) * LABELS + name;
      const own = owner?.[i] ?? -1;
      const label = own < 0 ? inApp : `${own} ${inApp}`;
      let key = keys.get(label);
      if (key === undefined) {
        key = keys.size;
        keys.set(label, key);
      }
      found[i] = key;
    }
    return found;
  }
}
