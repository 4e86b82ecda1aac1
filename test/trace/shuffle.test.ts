import fc from "fast-check";
import { expect, it } from "vitest";
import { content, fileWith, folderWith, read } from "./helpers.js";

const label = fc.constantFrom("a", "b", "ab", "é", "Z", "x".repeat(64));
const key = fc.tuple(label, label, label).map((labels) => labels.join(","));
const cell = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(200) });
const trigger = fc.constantFrom("http", "timer", "queue", "");
const invocations = fc.tuple(key, trigger, fc.array(cell, { minLength: 4, maxLength: 4 })).map((row) => row.join(","));
const number = fc.oneof(fc.integer({ min: -5, max: 5 }).map(String), fc.constant(""));
const durations = fc.tuple(key, number, fc.nat(3), number).map((row) => row.join(","));
const memory = fc.tuple(label, label, fc.nat(3), number).map((row) => row.join(","));

/** Some rows, and the same rows in another order. */
function shuffled(row: fc.Arbitrary<string>): fc.Arbitrary<[string[], string[]]> {
  return fc
    .array(row, { minLength: 1, maxLength: 12 })
    .chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length })),
    );
}

const csv = (header: string, rows: readonly string[]) => `${header}\n${rows.join("\n")}\n`;

it("shuffling the rows of any file of a count trace changes nothing but the sources' sha256", async () => {
  const property = fc.asyncProperty(
    fc.tuple(shuffled(invocations), shuffled(invocations), shuffled(durations), shuffled(memory)),
    async (tables) => {
      const files = (i: 0 | 1) =>
        folderWith({
          "i.d01.csv": csv("HashOwner,HashApp,HashFunction,Trigger,1,2,3,4", tables[0][i]),
          "i.d03.csv": csv("HashOwner,HashApp,HashFunction,Trigger,1,2,3,4", tables[1][i]),
          "d.csv": csv("HashOwner,HashApp,HashFunction,Average,Count,Minimum", tables[2][i]),
          "m.csv": csv("HashOwner,HashApp,SampleCount,AverageAllocatedMb", tables[3][i]),
        });
      expect(content((await read(files(1))).folder)).toEqual(content((await read(files(0))).folder));
    },
  );
  await fc.assert(property, { seed: 11, numRuns: 40 });
});

it("shuffling the rows of a log changes nothing but the sources' sha256", async () => {
  const time = fc.nat(6).map((n) => n / 4);
  const row = fc
    .tuple(label, label, time, time)
    .map(([app, func, start, took]) => `${app},${func},${start + took},${took}`);
  const property = fc.asyncProperty(shuffled(row), async (orders) => {
    const path = (i: 0 | 1) => fileWith("log.csv", csv("app,func,end_timestamp,duration", orders[i]));
    expect(content((await read(path(1))).folder)).toEqual(content((await read(path(0))).folder));
  });
  await fc.assert(property, { seed: 12, numRuns: 40 });
});
