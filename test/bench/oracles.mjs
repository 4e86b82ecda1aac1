// npm run bench:oracles [PART]: the means and the table of test/oracle at full size; minutes. Prints what it found beside
// what is known. PART: a part of the names of what to run.
import { startVitest } from "vitest/node";

const [part] = process.argv.slice(2);
const file = "test/bench/oracles.ts";
const options = { include: [file], watch: false, testTimeout: 3_600_000, disableConsoleIntercept: true };
await startVitest("test", [file], part ? { ...options, testNamePattern: part } : options);
