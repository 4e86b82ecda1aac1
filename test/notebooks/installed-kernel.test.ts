import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findJupyter } from "../../scripts/jupyter.mjs";
import { build, ROOT } from "../../scripts/prepare.mjs";
import { type Cell, NO_JUPYTER, stream, textOf, writeNotebook } from "./jupyter.js";

if (NO_JUPYTER) console.warn(`SKIPPED: the installed kernel. ${NO_JUPYTER}`);

describe.skipIf(NO_JUPYTER)("the kernel that `replaybook notebook --install-kernel` writes", () => {
  let here: string;
  let printed: string;
  let cells: readonly Cell[];

  /** The project under a path with spaces, a Jupyter that knows nothing of it, and a notebook of somebody's elsewhere. */
  beforeAll(async () => {
    if (!build()) throw new Error("src does not compile");
    here = mkdtempSync(join(tmpdir(), "replaybook installed kernel "));
    const project = join(here, "my project");
    for (const part of ["dist", "notebooks", "package.json"]) {
      cpSync(join(ROOT, part), join(project, part), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
    mkdirSync(join(here, "my notes"));
    const env = { ...process.env, JUPYTER_DATA_DIR: join(here, "jupyter data"), JUPYTER_PATH: "" };
    const run = promisify(execFile);
    const options = { env, cwd: join(here, "my notes"), encoding: "utf8" } as const;
    const main = join(project, "dist/cli/main.js");
    printed = (await run(process.execPath, [main, "notebook", "--install-kernel"], options)).stdout;
    const sources = [
      'import { show, VERSION } from "replaybook";\nimport { table } from "arquero";\nimport { join } from "node:path";',
      'await show(table({ version: [VERSION], at: [join("a", "b")] }));',
    ];
    writeNotebook(join(here, "my notes", "mine.ipynb"), sources);
    await run(
      findJupyter("nbconvert")!,
      ["nbconvert", "--to=notebook", "--execute", "--inplace", "mine.ipynb"],
      options,
    );
    ({ cells } = JSON.parse(readFileSync(join(here, "my notes", "mine.ipynb"), "utf8")));
  }, 300_000);
  afterAll(() => rmSync(here, { recursive: true }));

  it("is where Jupyter looks, and the command says so", () => {
    expect(printed).toBe(
      `wrote ${join(here, "jupyter data/kernels/tslab")}; choose the kernel "TypeScript (replaybook)" in VS Code or Jupyter\n`,
    );
  });

  it("runs a notebook anywhere, with the project's packages and their types", () => {
    expect(stream(cells, "stderr")).toBe("");
    expect(textOf(cells[1]!.outputs![0]!.data!["text/plain"])).toMatch(/\| 0\.1\.0 +\| a\/b \|/);
  });
});
