import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Invalid } from "../invalid.js";
import { makeFolders } from "../output.js";

/** The checkout's root. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Notebooks name the kernel so. */
const KERNEL = "tslab";
const DISPLAY_NAME = "TypeScript (replaybook)";
export const NOTEBOOKS = join(ROOT, "notebooks");

/** A program and the arguments that make it what is wanted. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Ways to have Jupyter, the best first. uvx downloads JupyterLab where it is not there yet. */
const WAYS: readonly { readonly command: Command; readonly probe: readonly string[] }[] = [
  ...["jupyter", "/usr/bin/jupyter"].flatMap((program) =>
    ["lab", "notebook"].map((name) => ({ command: { program, args: [name] }, probe: [name, "--version"] })),
  ),
  { command: { program: "uvx", args: ["--from", "jupyterlab", "jupyter-lab"] }, probe: ["--version"] },
];

/** Where there is no Jupyter. */
export const HOW_TO_GET_JUPYTER =
  "Jupyter is missing; install uv (https://docs.astral.sh/uv) and try again, or JupyterLab: python3 -m pip install jupyterlab";

/** The first way to start Jupyter that works here, or null. Asks each, which takes up to a second. */
export function findJupyter(works = answers): Command | null {
  return WAYS.find(({ command, probe }) => works(command.program, probe))?.command ?? null;
}

function answers(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** The environment in which Jupyter finds the kernel, and the kernel this Node. */
export function jupyterEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const before = (path: string, rest: string | undefined) => (rest ? `${path}${delimiter}${rest}` : path);
  return {
    ...env,
    JUPYTER_PATH: before(join(NOTEBOOKS, "jupyter"), env["JUPYTER_PATH"]),
    PATH: before(dirname(process.execPath), env["PATH"]),
  };
}

/** Runs Jupyter on the notebooks until it ends; gives its exit status. */
export function startJupyter({ program, args }: Command, more: readonly string[]): Promise<number> {
  const child = spawn(program, [...args, ...more, NOTEBOOKS], {
    cwd: ROOT,
    env: jupyterEnvironment(),
    stdio: "inherit",
  });
  // A terminal's interrupt goes to both; Jupyter asks whether it is meant.
  process.on("SIGINT", () => {});
  return new Promise((ended, failed) => child.on("error", failed).on("close", (status) => ended(status ?? 1)));
}

/** Where Jupyter and VS Code look for the user's kernels: as Jupyter itself says, or where it would be. */
export function userKernels(): string {
  const said = spawnSync("jupyter", ["--data-dir"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const folder = said.status === 0 ? said.stdout.trim() : "";
  return join(folder || dataFolder(process.env, process.platform), "kernels");
}

/** Jupyter's folder of a user, by its rules. */
export function dataFolder(env: NodeJS.ProcessEnv, platform: string): string {
  if (env["JUPYTER_DATA_DIR"]) return env["JUPYTER_DATA_DIR"];
  const home = env["HOME"] ?? homedir();
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  if (platform === "win32") return join(env["APPDATA"] ?? join(home, "AppData", "Roaming"), "jupyter");
  return join(env["XDG_DATA_HOME"] || join(home, ".local", "share"), "jupyter");
}

/**
 * Writes the kernel into a folder of kernels, with absolute paths, so that it is found from anywhere; returns its own folder.
 * Throws Invalid where another kernel has its name and `force` is false.
 */
export function installKernel(kernels: string, force: boolean): string {
  const folder = join(kernels, KERNEL);
  const path = join(folder, "kernel.json");
  if (!force && existsSync(path) && !isOurs(path)) {
    const where = "a kernel of that name is there, and not this one";
    throw new Invalid("kernel", folder, where, "--force to replace it");
  }
  const argv = [process.execPath, join(NOTEBOOKS, "jupyter", "kernels", KERNEL, "launch.cjs"), "{connection_file}"];
  makeFolders(folder, "--install-kernel");
  writeFileSync(path, `${JSON.stringify({ argv, display_name: DISPLAY_NAME, language: "typescript" }, null, 2)}\n`);
  return folder;
}

/** Removes it; returns its folder, or null where it was not there. */
export function uninstallKernel(kernels: string): string | null {
  const folder = join(kernels, KERNEL);
  if (!isOurs(join(folder, "kernel.json"))) return null;
  rmSync(folder, { recursive: true });
  return folder;
}

function isOurs(path: string): boolean {
  try {
    return JSON.parse(readFileSync(path, "utf8")).display_name === DISPLAY_NAME;
  } catch {
    return false;
  }
}
