// npm run bench:extremes: how often 95 % intervals of tails hold the truth, 500 simulations each; minutes.
import { startVitest } from "vitest/node";

const [part] = process.argv.slice(2);
const file = "test/bench/extremes.ts";
const options = { include: [file], watch: false, testTimeout: 3_600_000, disableConsoleIntercept: true };
await startVitest("test", [file], part ? { ...options, testNamePattern: part } : options);
