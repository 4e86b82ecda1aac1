import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { cells, content, failure, fileWith, folderWith, openCounts, read, rows } from "./helpers.js";

/** A release: files by folder and name. */
function release(files: Readonly<Record<string, string | Buffer>>): string {
  const root = folderWith({});
  for (const [place, text] of Object.entries(files)) {
    const [folder, name] = place.split("/") as [string, string];
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, name), text);
  }
  return root;
}

const HEAD = "day,time,0,1,10\n";
const REQUESTS = `${HEAD}0,0,,4.0,NaN\n0,60,2,,\n0,180,1,NaN,7\n`;

it("reads requests by minute from a release's folder; functions are in order of their numbers", async () => {
  const { folder, manifest } = await read(release({ "requests_minute/day_00.csv": REQUESTS }), { name: "public" });
  expect(await cells(folder)).toEqual(["1 0 4", "0 1 2", "0 3 1", "10 3 7"]);
  expect(rows(folder, "functions")[2]).toEqual({
    function_id: 2,
    owner: null,
    app: null,
    function: "10",
    trigger: null,
  });
  expect(manifest).toMatchObject({
    name: "public",
    kind: "counts",
    format: "huawei-2023",
    keyed_by: "labels",
    first_minute: 0,
    duration_s: 240,
    functions: 3,
    invocations: 14,
    rows: { requests: { kept: 3, filled: 0, quarantined: 0 } },
    lacks: ["owner", "app", "trigger", "durations", "memory", "price_class"],
    notes: [],
    cpu: { cpu_s: 0, unknown: { functions: 3, invocations: 14 } },
  });
  expect(manifest.sources.map(({ name }) => name)).toEqual(["requests_minute/day_00.csv"]);
});

const SECONDS = `${HEAD}0,0,,3,\n0,59,,1.0,\n0,61,2,,\n0,180,1,,3\n0,185,,,4\n`;

it.each([
  ["the folder of one family", (text: string) => join(release({ "requests_minute/d.csv": text }), "requests_minute")],
  [
    "a file named one by one",
    (text: string) => join(release({ "requests_minute/d.csv": text }), "requests_minute/d.csv"),
  ],
  ["a file of any name in any folder", (text: string) => fileWith("x.csv", text)],
  ["all days in one packed file", (text: string) => fileWith("requests_minute.csv.gz", gzipSync(text))],
  ["rows in another order", (text: string) => fileWith("x.csv", text.replace(/(.*\n)(.*\n)(.*\n)(.*\n)/, "$1$4$2$3"))],
  ["another order of columns", () => fileWith("x.csv", "time,10,0,day,1\n0,,,0,4\n60,,2.0,0,\n180,7,1,0,nan\n")],
  ["seconds, which are added up", () => release({ "requests_second/day_000.csv": SECONDS })],
])("reads %s the same", async (_, path) => {
  const plain = await read(release({ "requests_minute/day_00.csv": REQUESTS }));
  const other = await read(path(REQUESTS));
  expect(other.manifest.sha256).toBe(plain.manifest.sha256);
  expect(content(other.folder)["counts.arrow"]).toBe(content(plain.folder)["counts.arrow"]);
});

it("joins days into one trace; days without a file are minutes without invocations", async () => {
  const day = (number: number, minute: number, row: string) =>
    `${HEAD}${number},${86400 * number + 60 * minute},${row}\n`;
  const { folder, manifest } = await read(
    release({
      "requests_minute/day_010.csv": day(10, 0, "1,,"),
      "requests_minute/day_003.csv": day(3, 1439, ",2,"),
      "requests_minute/day_004.csv": day(4, 1, ",,3"),
    }),
  );
  expect(await cells(folder)).toEqual(["1 0 2", "10 2 3", `0 ${6 * 1440 + 1} 1`]);
  expect(manifest).toMatchObject({ first_minute: 3 * 1440 + 1439, duration_s: 60 * (6 * 1440 + 2) });
  expect(manifest.notes).toEqual(["5 days of 8 without requests in the files: minutes without invocations"]);
});

it("reads a day per minute where it is there per second too, and says so", async () => {
  const { manifest } = await read(
    release({ "requests_minute/day_000.csv": REQUESTS, "requests_second/day_000.csv": SECONDS }),
  );
  expect(manifest).toMatchObject({ invocations: 14, rows: { requests: { kept: 3 } } });
  expect(manifest.notes).toEqual(["1 file per second left aside: there is one per minute of the same name"]);
});

