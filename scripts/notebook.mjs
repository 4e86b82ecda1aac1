// @ts-check
// npm run notebook: builds, and then does what `npx replaybook notebook` does, options included.
// npm run notebook -- run NOTEBOOK OUT: executes one there and then, and writes it and an HTML page of it to OUT.
import { join } from "node:path";
import { executeNotebook } from "./jupyter.mjs";
import { build, ensurePackages, ROOT, run } from "./prepare.mjs";

ensurePackages();
if (!build()) process.exit(1);
const args = process.argv.slice(2);
const [command, notebook, out = "out"] = args;
if (command === "run" && notebook) {
  const written = await executeNotebook(notebook, out);
  console.log(`${written.notebook}\n${written.html}`);
} else {
  process.on("SIGINT", () => {}); // Jupyter asks whether it is meant.
  process.exitCode = run([join(ROOT, "dist", "cli", "main.js"), "notebook", ...args]) ?? 1;
}
