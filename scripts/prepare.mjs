// @ts-check
// What has to be there before any command of replaybook can run: a Node that is new enough, the packages of
// package-lock.json, and dist/. Uses nothing but Node itself, so that it works right after a clone.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's root. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The one line to print where this Node is too old, or null where it will do.
 * @param {string} version as in process.versions.node
 * @param {string} wanted as in package.json, `>=20.19`
 */
export function nodeProblem(version, wanted) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = wanted.replace(">=", "").split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return null;
  return `replaybook: invalid Node version: ${version} (${process.execPath}); expected ${wanted}, see https://nodejs.org`;
}

/**
 * True where node_modules holds what package-lock.json asks for. Packages for other platforms may be missing.
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  const wanted = packagesOf(join(root, "package-lock.json"));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const there = installed[path];
    if (!there) return path === "" || optional === true;
    return there.version === version && there.integrity === integrity && existsSync(join(root, path));
  });
}

/**
 * @param {string} path of a lock file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | null} by place; null: no lock file
 */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return null;
  }
}

/**
 * True where every file of src has its compiled twin in dist, newer than all that it is made from.
 * @param {string} root
 */
export function distIsCurrent(root) {
  const sources = filesUnder(join(root, "src"), ".ts");
  const compiled = filesUnder(join(root, "dist"), ".js");
  const twins = new Set(compiled.map((path) => path.slice(0, -".js".length)));
  if (sources.length !== compiled.length || !sources.every((path) => twins.has(path.slice(0, -".ts".length))))
    return false;
  const madeFrom = [
    ...sources.map((path) => join("src", path)),
    "tsconfig.json",
    "tsconfig.build.json",
    "package-lock.json",
  ];
  const newest = Math.max(...madeFrom.map((path) => modified(join(root, path))));
  return Math.min(...compiled.map((path) => modified(join(root, "dist", path)))) >= newest;
}

/** @param {string} path */
const modified = (path) => statSync(path).mtimeMs;

/**
 * @param {string} folder
 * @param {string} ending
 */
function filesUnder(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(ending));
}

/** Ends the process with one line where Node is too old; installs the packages where they are missing or stale. */
export function ensurePackages() {
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const problem = nodeProblem(process.versions.node, engines.node);
  if (problem) {
    console.error(problem);
    process.exit(2);
  }
  if (packagesAreCurrent(ROOT)) return;
  console.error("replaybook: installing the packages of package-lock.json (about a minute) …");
  const done = npm(["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (done !== 0) {
    console.error("replaybook: npm ci failed, see above");
    process.exit(1);
  }
}

/**
 * Runs the npm that started us, or the one on the PATH; its stdout is left out.
 * @param {string[]} args
 */
function npm(args) {
  /** @type {import("node:child_process").SpawnSyncOptions} */
  const options = { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] };
  const { npm_execpath: cli } = process.env;
  if (cli?.endsWith(".js")) return spawnSync(process.execPath, [cli, ...args], options).status;
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" }).status;
}

/** Compiles src into dist where that is out of date, or always with `force`. Returns false where src has type errors, which are printed. */
export function build(force = false) {
  if (!force && distIsCurrent(ROOT)) return true;
  const dist = join(ROOT, "dist");
  const sources = new Set(filesUnder(join(ROOT, "src"), ".ts").map((path) => path.slice(0, -".ts".length)));
  for (const path of filesUnder(dist, "")) {
    const source = path.replace(/\.(d\.ts|js)$/, "");
    if (source !== path && !sources.has(source)) rmSync(join(dist, path));
  }
  if (!compile(["-p", "tsconfig.build.json", "--noEmitOnError"])) return false;
  const main = join(dist, "cli", "main.js");
  if (existsSync(main)) chmodSync(main, 0o755); // npx runs it as it is
  return true;
}

/**
 * Runs the project's own TypeScript (npx may pick the one that tslab brings). Returns whether it found nothing wrong.
 * @param {string[]} args
 */
export function compile(args) {
  return run([join(ROOT, "node_modules", "typescript", "bin", "tsc"), ...args]) === 0;
}

/**
 * Runs a script with this Node in the checkout's root, its output shown. Returns the exit status; null: ended by a signal.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env added to the environment
 */
export function run(args, env = {}) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit", env: { ...process.env, ...env } }).status;
}
