// @ts-check
// Finding a Chromium, or a Chrome, that can be driven.
import { spawnSync } from "node:child_process";

const CANDIDATES = [
  ...["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
  ...["/usr/bin/chromium", "/usr/bin/google-chrome", "/snap/bin/chromium"],
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of the first that runs, the one that CHROMIUM names before others, or null. */
export function findChromium() {
  const named = process.env["CHROMIUM"];
  for (const candidate of named ? [named] : CANDIDATES) {
    const asked = spawnSync(candidate, ["--version"], { stdio: "ignore" });
    if (asked.status !== 0) continue;
    if (candidate.includes("/")) return candidate;
    const where = spawnSync("/bin/sh", ["-c", `command -v ${candidate}`], { encoding: "utf8" });
    if (where.status === 0) return where.stdout.trim();
  }
  return null;
}
