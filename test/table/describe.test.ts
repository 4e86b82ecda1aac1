import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dataReadme } from "../../src/table/describe.js";

it("data/README.md has every table's columns as the schemas have them (node scripts/data-readme.mjs)", () => {
  expect(readFileSync(join(import.meta.dirname, "../../data/README.md"), "utf8")).toBe(dataReadme());
});
