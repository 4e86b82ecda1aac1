// @ts-check
// Running notebooks by Jupyter's nbconvert, with the project's own TypeScript kernel (notebooks/jupyter/kernels).
import { spawn, spawnSync } from "node:child_process";
import { basename, join, resolve } from "node:path";
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

/**
 * Executes a notebook, once src is built, from its own folder with nbconvert. Writes it with its outputs, and an HTML page of it, to `out`
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
  const { jupyterEnvironment } = await import(new URL("../dist/cli/jupyter.js", import.meta.url).href);
  const env = jupyterEnvironment();
  await output(jupyter, [...common, "--to=notebook", "--execute", timeout, resolve(notebook)], env);
  await output(jupyter, [...common, "--to=html", executed], env);
  return { notebook: executed, html: executed.replace(/\.ipynb$/, ".html") };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} what it printed on either stream
 */
function output(command, args, env) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
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
