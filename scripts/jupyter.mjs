// @ts-check
// Finding Jupyter, and running notebooks in it with the project's own TypeScript kernel (notebooks/jupyter/kernels).
import { spawn, spawnSync } from "node:child_process";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { ROOT } from "./prepare.mjs";

const CANDIDATES = ["jupyter", "/usr/bin/jupyter"];

/**
 * The first Jupyter that has a subcommand, as a command to run, or null. Asks each one, which takes about half a second.
 * @param {string} subcommand such as "nbconvert"
 */
export function findJupyter(subcommand) {
  const has = (/** @type {string} */ jupyter) =>
    spawnSync(jupyter, [subcommand, "--version"], { stdio: "ignore" }).status === 0;
  return CANDIDATES.find(has) ?? null;
}

/** The environment in which Jupyter finds the kernel, and the kernel this Node. */
export function jupyterEnvironment() {
  const before = (/** @type {string} */ path, /** @type {string | undefined} */ rest) =>
    rest ? `${path}${delimiter}${rest}` : path;
  return {
    ...process.env,
    JUPYTER_PATH: before(join(ROOT, "notebooks", "jupyter"), process.env["JUPYTER_PATH"]),
    PATH: before(dirname(process.execPath), process.env["PATH"]),
  };
}

/**
 * Executes a notebook from its own folder with nbconvert. Writes it with its outputs, and an HTML page of it, to `out`
 * under the notebook's name. Throws with what Jupyter said where a cell fails.
 * @param {string} notebook
 * @param {string} out a folder; made where it is missing
 * @returns {Promise<{ notebook: string, html: string }>} paths of what was written
 */
export async function executeNotebook(notebook, out) {
  const jupyter = findJupyter("nbconvert");
  if (!jupyter) throw new Error("Jupyter's nbconvert is not installed");
  const executed = join(resolve(out), basename(notebook));
  const common = ["nbconvert", "--log-level=WARN", "--output-dir", resolve(out)];
  const timeout = "--ExecutePreprocessor.timeout=300";
  await output(jupyter, [...common, "--to=notebook", "--execute", timeout, resolve(notebook)]);
  await output(jupyter, [...common, "--to=html", executed]);
  return { notebook: executed, html: executed.replace(/\.ipynb$/, ".html") };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<string>} what it printed on either stream
 */
function output(command, args) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: ROOT, env: jupyterEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (piece) => {
        text += piece;
      });
    }
    child.on("error", failed);
    child.on("close", (status) =>
      status === 0 ? done(text) : failed(new Error(`${command} ${args.join(" ")}\n${text}`)),
    );
  });
}
