// node test/bench/back-test.mjs [SEEDS] [TRACE]: how well overflows and kills are foretold. On the papers' workload at load
// 200, 200 ticks, RAM 32,000 MiB, for SEEDS seeds (30); then on TRACE, where one is named, with 8 GiB and load 0.7.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [seeds = "30", trace] = process.argv.slice(2);
const here = mkdtempSync(join(tmpdir(), "replaybook-back-test-"));
const main = join(import.meta.dirname, "../../dist/cli/main.js");
const run = (...args) =>
  execFileSync("node", [main, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const gb = (mib) => `${((mib * 1.048576) / 1000).toFixed(0)} GB`;

function analysed(path, replay, sizes) {
  const folder = join(here, "run");
  run("replay", path, "--scheduler", "xx", "-o", folder, "--force", ...replay);
  return JSON.parse(run("swap", folder, "--sizes", sizes, "--json"))[0];
}

function killsOf({ sizes }) {
  return sizes.flatMap(({ size_mib, kills, predicted_kills: foretold }) =>
    foretold === null || kills === null ? [] : [{ size: gb(size_mib), seen: kills.kills, foretold }],
  );
}

try {
  const held = [0, 0, 0, 0, 0];
  const tried = [0, 0, 0, 0, 0];
  const kills = new Map();
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const path = join(here, "paper.arrow");
    run("generate", "paper", "-o", path, "--load", "200", "--seed", String(seed), "--force");
    const of = analysed(path, ["--ram", "32000MiB", "--seed", String(seed)], "10GB,15GB,20GB,25GB,30GB");
    for (const { rows } of of.back_test.splits) {
      for (const [i, row] of (rows ?? []).entries()) {
        tried[i]++;
        if (row.held) held[i]++;
      }
    }
    for (const { size, seen, foretold } of killsOf(of)) {
      const sum = kills.get(size) ?? { runs: 0, seen: 0, foretold: 0, held: 0 };
      sum.runs++;
      sum.seen += seen;
      sum.foretold += foretold.kills;
      if (foretold.low <= seen && seen <= foretold.high) sum.held++;
      kills.set(size, sum);
    }
  }
  console.log(`the papers' workload, ${seeds} seeds`);
  const shares = held.map((count, i) => (count / tried[i]).toFixed(3));
  console.log(
    `  overflows within their 95 % range, sizes from often to seldom outgrown: ${shares.join(" ")} of ${tried}`,
  );
  for (const [size, { runs, seen, foretold, held }] of kills) {
    const means = `${(foretold / runs).toFixed(2)} kills foretold, ${(seen / runs).toFixed(2)} seen`;
    console.log(`  ${size}: ${means} a run; within the range in ${held} of ${runs}`);
  }
  if (trace !== undefined) {
    const replay = ["--ram", "8GiB", "--machines", "auto", "--load", "0.7", "--classes", "weights:35,25,2,15,23"];
    const of = analysed(trace, replay, "2GB,4GB,6GB,8GB,12GB");
    console.log(`${trace}: coverage ${of.back_test?.coverage ?? "none"}`);
    for (const { split, rows } of of.back_test?.splits ?? []) {
      for (const { size_mib, predicted, low, high, observed } of rows ?? []) {
        console.log(
          `  ${split}, ${gb(size_mib)}: ${predicted.toFixed(2)} foretold (${low} .. ${high}), ${observed} seen`,
        );
      }
    }
    for (const { size, seen, foretold } of killsOf(of)) {
      console.log(
        `  ${size}: ${foretold.kills.toFixed(1)} kills foretold (${foretold.low} .. ${foretold.high}), ${seen} seen`,
      );
    }
  }
} finally {
  rmSync(here, { recursive: true });
}
