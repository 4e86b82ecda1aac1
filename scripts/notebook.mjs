// @ts-check
// npm run notebook: opens notebooks/ in Jupyter with the project's TypeScript kernel.
// npm run notebook -- run NOTEBOOK OUT: executes one there and then, and writes it and an HTML page of it to OUT.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { executeNotebook, findJupyter, jupyterEnvironment } from "./jupyter.mjs";
import { build, ensurePackages, ROOT } from "./prepare.mjs";

ensurePackages();
if (!build()) process.exit(1);
const [command, notebook, out = "out"] = process.argv.slice(2);
if (command === "run" && notebook) {
  const written = await executeNotebook(notebook, out);
  console.log(`${written.notebook}\n${written.html}`);
} else {
  const lab = findJupyter("lab");
  const jupyter = lab ?? findJupyter("notebook");
  if (!jupyter) {
    console.error(
      "replaybook: JupyterLab is missing; install it with: python3 -m pip install jupyterlab (Debian, Ubuntu: apt-get install jupyter-notebook)",
    );
    process.exit(1);
  }
  const args = [lab ? "lab" : "notebook", ...process.argv.slice(2), join(ROOT, "notebooks")];
  const child = spawn(jupyter, args, { cwd: ROOT, env: jupyterEnvironment(), stdio: "inherit" });
  child.on("close", (status) => process.exit(status ?? 1));
}
