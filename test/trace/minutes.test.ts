import { expect, it } from "vitest";
import { cells, fileWith, openCounts, read } from "./helpers.js";

/** 700 functions x 200 minutes, so that counts.arrow has several batches and minutes that reach over their ends. */
const FUNCTIONS = 700;
const MINUTES = 200;
const countAt = (id: number, minute: number) => (minute % 50 === 7 ? 0 : 1 + ((id * 31 + minute * 17) % 9));

async function large(): Promise<string> {
  const columns = Array.from({ length: MINUTES }, (_, minute) => minute + 1);
  const name = (id: number) => `f${String(id).padStart(4, "0")}`;
  const lines = Array.from({ length: FUNCTIONS }, (_, id) => {
    return `o,a,${name(id)},${columns.map((_, minute) => countAt(id, minute)).join(",")}\n`;
  });
  const { folder } = await read(
    fileWith("i.csv", `HashOwner,HashApp,HashFunction,${columns}\n${lines.reverse().join("")}`),
  );
  return folder;
}

it("streams any range of minutes, in order, functions ascending, without the minutes that have none", async () => {
  const trace = await openCounts(await large());
  for (const [from, to] of [
    [0, MINUTES],
    [0, 1],
    [93, 95],
    [92, 190],
    [107, 108],
    [199, 900],
    [200, 300],
    [-5, 2],
    [50, 50],
  ] as const) {
    const expected = Array.from({ length: MINUTES }, (_, minute) => minute).filter(
      (minute) => minute >= from && minute < to && minute % 50 !== 7,
    );
    const found: number[] = [];
    for await (const { minute, functionId, count, length } of trace.minutes(from, to)) {
      found.push(minute);
      expect(length).toBe(FUNCTIONS);
      expect(Array.from(functionId.subarray(0, length))).toEqual(Array.from({ length }, (_, id) => id));
      expect(Array.from(count.subarray(0, length))).toEqual(Array.from({ length }, (_, id) => countAt(id, minute)));
    }
    expect(found).toEqual(expected);
  }
  await trace.close();
});

it("can be read several times at once, and left early", async () => {
  const trace = await openCounts(await large());
  const one = trace.minutes(0, MINUTES);
  const two = trace.minutes(100, MINUTES);
  expect((await one.next()).value.minute).toBe(0);
  expect((await two.next()).value.minute).toBe(100);
  expect((await one.next()).value.minute).toBe(1);
  await one.return(undefined);
  expect((await two.next()).value.minute).toBe(101);
  await trace.close();
});

it("has no minutes in a trace without invocations", async () => {
  const { folder } = await read(fileWith("i.csv", "HashOwner,HashApp,HashFunction,1\no,a,f,0\n"));
  expect(await cells(folder)).toEqual([]);
});
