import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/sweep/dataset.js";
import { newPlace } from "../analysis/hand-made-run.js";

const LAYOUT = { format: "parquet", partitions: ["scheduler", "load"] };
const FILES = ["windows/scheduler=xx/load=1/part-00000.parquet", "windows/scheduler=xx/load=2/part-00000.parquet"];
const put = (text: string) => async (path: string) => writeFileSync(path, text);
const under = (path: string) => readdirSync(path, { recursive: true, encoding: "utf8" }).sort();

/** A data set of FILES; those after the first are not written. */
async function begun(): Promise<string> {
  const path = join(newPlace(), "set");
  const dataset = Dataset.open(path, LAYOUT, false);
  await dataset.write(FILES[0]!, "aa", put("one"));
  dataset.save(false);
  dataset.close();
  return path;
}

describe("a data set's folder", () => {
  it("says in dataset.json how it is split, whether it is whole, and what each file was made of", async () => {
    expect(JSON.parse(readFileSync(join(await begun(), "dataset.json"), "utf8"))).toEqual({
      ...{ replaybook: "0.1.0", table_version: "1", format: "parquet", partitions: ["scheduler", "load"] },
      ...{ whole: false, files: { [FILES[0]!]: "aa" } },
    });
  });

  it("is gone on with: what was made of the same tables is there already", async () => {
    const path = await begun();
    mkdirSync(join(path, "windows/scheduler=xx/load=2"));
    writeFileSync(join(path, `${FILES[1]}.partial-123`), "half");
    writeFileSync(join(path, FILES[1]!), "whole, but not noted down");
    const dataset = Dataset.open(path, LAYOUT, false);
    expect(FILES.map((file) => dataset.has(file, "aa"))).toEqual([true, false]);
    expect(dataset.has(FILES[0]!, "bb")).toBe(false);
    expect(under(path).filter((name) => name.includes("load=2/"))).toEqual([]);
    await dataset.write(FILES[1]!, "cc", put("two"));
    dataset.close();
    expect(readFileSync(join(path, FILES[1]!), "utf8")).toBe("two");
  });

  it("leaves no part of a file that could not be written", async () => {
    const path = await begun();
    const dataset = Dataset.open(path, LAYOUT, false);
    const fails = dataset.write(FILES[1]!, "cc", async (to) => {
      writeFileSync(to, "half");
      throw new Error("no more");
    });
    await expect(fails).rejects.toThrow("no more");
    dataset.close();
    expect(under(path).filter((name) => name.includes("load=2"))).toEqual([]);
  });

  it("loses the files that nobody wants, and the folders they leave empty", async () => {
    const path = await begun();
    const dataset = Dataset.open(path, LAYOUT, false);
    await dataset.write(FILES[1]!, "cc", put("two"));
    dataset.keep((file) => file === FILES[1]);
    dataset.close();
    expect(under(path)).toEqual([
      ...["dataset.json", "windows", "windows/scheduler=xx", "windows/scheduler=xx/load=2", FILES[1]],
    ]);
  });

  it("is removed where nothing has come of it", () => {
    const path = join(newPlace(), "none");
    Dataset.open(path, LAYOUT, false).close();
    expect(existsSync(path)).toBe(false);
  });

  it("is one process's at a time", async () => {
    const path = await begun();
    const dataset = Dataset.open(path, LAYOUT, false);
    expect(() => Dataset.open(path, LAYOUT, false)).toThrow(
      /^invalid output: .* \(-o, which process \d+ on .* is writing to\)/,
    );
    dataset.close();
  });

  it("is refused where it is split in another way, unless all of it is to be written anew", async () => {
    const path = await begun();
    const other = { format: "parquet", partitions: ["scheduler", "load", "seed"] };
    expect(() => Dataset.open(path, other, false)).toThrow(
      `invalid output: ${path} (-o, parquet by scheduler, load, of replaybook 0.1.0); ` +
        "expected one of parquet by scheduler, load, seed, of replaybook 0.1.0, or --force to write all of it anew",
    );
    const dataset = Dataset.open(path, other, true);
    expect(under(path)).toEqual(["dataset.json", "sweep.lock"]);
    dataset.close();
  });

  it("is never made of somebody else's folder", () => {
    const path = newPlace();
    writeFileSync(join(path, "mine"), "");
    const expected = "expected a new name, or the data set of a sweep to go on with";
    for (const force of [false, true]) {
      expect(() => Dataset.open(path, LAYOUT, force)).toThrow(
        `invalid output: ${path} (-o, exists and is no data set's); ${expected}`,
      );
    }
    expect(() => Dataset.open(join(path, "mine"), LAYOUT, true)).toThrow(
      `invalid output: ${join(path, "mine")} (-o, not a folder); ${expected}`,
    );
    writeFileSync(join(path, "dataset.json"), "{");
    expect(() => Dataset.open(path, LAYOUT, false)).toThrow(
      `invalid output: ${path} (-o, its dataset.json is not a data set's); ${expected}`,
    );
    expect(under(path)).toEqual(["dataset.json", "mine"]);
  });
});
