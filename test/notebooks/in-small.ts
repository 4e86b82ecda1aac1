import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/prepare.mjs";
import { type Cell, type CellOutput, execute, NO_JUPYTER, stream, textOf } from "./jupyter.js";

/** Kernels start slowly where other tests use the cores, and some notebooks replay for most of a minute. */
const PATIENCE_MS = 600_000;

/** A notebook of notebooks/ that has been executed; what it holds is there when tests run. */
export interface InSmall {
  /** The folder that stands for the checkout. */
  readonly folder: string;
  readonly cells: readonly Cell[];
  readonly html: string;
  /** What the code cell put out that has this id, or else contains this text. */
  outputsOf(idOrText: string): readonly CellOutput[];
  /** Its outputs as plain text. */
  textsOf(idOrText: string): string[];
  /** Its last table, a list of texts for each row, the head first. */
  tableOf(idOrText: string): string[][];
}

/**
 * Executes a notebook in real Jupyter before the tests of `tests`: in a checkout in small, inside this one so that the
 * library is found, and a project of its own so that its data are. `prepare` may put more into it. Skipped, aloud, where
 * there is no Jupyter.
 */
export function inSmall(notebook: string, tests: (run: InSmall) => void, prepare = (_folder: string) => {}): void {
  if (NO_JUPYTER) console.warn(`SKIPPED: notebooks/${notebook}. ${NO_JUPYTER}`);
  describe.skipIf(NO_JUPYTER)(`notebooks/${notebook} in real Jupyter`, () => {
    const run = { folder: "", cells: [] as readonly Cell[], html: "", outputsOf, textsOf, tableOf };

    function outputsOf(idOrText: string): readonly CellOutput[] {
      const code = run.cells.filter((cell) => cell.cell_type === "code");
      const named = code.find((cell) => cell.id === idOrText);
      const cell = named ?? code.find((cell) => textOf(cell.source).includes(idOrText));
      return cell?.outputs ?? [];
    }

    function textsOf(idOrText: string): string[] {
      return outputsOf(idOrText).map(({ data, text }) => (data ? textOf(data["text/plain"]) : textOf(text)));
    }

    function tableOf(idOrText: string): string[][] {
      const lines = textsOf(idOrText)
        .findLast((text) => text.startsWith("|"))!
        .split("\n");
      const rows = lines.filter((line) => line.startsWith("|") && !/^\| -/.test(line));
      return rows.map((line) => line.split("|").slice(1, -1)).map((row) => row.map((text) => text.trim()));
    }

    beforeAll(async () => {
      mkdirSync(join(ROOT, "out"), { recursive: true });
      run.folder = mkdtempSync(join(ROOT, "out", "in small "));
      writeFileSync(join(run.folder, "package.json"), "{}");
      symlinkSync(join(ROOT, "traces"), join(run.folder, "traces"));
      const path = join(run.folder, "notebooks", notebook);
      cpSync(join(ROOT, "notebooks", notebook), path);
      prepare(run.folder);
      Object.assign(run, await execute(path));
    }, PATIENCE_MS);
    afterAll(() => rmSync(run.folder, { recursive: true, force: true }));

    it("runs every cell without a word on stderr", () => {
      const code = run.cells.filter((cell) => cell.cell_type === "code");
      expect(code.map((cell) => cell.execution_count)).toEqual(code.map((_, i) => i + 1));
      const outputs = run.cells.flatMap((cell) => cell.outputs ?? []);
      expect(outputs.filter((output) => output.output_type === "error")).toEqual([]);
      expect(stream(run.cells, "stderr")).toBe("");
    });

    it("is kept in the repository without outputs", () => {
      const kept = JSON.parse(readFileSync(join(ROOT, "notebooks", notebook), "utf8")) as { cells: Cell[] };
      expect(kept.cells.flatMap((cell) => cell.outputs ?? [])).toEqual([]);
    });

    tests(run);
  });
}
