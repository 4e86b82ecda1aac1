// @ts-check
// What must come from the system. Missing things are installed where that can be done without surprising anybody,
// after asking where somebody can answer, and otherwise named in one line. REPLAYBOOK_SETUP=off: only named.
import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline/promises";
import { findChromium } from "./chromium.mjs";
import { findJupyter } from "./jupyter.mjs";

/**
 * @typedef {object} Need
 * @property {string} name
 * @property {string} why what goes without it
 * @property {string[]} packages of Debian and Ubuntu
 * @property {string} elsewhere how other systems get it
 * @property {() => boolean} present
 *
 * @typedef {object} Situation
 * @property {boolean} off REPLAYBOOK_SETUP=off
 * @property {boolean} ci CI=true
 * @property {boolean} root
 * @property {boolean} terminal somebody can answer a question
 * @property {boolean} apt Debian, Ubuntu: there is an apt-get
 * @property {boolean} sudo there is a sudo
 */

/** To add one, add a line. @type {readonly Need[]} */
export const NEEDS = [
  {
    name: "Jupyter",
    why: "the notebook tests",
    packages: ["jupyter-nbconvert"],
    elsewhere: "python3 -m pip install nbconvert",
    present: () => findJupyter("nbconvert") !== null,
  },
  {
    name: "Chromium",
    why: "the tests of the report in a browser",
    packages: ["chromium"],
    elsewhere: "install Chrome or Chromium, or name one in CHROMIUM",
    present: () => findChromium() !== null,
  },
  {
    name: "Redis",
    why: "the tests of sweeps by workers of a queue",
    packages: ["redis-server"],
    elsewhere: "brew install redis",
    present: () => spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0,
  },
];

/** @returns {Situation} */
export function situation() {
  const answers = (/** @type {string} */ command) =>
    spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
  return {
    off: process.env["REPLAYBOOK_SETUP"] === "off",
    ci: process.env["CI"] === "true",
    root: process.getuid?.() === 0,
    terminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    apt: answers("apt-get"),
    sudo: answers("sudo"),
  };
}

/**
 * What to do about something that is missing.
 * @param {Situation} here
 * @returns {"install" | "ask" | "tell"}
 */
export function decide({ off, ci, root, terminal, apt, sudo }) {
  if (off || !apt || !(root || sudo)) return "tell";
  if (ci) return "install";
  if (terminal) return "ask";
  return root ? "install" : "tell";
}

/**
 * The commands that install packages. Quiet, without questions, and patient while another apt-get is at work.
 * @param {string[]} packages
 * @param {Situation} here
 */
export function commands(packages, { root, terminal }) {
  const apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"];
  const as = root ? [] : terminal ? ["sudo"] : ["sudo", "-n"];
  return [
    [...as, ...apt, "update"],
    [...as, ...apt, "install", "-y", "--no-install-recommends", ...packages],
  ];
}

/**
 * @param {readonly Need[]} missing
 * @param {Situation} here
 */
export function howTo(missing, { root, apt }) {
  const packages = missing.flatMap((need) => need.packages).join(" ");
  if (apt) return `${root ? "" : "sudo "}apt-get install -y --no-install-recommends ${packages}`;
  return missing.map((need) => need.elsewhere).join("; ");
}

/**
 * Sees to the needs, and returns those that are still missing, each named on stderr with what goes without it.
 * @param {readonly Need[]} needs
 * @param {Situation} here
 * @param {{ ask: (question: string) => Promise<boolean>, execute: (command: string[]) => string | null, say: (line: string) => void }} by
 */
export async function setUp(needs = NEEDS, here = situation(), by = { ask, execute, say: console.error }) {
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0) return [];
  const names = list(missing.map((need) => need.name));
  const packages = missing.flatMap((need) => need.packages);
  const decision = decide(here);
  const question = `replaybook: ${names} missing. Install ${packages.join(" ")} with ${here.root ? "" : "sudo "}apt-get?`;
  if (decision === "install" || (decision === "ask" && (await by.ask(question)))) {
    by.say(`replaybook: installing ${packages.join(" ")} …`);
    for (const command of commands(packages, here)) {
      const problem = by.execute(command);
      if (problem !== null) by.say(`replaybook: ${command.join(" ")} failed: ${problem}`);
    }
  }
  const still = missing.filter((need) => !need.present());
  if (still.length > 0) {
    const without = list(still.map((need) => need.why));
    by.say(
      `replaybook: ${list(still.map((need) => need.name))} missing, so ${without} are skipped; install with: ${howTo(still, here)}`,
    );
  }
  return still;
}

/** @param {string[]} words */
const list = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");

/** @param {string} question */
async function ask(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * @param {string[]} command
 * @returns what it said last where it failed, else null
 */
function execute([command = "", ...args]) {
  const done = spawnSync(command, args, { stdio: ["inherit", "ignore", "pipe"], encoding: "utf8" });
  if (done.status === 0) return null;
  return done.stderr?.trim().split("\n").at(-1) || String(done.error?.message ?? `exit ${done.status}`);
}
