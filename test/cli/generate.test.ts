import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { register } from "../../src/cli/generate.js";
import { readTable } from "../../src/table/index.js";

const folder = mkdtempSync(join(tmpdir(), "generate-"));
afterAll(() => rmSync(folder, { recursive: true }));
const written: string[] = [];
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  written.length = 0;
});

/** Runs `replaybook generate paper …` in this process. */
async function paper(...args: string[]): Promise<void> {
  const program = new Command().exitOverride();
  register(program);
  await program.parseAsync(["generate", "paper", ...args], { from: "user" });
}
const at = (name: string) => join(folder, name);
const sha256 = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("generate paper", () => {
  it("writes 200 ticks of 200 invocations as an Arrow table that says how it was made", async () => {
    await paper("-o", at("default.arrow"));
    const table = readTable(at("default.arrow"));
    expect(table.numRows).toBe(40_000);
    expect(table.schema.names).toEqual([
      "arrival_s",
      "runtime_s",
      "price_class",
      "memory_initial_mib",
      "memory_peak_mib",
    ]);
    expect(table.schema.metadata.get("generator")).toBe("paper");
    expect(JSON.parse(table.schema.metadata.get("options")!)).toEqual({
      seed: 1,
      load: 200,
      ticks: 200,
      tick: 1,
      arrivals: "batch",
      step: null,
    });
    expect(written).toEqual([`${at("default.arrow")}: 40000 invocations in 200 s\n`]);
  });

  it("writes the same table as CSV", async () => {
    const options = ["--load", "5", "--ticks", "10", "--arrivals", "poisson", "--tick", "500ms"];
    await paper("-o", at("same.arrow"), ...options);
    await paper("-o", at("same.csv"), ...options);
    const table = readTable(at("same.arrow"));
    const [header, ...lines] = readFileSync(at("same.csv"), "utf8").trimEnd().split("\n");
    expect(header).toBe("arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib");
    expect(lines).toHaveLength(table.numRows);
    lines.forEach((line, i) => {
      expect(line.split(",").map(Number)).toEqual(table.schema.names.map((name) => table.getChild(name)!.get(i)));
    });
  });

  it("writes the same bytes from the same seed, and others from another", async () => {
    const options = ["--load", "50", "--ticks", "20", "--step", "5..9:80"];
    await paper("-o", at("a.arrow"), ...options);
    await paper("-o", at("b.arrow"), ...options);
    await paper("-o", at("c.arrow"), ...options, "--seed", "2");
    expect(sha256(at("a.arrow"))).toBe(sha256(at("b.arrow")));
    expect(sha256(at("a.arrow"))).not.toBe(sha256(at("c.arrow")));
  });

  it("replaces a file only when told to", async () => {
    writeFileSync(at("old.csv"), "old");
    await expect(paper("-o", at("old.csv"))).rejects.toThrow(
      `invalid output: ${at("old.csv")} (-o, exists); expected a new name, or --force to replace it`,
    );
    expect(readFileSync(at("old.csv"), "utf8")).toBe("old");
    await paper("-o", at("old.csv"), "--force", "--load", "1", "--ticks", "1");
    expect(readFileSync(at("old.csv"), "utf8").split("\n")).toHaveLength(3);
  });

  it.each([
    [["--load", "0"], "invalid load: 0 (--load); expected a whole number from 1 to 1000000000"],
    [["--load", "many"], "invalid load: many (--load); expected a whole number from 1 to 1000000000"],
    [["--ticks", "-1"], "invalid number of ticks: -1 (--ticks); expected a whole number from 1 to 1000000000"],
    [["--seed", "1.5"], "invalid seed: 1.5 (--seed); expected a whole number from 0 to 9007199254740991"],
    [["--tick", "5"], "invalid time: 5 (--tick); expected a number with a unit, such as 90s, 8h or 2d"],
    [["--tick", "0"], "invalid time: 0 (--tick); expected a length above 0, such as 1s"],
    [["--arrivals", "bursty"], "invalid arrivals: bursty (--arrivals); expected batch or poisson"],
    [
      ["--step", "9..5:80"],
      "invalid step: 9..5:80 (--step); expected FROM..TO:LOAD with 0 <= FROM < TO <= 200 ticks, such as 50..80:230",
    ],
    [
      ["--step", "5..999:80"],
      "invalid step: 5..999:80 (--step); expected FROM..TO:LOAD with 0 <= FROM < TO <= 200 ticks, such as 50..80:230",
    ],
  ])("%j is refused in one line, and nothing is written", async (args, message) => {
    const before = readdirSync(folder);
    await expect(paper("-o", at("bad.csv"), ...args)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(before);
  });

  it("a name of another kind is refused", async () => {
    await expect(paper("-o", "x.json")).rejects.toThrow(
      "invalid output: x.json (-o); expected a name ending in .arrow or .csv",
    );
  });

  it("what is half written when writing fails does not stay", async () => {
    const before = readdirSync(folder);
    const { TableWriter } = await import("../../src/table/index.js");
    vi.spyOn(TableWriter.prototype, "write").mockRejectedValue(new Error("ENOSPC"));
    await expect(paper("-o", at("full.arrow"))).rejects.toThrow("ENOSPC");
    expect(readdirSync(folder)).toEqual(before);
  });
});
