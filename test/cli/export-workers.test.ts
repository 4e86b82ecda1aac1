import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checksums, done, replaybook } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-export-"));
const at = (...path: string[]) => join(here, ...path);
const options = { trace: "own.csv", machines: 4, cores: 2 };

beforeAll(async () => {
  const lines = Array.from({ length: 500 }, (_, i) => `${i / 8},1,${i % 5}\n`);
  writeFileSync(at("own.csv"), `arrival_s,runtime_s,price_class\n${lines.join("")}`);
  writeFileSync(at("plan.json"), JSON.stringify({ options, grid: { scheduler: ["xx", "edf"], seed: [1, 2] } }));
  await done(["sweep", "plan.json", "-o", "swept", "--workers", "2"], here);
  await done(["export", "swept", "--to", "parquet", "-o", "alone"], here);
});
afterAll(() => rmSync(here, { recursive: true }));

it("writes the same bytes, whatever the number of workers", async () => {
  const said = await done(["export", "swept", "--to", "parquet", "-o", "three", "--workers", "3"], here);
  expect(said).toMatch(/^three: 7 tables of 2 runs, by scheduler, seed\n23 files written, [\d,]+ rows\n$/);
  expect(checksums(at("three"))).toEqual(checksums(at("alone")));
});

it("says what is wrong with a table in one line, where a worker finds it", async () => {
  const [run] = readdirSync(at("swept/runs"));
  const path = join("swept/runs", run!, "xx/machines.arrow");
  writeFileSync(at(path), "no table");
  const args = ["export", "swept", "--to", "parquet", "-o", "broken", "--table", "machines", "--workers", "2"];
  expect(await replaybook(args, here)).toEqual({
    status: 2,
    stdout: "",
    stderr: `replaybook: invalid table: ${path} (cut short or not Arrow); expected a whole Arrow file\n`,
  });
});

it("is refused without workers", async () => {
  expect(await replaybook(["export", "swept", "--to", "parquet", "-o", "none", "--workers", "0"], here)).toEqual({
    status: 2,
    stdout: "",
    stderr: "replaybook: invalid workers: 0 (--workers); expected a whole number from 1 to 1024\n",
  });
  expect(readdirSync(here)).not.toContain("none");
});
