import { createRequire } from "node:module";

/** What one output of a cell holds, by MIME type; a notebook shows the richest that it can. */
export type Bundle = Readonly<Record<string, unknown>>;

/** An output and what is to be known about its parts. */
export interface Output {
  readonly data: Bundle;
  readonly metadata: Bundle;
}

/** Puts out an output of the running cell, or, with `update`, puts it in the place of the one with the same `id`. */
export type Write = (output: Output, id?: string, update?: boolean) => void;

interface Kernel {
  readonly lastWriteDisplayData: ((content: object, update: boolean) => void) | null;
}
const require = createRequire(import.meta.url);

/** Where the running cell's outputs go; null outside a notebook. tslab's public display takes one MIME type at a time. */
export function cellOutput(): Write | null {
  const { lastWriteDisplayData: write } = require("tslab/dist/jupyter.js") as Kernel;
  if (write === null) return null;
  return (output, id, update = false) =>
    write({ ...output, transient: id === undefined ? {} : { display_id: id } }, update);
}
