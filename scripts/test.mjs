// @ts-check
// npm test: installs what the tests need, checks format, lint and types, and runs every test.
// Its last line is `N passed, N failed`; the lint and the types count as one each. Arguments go on to vitest.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, compile, ensurePackages, ROOT, run } from "./prepare.mjs";
import { setUp } from "./system.mjs";
import { closingLine, count } from "./tally.mjs";

const MOST_NAMED = 50;

ensurePackages();
await setUp();
if (!build()) {
  console.log("src does not compile, so nothing was tested");
  console.log(closingLine({ passed: 0, failed: 1, skipped: 0 }));
  process.exit(1);
}
const tally = { passed: 0, failed: 0, skipped: 0 };
const biome = join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");
for (const [name, passed] of /** @type {const} */ ([
  ["format and lint", run([biome, "check", "--error-on-warnings", "."]) === 0],
  ["types", compile(["-p", "."])],
])) {
  console.log(`${passed ? "passed" : "FAILED"}: ${name}`);
  tally[passed ? "passed" : "failed"]++;
}
const folder = mkdtempSync(join(tmpdir(), "replaybook-test-"));
const report = join(folder, "vitest.json");
const vitest = [join(ROOT, "node_modules", "vitest", "vitest.mjs"), "run", "--reporter=default", "--reporter=json"];
const status = run([...vitest, `--outputFile.json=${report}`, ...process.argv.slice(2)]);
const tests = count(read(report), status);
rmSync(folder, { recursive: true });
for (const name of tests.skippedNames.slice(0, MOST_NAMED)) console.log(`skipped: ${name}`);
tally.passed += tests.passed;
tally.failed += tests.failed;
tally.skipped += tests.skipped;
console.log(closingLine(tally));
process.exitCode = tally.failed === 0 ? 0 : 1;

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
