import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { insideStore, openStore } from "../../src/sweep/store.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-store-"));
afterAll(() => rmSync(here, { recursive: true }));

it("a store keeps its id, which no other has", () => {
  for (const name of ["a", "b"]) mkdirSync(join(here, name));
  const { id } = openStore(join(here, "a"), "--store");
  expect(openStore(join(here, "a"), "--store").id).toBe(id);
  expect(openStore(join(here, "b"), "--store").id).not.toBe(id);
  expect(readdirSync(join(here, "a"))).toEqual([".replaybook-store"]);
});

it("a folder that is not there, a file and a folder that cannot be written are refused", () => {
  writeFileSync(join(here, "file"), "");
  const wrong = [join(here, "none"), join(here, "file"), "/proc"].filter(
    (path) => path !== "/proc" || existsSync(path),
  );
  for (const path of wrong) {
    expect(() => openStore(path, "--store")).toThrow(
      new RegExp(`^invalid store: ${path} \\(--store, E[A-Z]+\\); expected a shared folder that can be written$`),
    );
  }
});

it("paths in a store are the same on every machine, and none leads out of it", () => {
  const store = { path: join(here, "a"), id: "" };
  expect(insideStore(store, join(here, "a", "x", "y"))).toBe("x/y");
  expect(insideStore(store, join(here, "a", "..x"))).toBe("..x");
  for (const out of [join(here, "a"), here, join(here, "b"), join(here, "a", "..", "b")]) {
    expect(insideStore(store, out)).toBe(null);
  }
});
