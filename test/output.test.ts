import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolders, Output } from "../src/output.js";

let here: string;
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), "replaybook-output-"));
});
afterEach(() => rmSync(here, { recursive: true }));

describe("a folder", () => {
  it("appears under its name when it is whole, with what was written", () => {
    const output = Output.folder(join(here, "run"), false);
    writeFileSync(join(output.path, "a"), "1");
    expect(existsSync(output.target)).toBe(false);
    output.commit();
    expect(readdirSync(here)).toEqual(["run"]);
    expect(readFileSync(join(here, "run", "a"), "utf8")).toBe("1");
  });

  it("leaves nothing where it is abandoned", () => {
    const output = Output.folder(join(here, "run"), false);
    mkdirSync(join(output.path, "deep"));
    writeFileSync(join(output.path, "deep", "a"), "1");
    output.abandon();
    expect(readdirSync(here)).toEqual([]);
  });

  it("takes the folders that were made for it with it, where nobody else has put anything there", () => {
    Output.folder(join(here, "a", "b", "run"), false).abandon();
    expect(readdirSync(here)).toEqual([]);
    const output = Output.folder(join(here, "a", "b", "run"), false);
    writeFileSync(join(here, "a", "theirs"), "1");
    output.abandon();
    expect(readdirSync(join(here, "a"))).toEqual(["theirs"]);
  });

  it("that exists is refused, and is replaced with force only when the new one is whole", () => {
    const target = join(here, "run");
    mkdirSync(target);
    writeFileSync(join(target, "old"), "1");
    expect(() => Output.folder(target, false)).toThrow(
      `invalid output: ${target} (-o, exists); expected a new name, or --force to replace it`,
    );
    const output = Output.folder(target, true);
    writeFileSync(join(output.path, "new"), "2");
    expect(readdirSync(target)).toEqual(["old"]);
    output.commit();
    expect(readdirSync(here)).toEqual(["run"]);
    expect(readdirSync(target)).toEqual(["new"]);
  });

  it("that exists stays as it was where its replacement is abandoned", () => {
    const target = join(here, "run");
    mkdirSync(target);
    writeFileSync(join(target, "old"), "1");
    Output.folder(target, true).abandon();
    expect(readdirSync(here)).toEqual(["run"]);
    expect(readdirSync(target)).toEqual(["old"]);
  });

  it("may lie in folders that are not there yet", () => {
    Output.folder(join(here, "a", "b", "run"), false).commit();
    expect(readdirSync(join(here, "a", "b"))).toEqual(["run"]);
  });

  it("does not replace the folder one is in, or one around it", () => {
    for (const target of [".", "..", process.cwd(), "/"]) {
      expect(() => Output.folder(target, true)).toThrow(
        `invalid output: ${target} (-o, which holds the current folder); expected another name`,
      );
    }
  });
});

describe("a place where nothing can be made", () => {
  it("is refused: in a file, below or at a name that is too long, below a link to nowhere", () => {
    writeFileSync(join(here, "file"), "");
    symlinkSync(join(here, "nowhere"), join(here, "dangling"));
    const long = "x".repeat(300);
    for (const [name, code] of [
      [join("file", "run"), "ENOTDIR"],
      [join("file", "deep", "run"), "ENOTDIR"],
      [join("new", long, "run"), "ENAMETOOLONG"],
      [long, "ENAMETOOLONG"],
      [join("new", long.slice(50)), "ENAMETOOLONG"],
      [join("dangling", "run"), "EEXIST"],
    ] as const) {
      const expected = ` (--to, ${code}); expected a place that can be written`;
      expect(() => Output.folder(join(here, name), false, "--to")).toThrow(expected);
      expect(() => Output.folderGoneOnWith(join(here, name), false, () => true)).toThrow(
        expected.replace("--to", "-o"),
      );
    }
    expect(readdirSync(here)).toEqual(["dangling", "file"]);
  });

  const proc = existsSync("/proc/self");
  if (!proc) console.warn("SKIPPED: a folder below /proc. This system has none");
  it.skipIf(!proc)("is refused where the system knows of no such place, which Node waits for without end", () => {
    const expected = "invalid output: /proc/no-such/run (-o, ENOENT); expected a place that can be written";
    expect(() => Output.folder("/proc/no-such/run", false)).toThrow(expected);
  });

  it("is none where another is quicker", () => {
    expect(makeFolders(join(here, "a", "b"))).toBe(join(here, "a"));
    expect(makeFolders(join(here, "a", "b", "c"))).toBe(join(here, "a", "b", "c"));
    expect(makeFolders(join(here, "a", "b"))).toBeUndefined();
  });
});

describe("a file", () => {
  it("is the writer's to create, and appears when it is whole", () => {
    const output = Output.file(join(here, "table.arrow"), false, "--to");
    expect(existsSync(output.path)).toBe(false);
    writeFileSync(output.path, "1");
    expect(existsSync(output.target)).toBe(false);
    output.commit();
    expect(readdirSync(here)).toEqual(["table.arrow"]);
    expect(() => Output.file(join(here, "table.arrow"), false, "--to")).toThrow("(--to, exists)");
  });

  it("replaces one that exists with force", () => {
    writeFileSync(join(here, "a"), "old");
    const output = Output.file(join(here, "a"), true);
    writeFileSync(output.path, "new");
    output.commit();
    expect([readdirSync(here), readFileSync(join(here, "a"), "utf8")]).toEqual([["a"], "new"]);
  });

  it("may be abandoned before it is created", () => {
    Output.file(join(here, "a"), false).abandon();
    expect(readdirSync(here)).toEqual([]);
  });
});
