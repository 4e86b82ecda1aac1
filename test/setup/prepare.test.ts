import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { distIsCurrent, nodeProblem, packagesAreCurrent } from "../../scripts/prepare.mjs";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "replaybook setup "));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes files with the modification time `at`, seconds. */
function write(at: number, files: Record<string, unknown>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(content));
    utimesSync(path, at, at);
  }
}

describe("Node", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0"])("%s will do for >=20.19", (version) => {
    expect(nodeProblem(version, ">=20.19")).toBeNull();
  });

  it.each(["20.18.3", "18.20.0", "8.9.1"])("%s is refused for >=20.19, in one line", (version) => {
    expect(nodeProblem(version, ">=20.19")).toBe(
      `replaybook: invalid Node version: ${version} (${process.execPath}); expected >=20.19, see https://nodejs.org`,
    );
  });
});

describe("node_modules", () => {
  const one = { version: "1.0.0", integrity: "sha512-a" };
  const link = { resolved: "vendor/x", link: true };
  const lock = { "": { name: "p" }, "node_modules/a": one, "node_modules/x": link, "vendor/x": { version: "2.0.0" } };
  const { "": _root, ...installed } = lock;

  function installation(wanted: object, there: object): boolean {
    write(1, { "package-lock.json": { packages: wanted }, "node_modules/.package-lock.json": { packages: there } });
    return packagesAreCurrent(root);
  }
  beforeEach(() => write(1, { "node_modules/a/package.json": {}, "node_modules/x": {}, "vendor/x/package.json": {} }));

  it("is current where it holds what the lock file asks for", () => {
    expect(installation(lock, installed)).toBe(true);
  });

  it("may lack what is optional, which is for other platforms", () => {
    expect(installation({ ...lock, "node_modules/mac": { ...one, optional: true } }, installed)).toBe(true);
    expect(installation({ ...lock, "node_modules/b": one }, installed)).toBe(false);
  });

  it("is stale after a version or the bytes of a package have changed in the lock file", () => {
    expect(installation({ ...lock, "node_modules/a": { ...one, version: "1.0.1" } }, installed)).toBe(false);
    expect(installation({ ...lock, "node_modules/a": { ...one, integrity: "sha512-b" } }, installed)).toBe(false);
  });

  it("is stale where a package's folder was removed, and where nothing was ever installed", () => {
    expect(installation(lock, installed)).toBe(true);
    rmSync(join(root, "node_modules/a"), { recursive: true });
    expect(packagesAreCurrent(root)).toBe(false);
    rmSync(join(root, "node_modules"), { recursive: true });
    expect(packagesAreCurrent(root)).toBe(false);
  });
});

describe("dist", () => {
  beforeEach(() => {
    write(100, { "tsconfig.json": {}, "tsconfig.build.json": {}, "package-lock.json": {} });
    write(100, { "src/index.ts": "", "src/cli/main.ts": "" });
    write(200, { "dist/index.js": "", "dist/cli/main.js": "" });
  });

  it("is current where every source has a newer compiled file", () => {
    expect(distIsCurrent(root)).toBe(true);
  });

  it.each([
    ["a source was edited", () => write(300, { "src/cli/main.ts": "" })],
    ["a source was added", () => write(100, { "src/new.ts": "" })],
    ["a source was removed", () => rmSync(join(root, "src/cli/main.ts"))],
    ["a source was renamed", () => renameSync(join(root, "src/index.ts"), join(root, "src/door.ts"))],
    ["the packages changed", () => write(300, { "package-lock.json": {} })],
    ["it was removed", () => rmSync(join(root, "dist"), { recursive: true })],
  ])("is stale after %s", (_what, change) => {
    change();
    expect(distIsCurrent(root)).toBe(false);
  });
});
