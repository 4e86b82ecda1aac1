import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executeNotebook, findJupyter } from "../../scripts/jupyter.mjs";
import { build } from "../../scripts/prepare.mjs";

/** Why notebooks cannot be executed here, or null where they can. */
export const NO_JUPYTER = findJupyter("nbconvert") ? null : "Jupyter is not installed, so no notebook is executed";

/** What a cell put out: text on a stream, or a bundle by MIME type. */
export interface CellOutput {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Record<string, unknown>;
  readonly ename?: string;
  readonly evalue?: string;
}

export interface Cell {
  readonly id?: string;
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly source: string | string[];
  readonly outputs?: CellOutput[];
}

/** An executed notebook: its cells, and the page that nbconvert makes of it. */
export interface Executed {
  readonly cells: readonly Cell[];
  readonly html: string;
}

/** Executes a notebook in real Jupyter on the library as it is in src. Throws where a cell fails. */
export async function execute(notebook: string): Promise<Executed> {
  if (!build()) throw new Error("src does not compile");
  const out = mkdtempSync(join(tmpdir(), "replaybook notebook "));
  try {
    const written = await executeNotebook(notebook, out);
    const { cells } = JSON.parse(readFileSync(written.notebook, "utf8")) as Executed;
    return { cells, html: readFileSync(written.html, "utf8") };
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** A notebook of code cells; one that is meant to fail starts with the comment `// fails`. */
export function writeNotebook(path: string, sources: readonly string[]): void {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: `cell-${i}`,
    metadata: source.startsWith("// fails") ? { tags: ["raises-exception"] } : {},
    execution_count: null,
    outputs: [],
    source,
  }));
  const kernelspec = { name: "tslab", display_name: "TypeScript (replaybook)", language: "typescript" };
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }));
}

/** Text of an output or a source, which notebooks keep as lines. */
export function textOf(text: unknown): string {
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}

/** What came out on a stream, over all cells. */
export function stream(cells: readonly Cell[], name: "stdout" | "stderr"): string {
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return outputs
    .filter((output) => output.name === name)
    .map((output) => textOf(output.text))
    .join("");
}