it("says that seconds were added up, and that rows have the same time", async () => {
  const { manifest } = await read(release({ "requests_second/day_000.csv": `${SECONDS}0,61,5,,\n` }));
  expect(manifest.notes).toEqual([
    "requests per second were added up to minutes",
    "1 row of requests added to another of the same time",
  ]);
  expect(manifest.invocations).toBe(19);
});

it("makes durations of the minutes' delays, weighted by requests, and CPU seconds of them", async () => {
  const delays = `${HEAD}0,0,,50,1\n0,60,10,,\n0,120,999,,\n0,180,40,,NaN\n`;
  const { folder, manifest } = await read(
    release({ "requests_minute/day_00.csv": REQUESTS, "function_delay_minute/day_00.csv": delays }),
  );
  const { durations, close } = await openCounts(folder);
  await close();
  expect(durations).toEqual({
    length: 2,
    functionId: Uint32Array.of(0, 1),
    day: Int32Array.of(0, 0),
    average: Float64Array.of(20, 50),
    count: Float64Array.of(3, 4),
    minimum: Float64Array.of(Number.NaN, Number.NaN),
    maximum: Float64Array.of(Number.NaN, Number.NaN),
    percentiles: Float64Array.of(10, 10, 10, 10, 40, 40, 40, 50, 50, 50, 50, 50, 50, 50),
  });
  expect(manifest).toMatchObject({
    rows: { requests: { kept: 3 }, function_delay: { kept: 4 } },
    lacks: ["owner", "app", "trigger", "memory", "price_class"],
    notes: ["function_delay was read as milliseconds"],
    cpu: { cpu_s: 0.26, unknown: { functions: 1, invocations: 7 } },
  });
});

it("takes the mean of a minute's delays per second, as the provider does", async () => {
  const perSecond = `${HEAD}0,0,,10,\n0,1,,90,\n0,70,4,,\n`;
  const { folder } = await read(
    release({ "requests_minute/day_00.csv": REQUESTS, "function_delay_second/day_00.csv": perSecond }),
  );
  expect(rows(folder, "durations").map((row) => [row["function_id"], row["average_ms"], row["count"]])).toEqual([
    [0, 4, 2],
    [1, 50, 4],
  ]);
});

it("makes memory of a pod's limit and the share in use, or of the limit alone", async () => {
  const limit = `${HEAD}0,0,128,,\n0,60,256,,\n0,120,256,,\n`;
  const usage = `${HEAD}0,0,0.5,,0.1\n0,60,0.25,,\n0,180,1,,\n`;
  const both = await read(
    release({
      "requests_minute/day_00.csv": REQUESTS,
      "memory_limit_minute/day_00.csv": limit,
      "memory_usage_minute/day_00.csv": usage,
    }),
  );
  const nothing = { owner: null, app: null, function: "0", day: 0 };
  expect(rows(both.folder, "memory")).toHaveLength(1);
  expect(rows(both.folder, "memory")[0]).toMatchObject({
    ...nothing,
    sample_count: 2,
    average_mib: 64,
    pct100_mib: 64,
  });
  const alone = await read(
    release({ "requests_minute/day_00.csv": REQUESTS, "memory_limit_minute/day_00.csv": limit }),
  );
  expect(rows(alone.folder, "memory")[0]).toMatchObject({ ...nothing, sample_count: 3, pct1_mib: 128, pct50_mib: 256 });
  expect(alone.manifest.lacks).toEqual(["owner", "app", "trigger", "durations", "price_class"]);
});

it("leaves families aside that a trace has no place for, and says so", async () => {
  const { manifest } = await read(
    release({
      "requests_minute/day_00.csv": REQUESTS,
      "cpu_usage_minute/day_00.csv": REQUESTS,
      "instances_minute/day_00.csv": REQUESTS,
      "platform_delay_second/day_00.csv": REQUESTS,
      "memory_usage_minute/day_00.csv": REQUESTS,
      "notes/day_00.csv": REQUESTS,
    }),
  );
  expect(manifest.notes).toEqual([
    "left aside, nothing in a trace is made from them: memory_usage (without memory_limit), platform_delay, " +
      "cpu_usage and instances",
  ]);
  expect(manifest.invocations).toBe(14);
});

