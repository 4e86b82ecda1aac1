import fc from "fast-check";
import { expect, it } from "vitest";
import { ByteSource } from "../../src/trace/byte-source.js";
import { type JsonItem, JsonItems } from "../../src/trace/json-items.js";
import { TextBlocks } from "../../src/trace/text-blocks.js";
import { fileWith } from "./helpers.js";

/** The items of a text, as values, with "rest" in front of what surrounds a list. */
async function items(text: string): Promise<unknown[]> {
  const source = ByteSource.open(fileWith("x.json", text));
  const blocks = new TextBlocks(source);
  const reader = new JsonItems(blocks, ["list"]);
  const found: unknown[] = [];
  const value = ({ kind, text }: JsonItem) => (kind === "rest" ? ["rest", JSON.parse(text)] : JSON.parse(text));
  while (await blocks.more()) for (let item = reader.next(); item; item = reader.next()) found.push(value(item));
  expect(reader.whole).toBe(true);
  source.close();
  return found;
}

it("takes the elements of lists, and objects without one", async () => {
  expect(await items('[1, "a]", [2], {"b": "}"}]')).toEqual([1, "a]", [2], { b: "}" }]);
  expect(await items('{"a": 1}{"b": [2]}\n {}')).toEqual([{ a: 1 }, { b: [2] }, {}]);
  expect(await items('{"x": "\\\\", "list": [1, {"list": [2]}], "y\\"": [3]}')).toEqual([
    ...[1, { list: [2] }],
    ["rest", { x: "\\", 'y"': [3] }],
  ]);
  expect(await items('{"list": []} [] ')).toEqual([["rest", {}]]);
});

it("takes the same items however the text is laid out, also where one is longer than a block", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.constantFrom(0, 1, 4), async (list, indent) => {
      const long = { long: 'x\\"{['.repeat(list.length % 3 === 0 ? 40000 : 1) };
      const plain = JSON.parse(JSON.stringify([...list, long]));
      expect(await items(JSON.stringify(plain, null, indent))).toEqual(plain);
      expect(await items(JSON.stringify({ a: [1], list: plain, b: 2 }, null, indent))).toEqual([
        ...plain,
        ["rest", { a: [1], b: 2 }],
      ]);
    }),
    { seed: 1, numRuns: 60 },
  );
});

it.each([
  ["1", "invalid JSON: 1 (x.json, behind item 0); expected a list or an object"],
  ["[1]]", "invalid JSON: ] (x.json, behind item 1); expected a list or an object"],
  ["[1, }", "invalid JSON: } (x.json, behind item 1); expected a value"],
  ["{a: 1}", "invalid JSON: a (x.json, behind item 0); expected a name in quotes"],
  ['{"a" 1}', "invalid JSON: 1 (x.json, behind item 0); expected a colon"],
])("refuses %s", async (text, message) => {
  await expect(items(text)).rejects.toThrow(message);
});
