import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Rows, TableReader } from "./reader.js";

/** The files of a table of a run, in order: one, or its parts. Empty where it is not there. */
export function partsOf(folder: string, name: string): string[] {
  const single = join(folder, `${name}.arrow`);
  if (existsSync(single)) return [single];
  const parts = join(folder, name);
  if (!existsSync(parts)) return [];
  const files = readdirSync(parts).filter((file) => /^part-\d{5}\.arrow$/.test(file));
  return files.sort().map((file) => join(parts, file));
}

/** The columns named (all of them by default) of a table that may be in parts, batch by batch. */
export async function* batchesOf(files: readonly string[], names?: readonly string[]): AsyncGenerator<Rows> {
  for (const file of files) {
    const reader = await TableReader.open(file);
    try {
      yield* reader.batches(names);
    } finally {
      await reader.close();
    }
  }
}
