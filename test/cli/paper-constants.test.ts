import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { register } from "../../src/cli/generate.js";
import { readTable } from "../../src/table/index.js";

const folder = mkdtempSync(join(tmpdir(), "paper-constants-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

let made = 0;
/** What `replaybook generate paper …` writes, of 2,000 invocations in one tick. */
async function paper(...args: string[]) {
  const path = join(folder, `${made++}.arrow`);
  const program = new Command().exitOverride();
  register(program);
  const common = ["generate", "paper", "-o", path, "--load", "2000", "--ticks", "1"];
  await program.parseAsync([...common, ...args], { from: "user" });
  const table = readTable(path);
  const column = (name: string) => [...(table.getChild(name) as Iterable<number>)];
  return { column, constants: JSON.parse(table.schema.metadata.get("options")!).constants };
}

describe("generate paper with other constants than the papers'", () => {
  it("says in the table which are not the papers' own, and nothing where all are", async () => {
    expect((await paper()).constants).toBeUndefined();
    expect((await paper("--tail", "25", "--shares", "35,25,2,15,23")).constants).toBeUndefined();
    expect((await paper("--tail", "3", "--minimum-floor", "0.5")).constants).toEqual({ tail: 3, minimumFloor: 0.5 });
  });

  it("leaves what it does not concern as it was, draw by draw", async () => {
    const own = await paper();
    const changed = await paper("--memory", "1GiB..2GiB", "--shares", "1,1");
    expect(changed.column("runtime_s")).toEqual(own.column("runtime_s"));
  });

  it("draws memory between the two sizes and classes by their weights", async () => {
    const { column } = await paper("--memory", "1GiB..2GiB", "--shares", "1,0,3");
    expect(new Set(column("memory_initial_mib"))).toEqual(new Set([1024]));
    const peaks = column("memory_peak_mib");
    expect(Math.min(...peaks)).toBeGreaterThanOrEqual(1024);
    expect(Math.max(...peaks)).toBeLessThanOrEqual(2048);
    const classes = column("price_class");
    expect(new Set(classes)).toEqual(new Set([0, 2]));
    // 4 standard errors of 2,000 draws of 3/4
    expect(classes.filter((of) => of === 2).length / 2000).toBeCloseTo(0.75, 1);
  });

  it("has runtimes that are all the minimum's mean where it does not deviate and the tail is thin", async () => {
    const { column } = await paper("--minimum-mean", "3", "--minimum-deviation", "0", "--tail", "1e9");
    for (const runtime of column("runtime_s")) expect(runtime).toBeCloseTo(3, 6);
  });

  it.each([
    [["--tail", "0"], "invalid tail: 0 (--tail); expected a number above 0"],
    [["--minimum-ceiling", "0.1"], "invalid ticks: 0.1 (--minimum-ceiling); expected at least the floor, 0.2 ticks"],
    [
      ["--shares", "0,0"],
      "invalid weights: 0,0 (--shares); expected numbers of 0 or more, not all 0, such as 35,25,2,15,23",
    ],
    [
      ["--memory", "10GB..1GB"],
      "invalid memory: 10GB..1GB (--memory); expected two sizes, the second no smaller, such as 100MiB..10000MiB",
    ],
  ])("refuses %j", async (args, message) => {
    await expect(paper(...args)).rejects.toThrow(message);
  });
});
