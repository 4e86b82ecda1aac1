import { expect, it } from "vitest";
import { Keys } from "../../src/trace/keys.js";
import { Labels, NOT_UTF8, viewOf } from "../../src/trace/labels.js";

it("gives each label one id, the empty one -1, and the labels back", () => {
  const labels = new Labels();
  const texts = Array.from({ length: 20000 }, (_, i) => `${"prefix".repeat(i % 4)}${i}`);
  expect(texts.map((text) => labels.internString(text))).toEqual(texts.map((_, i) => i));
  expect(texts.map((text) => labels.internString(text))).toEqual(texts.map((_, i) => i));
  expect(labels.internString("")).toBe(-1);
  expect(labels.size).toBe(20000);
  expect(labels.text(19999)).toBe(texts[19999]);
  expect(labels.text(-1)).toBe(null);
});

it("refuses bytes that are no UTF-8, each time", () => {
  const labels = new Labels();
  const bytes = Buffer.of(0x61, 0xc3, 0x28);
  for (let i = 0; i < 2; i++) expect(labels.intern(bytes, viewOf(bytes), 0, 3)).toBe(NOT_UTF8);
  expect(labels.intern(bytes, viewOf(bytes), 0, 1)).toBe(0);
});

it("ranks labels by their bytes", () => {
  const labels = new Labels();
  const texts = ["b", "a", "é", "\u{1f600}", "\uffee", "ab", "prefix-2", "prefix-10", "prefix-1", "Z", "a\u0000"];
  for (const text of texts) labels.internString(text);
  const ranked = [...labels.ranks().entries()].sort((a, b) => a[1] - b[1]).map(([id]) => labels.text(id));
  const byBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(ranked).toEqual(byBytes);
});

it("gives each tuple of ids one id, and finds no others", () => {
  const keys = new Keys();
  const tuples = Array.from({ length: 5000 }, (_, i) => [(i % 7) - 1, i % 11, i, -1] as const);
  expect(tuples.map((tuple) => keys.intern(...tuple))).toEqual(tuples.map((_, i) => i));
  expect(tuples.map((tuple) => keys.find(...tuple))).toEqual(tuples.map((_, i) => i));
  expect(keys.find(0, 0, 0, 0)).toBe(-1);
  expect([0, 1, 2, 3].map((part) => keys.part(4321, part))).toEqual([...tuples[4321]!]);
});
