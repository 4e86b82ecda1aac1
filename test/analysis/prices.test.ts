import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { catalogueNamed, PRICES, readCatalogue } from "../../src/analysis/prices.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-prices-"));
afterAll(() => rmSync(here, { recursive: true }));
const path = join(here, "some.json");

/** What reading a catalogue of one item says. */
function said(item: object, read = (): unknown => readCatalogue(path)): string {
  writeFileSync(path, JSON.stringify({ items: [{ id: "request", value: 1, unit: "USD/request", ...item }] }));
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
}

describe("a price catalogue", () => {
  it("of those that come with replaybook is whole, every figure with its source, date and confidence", () => {
    const names = readdirSync(PRICES).filter((name) => name.endsWith(".json"));
    expect(names.length).toBeGreaterThanOrEqual(6);
    for (const name of names) {
      const { items } = catalogueNamed(name.replace(".json", ""));
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
      for (const item of items) {
        expect(item).toMatchObject({ source: expect.any(String), as_of: expect.stringMatching(/^\d{4}/) });
        expect(["verified", "recalled"]).toContain(item.confidence);
      }
    }
  });

  it.each([
    ["negative", { value: -1 }, `invalid price: -1 (request of ${path}); expected a number of USD/request, 0 or more`],
    [
      "missing",
      { value: undefined },
      `invalid price: none (request of ${path}); expected a number of USD/request, 0 or more`,
    ],
    ["a text", { value: "1" }, `invalid price: 1 (request of ${path}); expected a number of USD/request, 0 or more`],
    [
      "negative in a tier",
      { tiers: [{ up_to: null, value: -2 }] },
      `invalid price: -2 (request of ${path}); expected a number of USD/request, 0 or more`,
    ],
    [
      "of tiers that end",
      { tiers: [{ up_to: 5, value: 2 }] },
      `invalid tier: {"up_to":5,"value":2} (request of ${path}); expected tiers that ascend, the last one up to null`,
    ],
  ])("is refused where a price is %s", (_, item, message) => {
    expect(said(item)).toBe(message);
  });

  it("says which price it lacks, and which is of another unit", () => {
    const none = () => readCatalogue(path).figure("gb_second", "USD/GB-second");
    expect(said({}, none)).toBe(`invalid price: none (gb_second of ${path}); expected an item with that id`);
    const other = () => readCatalogue(path).figure("request", "USD/million");
    expect(said({}, other)).toBe(`invalid unit: USD/request (request of ${path}); expected USD/million`);
  });
});