it.each([
  [
    "a fraction",
    "0,0,1.5,,",
    "count: 1.5 (requests_minute/a.csv line 2, column 0)",
    "a whole number from 0 to 4294967295, or nothing",
  ],
  [
    "a negative count",
    "0,0,,-1,",
    "count: -1 (requests_minute/a.csv line 2, column 1)",
    "a whole number from 0 to 4294967295, or nothing",
  ],
  [
    "text",
    "0,0,,,many",
    "count: many (requests_minute/a.csv line 2, column 10)",
    "a whole number from 0 to 4294967295, or nothing",
  ],
  [
    "no time",
    "0,,1,,",
    'time: "" (requests_minute/a.csv line 2)',
    "a whole number of seconds since the release's start",
  ],
  [
    "half a second",
    "0,0.5,1,,",
    "time: 0.5 (requests_minute/a.csv line 2)",
    "a whole number of seconds since the release's start",
  ],
  ["a day below 0", "-1,0,1,,", "day: -1 (requests_minute/a.csv line 2)", "a day of the release, from 0"],
  [
    "a time of another day",
    "1,0,1,,",
    "time: 0 (requests_minute/a.csv line 2)",
    "a second of day 1, counted from day 0",
  ],
  ["a field too many", "0,0,1,,,", "row: 6 fields (requests_minute/a.csv line 2)", "5 fields"],
  ["a field too few", "0,0,1,", "row: 4 fields (requests_minute/a.csv line 2)", "5 fields"],
])("stops at %s with file, line and value", async (_, row, what, expected) => {
  const path = release({ "requests_minute/a.csv": `${HEAD}${row}\n` });
  expect(await failure(path)).toBe(`invalid ${what}; expected ${expected}`);
});

it("stops where a day's rows do not stand together, and where counts add up to too much", async () => {
  const apart = `${HEAD}0,0,1,,\n1,86400,1,,\n0,60,1,,\n`;
  expect(await failure(release({ "requests_minute/a.csv": apart }))).toBe(
    "invalid day: 0 (requests_minute/a.csv line 4); expected the rows of a day together",
  );
  const { manifest } = await read(release({ "requests_minute/a.csv": apart }), { onBadRow: "quarantine" });
  expect(manifest.rows["requests"]).toEqual({ kept: 2, filled: 0, quarantined: 1 });
  expect(await failure(release({ "requests_second/a.csv": `${HEAD}0,0,4294967295,,\n0,1,1,,\n` }))).toBe(
    "invalid count: 4294967296 (rows of one minute of function 0 added up); expected at most 4294967295",
  );
});

it("says that requests are missing where only delays are there, and refuses a column twice", async () => {
  const folder = release({ "function_delay_minute/day_00.csv": REQUESTS });
  expect(await failure(folder)).toBe(
    `invalid trace: ${folder.split("/").at(-1)} (huawei-2023 without requests); ` +
      "expected also a file with the columns day, time, functions 0, 1 …",
  );
  expect(await failure(release({ "requests_minute/a.csv": "day,time,0,0\n0,0,1,1\n" }))).toBe(
    "invalid column: 0 (requests_minute/a.csv line 1, twice); expected each column once",
  );
});

it("gives back the counts of any table, by the second or the minute", async () => {
  const cell = fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 99 }) },
  );
  const table = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3 * 1440 - 1 }), fc.array(cell, { minLength: 3, maxLength: 3 })),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  const property = fc.asyncProperty(table, fc.constantFrom(1, 60), async (list, step) => {
    const byTime = new Map(list.map(([minute, row]) => [minute * 60 + (minute % (61 - step)), row]));
    const times = [...byTime.keys()].sort((a, b) => a - b);
    const text = times.map(
      (t) =>
        `${Math.floor(t / 86400)},${t},${byTime
          .get(t)!
          .map((n) => n || "")
          .join(",")}\n`,
    );
    const { folder, manifest } = await read(fileWith("x.csv", `${HEAD}${text.join("")}`));
    const first = Math.floor(times[0]! / 60);
    const found = times.flatMap((t) =>
      byTime
        .get(t)!
        .flatMap((count, i) => (count > 0 ? [`${[0, 1, 10][i]} ${Math.floor(t / 60) - first} ${count}`] : [])),
    );
    expect(await cells(folder)).toEqual(found);
    expect(manifest.first_minute).toBe(first);
  });
  await fc.assert(property, { seed: 3, numRuns: 40 });
});
