import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const BIOME = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "replaybook-lint-"));
  for (const path of ["biome.json", "scripts/lint"]) cpSync(join(ROOT, path), join(house, path), { recursive: true });
});
afterAll(() => rmSync(house, { recursive: true }));

/** What the linter has against one line of code in a file, by rule; "plugin" is one of ours. */
function against(code: string, file = "src/a.ts"): string[] {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), code);
  const { stdout } = spawnSync(process.execPath, [BIOME, "lint", "--reporter=json", file], {
    cwd: house,
    encoding: "utf8",
  });
  return JSON.parse(stdout).diagnostics.map((found: { category: string }) => found.category);
}

describe("the linter", () => {
  it.each([
    "export const a = 2 ** 3;",
    "export const f = (x: number, y: number) => 1 + (x + 1) ** (y - 1);",
    "export let b = 4;\nb **= 2;",
    "export const f = (xs: number[]) => {\n  xs[0] **= 2;\n};",
    "export const f = (o: { x: number }) => {\n  o.x **= 2;\n};",
    "export const c = Math.pow(2, 3);",
    "export const p = Math.pow;",
    'export const d = Math["pow"](2, 3);',
  ])("finds the power in %s", (code) => {
    expect(against(code)).toEqual(["plugin"]);
  });

  it.each([
    "export const r = Math.random();",
    "export const r = Math.random;",
    "export const t = Date.now();",
    "export const t = new Date();",
  ])("finds chance or the clock in %s, but not in src/cli, src/sweep or test", (code) => {
    expect(against(code)).toEqual(["plugin"]);
    for (const file of ["src/cli/a.ts", "src/sweep/a.ts", "test/a.ts"]) expect(against(code, file)).toEqual([]);
  });

  it.each([
    ["export enum E { A }", "lint/style/noEnum"],
    ["export class A { constructor(readonly x: number) {} }", "lint/style/noParameterProperties"],
    ["const a = 1;\nexport default a;", "lint/style/noDefaultExport"],
    ["export const a = (x: any) => String(x);", "lint/suspicious/noExplicitAny"],
  ])("finds %s", (code, rule) => {
    expect(against(code)).toEqual([rule]);
  });

  it("has nothing against the other way to a power, or against plain arithmetic", () => {
    expect(against("export const pow = (x: number, y: number) => Math.exp(y * Math.log(x)) * 2;")).toEqual([]);
    expect(against("/** a ** b */\nexport const text = `**bold**, Math.pow`;")).toEqual([]);
  });
});
