import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { cells, content, failure, folderWith, openCounts, read, rows } from "./helpers.js";

const DURATIONS =
  "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,percentile_Average_1," +
  "percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,percentile_Average_100\n";
const MEMORY =
  "HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct5," +
  "AverageAllocatedMb_pct25,AverageAllocatedMb_pct50,AverageAllocatedMb_pct75,AverageAllocatedMb_pct95," +
  "AverageAllocatedMb_pct99,AverageAllocatedMb_pct100\n";
const INVOCATIONS = "HashOwner,HashApp,HashFunction,Trigger,1,2,3\no2,a2,g,timer,0,5,1\no1,a1,f,http,3,0,12\n";

const SMALL = {
  "invocations.csv": INVOCATIONS,
  "durations.csv": `${DURATIONS}o1,a1,f,20,15,1.0,2595.0,2,3,4,5,6,7,8\n`,
  "memory.csv": `${MEMORY}o2,a2,10,120.5,100,101,102,103,104,105,106,107\n`,
};
const CELLS = ["f 0 3", "g 1 5", "f 2 12", "g 2 1"];

it("reads the three families; functions are in order of owner, app and function", async () => {
  const { folder, manifest } = await read(folderWith(SMALL), { name: "small" });
  expect(await cells(folder)).toEqual(CELLS);
  const trace = await openCounts(folder);
  expect(trace.functions).toEqual({
    owner: ["o1", "o2"],
    app: ["a1", "a2"],
    function: ["f", "g"],
    trigger: ["http", "timer"],
  });
  expect(trace.durations).toEqual({
    length: 1,
    functionId: Uint32Array.of(0),
    day: Int32Array.of(0),
    average: Float64Array.of(20),
    count: Float64Array.of(15),
    minimum: Float64Array.of(1),
    maximum: Float64Array.of(2595),
    percentiles: Float64Array.of(2, 3, 4, 5, 6, 7, 8),
  });
  expect(trace.memory).toEqual({
    length: 1,
    owner: ["o2"],
    app: ["a2"],
    function: [null],
    day: Int32Array.of(0),
    sampleCount: Float64Array.of(10),
    average: Float64Array.of(120.5),
    percentiles: Float64Array.of(100, 101, 102, 103, 104, 105, 106, 107),
  });
  await trace.close();
  expect(manifest).toMatchObject({
    name: "small",
    kind: "counts",
    format: "azure-functions-2019",
    keyed_by: "labels",
    first_minute: 0,
    duration_s: 180,
    functions: 2,
    invocations: 21,
    lacks: ["price_class"],
    rows: {
      invocations: { kept: 2, filled: 0, quarantined: 0 },
      durations: { kept: 1, filled: 0, quarantined: 0 },
      memory: { kept: 1, filled: 0, quarantined: 0 },
    },
    notes: ["1 function has no row of durations", "1 app has no row of memory"],
    cpu: { cpu_s: 0.3, unknown: { functions: 1, invocations: 6 } },
  });
  expect(manifest.cpu!.biggest.map((of) => [of.function, of.invocations, of.mean_s, of.share])).toEqual([
    ["f", 15, 0.02, 1],
  ]);
  expect(manifest.sources.map(({ name, bytes }) => [name, bytes])).toEqual([
    ["durations.csv", SMALL["durations.csv"].length],
    ["invocations.csv", INVOCATIONS.length],
    ["memory.csv", SMALL["memory.csv"].length],
  ]);
});

it("reads families by their columns, whatever the files' names", async () => {
  const { "invocations.csv": a, "durations.csv": b, "memory.csv": c } = SMALL;
  const one = await read(folderWith(SMALL));
  const other = await read(folderWith({ x: c, "memory.csv": a, "invocations.txt": b }));
  expect(other.manifest.sha256).toBe(one.manifest.sha256);
});

it.each([
  ["a byte order mark", (text: string) => `\ufeff${text}`],
  ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
  ["no final newline", (text: string) => text.slice(0, -1)],
  ["CRLF but no final newline", (text: string) => text.replaceAll("\n", "\r\n").slice(0, -2)],
  ["empty lines", (text: string) => `${text.replaceAll("\n", "\n\n")}\n`],
  ["gzip", (text: string) => gzipSync(text)],
  ["gzip in two members", (text: string) => Buffer.concat([gzipSync(text.slice(0, 90)), gzipSync(text.slice(90))])],
  ["quoted labels", (text: string) => text.replace(/[oa]\d/g, '"$&"')],
  ["quoted everything", (text: string) => text.replace(/[^,\n]+/g, '"$&"')],
])("reads %s the same", async (_, change) => {
  const plain = await read(folderWith(SMALL));
  const files = Object.entries(SMALL).map(([name, text]) => [name, change(text)]);
  const changed = await read(folderWith(Object.fromEntries(files)));
  expect(content(changed.folder)).toEqual(content(plain.folder));
});

it.each([
  ["counts written 12.0", INVOCATIONS.replace(/,(\d+)(?=[,\n])/g, ",$1.0").replace("1.0,2.0,3.0\n", "1,2,3\n")],
  ["minutes called minute_1", INVOCATIONS.replace("1,2,3\n", "minute_1,minute_2,minute_3\n")],
  ["minutes called 1_minute", INVOCATIONS.replace("1,2,3\n", "1_minute,2_minute,3_minute\n")],
  [
    "another order of columns",
    "3,HashFunction,1,Trigger,2,HashOwner,HashApp\n1,g,0,timer,5,o2,a2\n12,f,3,http,0,o1,a1\n",
  ],
  ["minutes before labels", "1,2,3,Trigger,HashApp,HashOwner,HashFunction\n0,5,1,timer,a2,o2,g\n3,0,12,http,a1,o1,f\n"],
])("reads %s the same", async (_, invocations) => {
  const plain = await read(folderWith({ "invocations.csv": INVOCATIONS }));
  const changed = await read(folderWith({ "invocations.csv": invocations }));
  expect(content(changed.folder)).toEqual(content(plain.folder));
});

it("reads minutes that start elsewhere: the first of them is minute 0", async () => {
  const csv = "HashOwner,HashApp,HashFunction,Trigger,480,481,482,483\no,a,f,http,0,2,0,1\n";
  const { folder, manifest } = await read(folderWith({ "x.csv": csv }));
  expect(await cells(folder)).toEqual(["f 1 2", "f 3 1"]);
  expect(manifest).toMatchObject({ first_minute: 479, duration_s: 240 });
});

it("reads a trace without triggers, durations and memory, and says that it lacks them", async () => {
  const csv = "HashOwner,HashApp,HashFunction,1\no,a,f,7\n";
  const { folder, manifest } = await read(folderWith({ "x.csv": csv }));
  expect(manifest.lacks).toEqual(["trigger", "durations", "memory", "price_class"]);
  expect(manifest.notes).toEqual([]);
  const trace = await openCounts(folder);
  expect(trace.functions.trigger).toEqual([null]);
  expect([trace.durations.length, trace.memory.length]).toEqual([0, 0]);
  expect(manifest.cpu).toEqual({ cpu_s: 0, unknown: { functions: 1, invocations: 7 }, biggest: [] });
  await trace.close();
});

it("reads memory per function where the file has HashFunction", async () => {
  const memory = "HashFunction,HashOwner,HashApp,AverageAllocatedMb\ng,o2,a2,5\nf,o1,a1,7.5\nnobody,o1,a1,8\n";
  const { folder, manifest } = await read(folderWith({ "i.csv": INVOCATIONS, "m.csv": memory }));
  expect(rows(folder, "memory").map((row) => [row["owner"], row["app"], row["function"], row["average_mib"]])).toEqual([
    ["o1", "a1", "f", 7.5],
    ["o2", "a2", "g", 5],
  ]);
  expect(rows(folder, "memory")[0]).toMatchObject({ sample_count: null, pct1_mib: null });
  expect(manifest.notes).toContain("1 row of memory left out: apps or functions without a row of invocations");
});

it("adds up rows of invocations of one function, and says so", async () => {
  const csv = `${INVOCATIONS}o1,a1,f,http,1,1,0\no1,a1,f,http,0,4,1\n`;
  const { folder, manifest } = await read(folderWith({ "i.csv": csv }));
  expect(await cells(folder)).toEqual(["f 0 4", "f 1 5", "g 1 5", "f 2 13", "g 2 1"]);
  expect(manifest.notes).toEqual(["2 rows of invocations added to another of the same function and day"]);
  expect(manifest).toMatchObject({ functions: 2, invocations: 28, rows: { invocations: { kept: 4 } } });
});

it("gives a function whose rows have several triggers the one with most invocations", async () => {
  const csv = "HashOwner,HashApp,HashFunction,Trigger,1\no,a,f,timer,2\no,a,f,queue,3\no,a,f,timer,2\no,a,f,,90\n";
  const { folder, manifest } = await read(folderWith({ "i.csv": csv }));
  expect(rows(folder, "functions")[0]!["trigger"]).toBe("timer");
  expect(manifest.notes).toContain("1 function has several triggers: the one with most invocations stays");
});

it("keeps of duplicate durations and memory the row with the larger count, then the larger values", async () => {
  const durations = `${DURATIONS}o1,a1,f,9,5,,,,,,,,,\no1,a1,f,20,15,1,,,,,,,,\no1,a1,f,20,15,2,,,,,,,,\n`;
  const memory = `${MEMORY}o1,a1,3,1,,,,,,,,\no1,a1,4,1,,,,,,,,\n`;
  const { folder, manifest } = await read(folderWith({ "i.csv": INVOCATIONS, "d.csv": durations, "m.csv": memory }));
  expect(rows(folder, "durations").map((row) => [row["average_ms"], row["count"], row["minimum_ms"]])).toEqual([
    [20, 15, 2],
  ]);
  expect(rows(folder, "memory").map((row) => row["sample_count"])).toEqual([4]);
  expect(manifest.notes).toEqual([
    "2 rows of durations left out for one with a larger Count and the same key",
    "1 function has no row of durations",
    "1 row of memory left out for one with a larger SampleCount and the same key",
    "1 app has no row of memory",
  ]);
});

it("keeps negative averages and minima as they are, and counts their functions as of unknown duration", async () => {
  const durations = `${DURATIONS}o1,a1,f,-41692,15,-1027768.0,2595.0,,,,,,,\no2,a2,g,0,6,0,0,,,,,,,\n`;
  const { folder, manifest } = await read(folderWith({ "i.csv": INVOCATIONS, "d.csv": durations }));
  expect(rows(folder, "durations")[0]).toMatchObject({ average_ms: -41692, minimum_ms: -1027768, maximum_ms: 2595 });
  expect(manifest.notes).toEqual(["1 row of durations with a negative Average or Minimum, kept as they are"]);
  expect(manifest.cpu).toEqual({ cpu_s: 0, unknown: { functions: 1, invocations: 15 }, biggest: [] });
});

it("takes an empty field and nan in durations for not known", async () => {
  const durations = `${DURATIONS}o1,a1,f,,NaN,nan,3,,,,,,,\n`;
  const { folder } = await read(folderWith({ "i.csv": INVOCATIONS, "d.csv": durations }));
  expect(rows(folder, "durations")[0]).toMatchObject({
    average_ms: null,
    count: null,
    minimum_ms: null,
    maximum_ms: 3,
  });
});

it("leaves out durations and memory of functions and apps that have no row of invocations", async () => {
  const durations = `${DURATIONS}o1,a1,f,1,1,,,,,,,,,\no1,a2,f,1,1,,,,,,,,,\n`;
  const memory = `${MEMORY}o2,a1,1,1,,,,,,,,\n`;
  const { folder, manifest } = await read(folderWith({ "i.csv": INVOCATIONS, "d.csv": durations, "m.csv": memory }));
  expect(rows(folder, "durations")).toHaveLength(1);
  expect(rows(folder, "memory")).toHaveLength(0);
  expect(manifest.rows["durations"]).toEqual({ kept: 2, filled: 0, quarantined: 0 });
  expect(manifest.notes).toEqual([
    "1 row of durations left out: functions without a row of invocations",
    "1 function has no row of durations",
    "1 row of memory left out: apps or functions without a row of invocations",
    "2 apps have no row of memory",
  ]);
});

it("tells functions of one name apart by owner and app", async () => {
  const csv = "HashOwner,HashApp,HashFunction,1\no,a,f,1\no,b,f,2\np,a,f,3\n";
  const { manifest } = await read(folderWith({ "i.csv": csv }));
  expect(manifest.functions).toBe(3);
});

it("keeps functions whose cells are all zero", async () => {
  const csv = "HashOwner,HashApp,HashFunction,1,2\no,a,f,0,0\no,a,g,0,0\n";
  const { folder, manifest } = await read(folderWith({ "i.csv": csv }));
  expect(manifest).toMatchObject({ functions: 2, invocations: 0, duration_s: 120 });
  expect(await cells(folder)).toEqual([]);
});

const dayFile = (day: number, csv: string) => ({ [`invocations_per_function_md.anon.d0${day}.csv`]: csv });

it("joins days into one trace; a day without a file is minutes without invocations", async () => {
  const head = "HashOwner,HashApp,HashFunction,Trigger,1439,1440\n";
  const all = "HashOwner,HashApp,HashFunction,Trigger,1,2\n";
  const folder = folderWith({
    ...dayFile(5, `${all}o,a,new,http,1,0\no,a,f,http,0,6\n`),
    ...dayFile(2, `${head}o,a,f,http,4,0\n`),
    ...dayFile(3, `${all}o,a,f,http,0,5\n`),
    "function_durations_percentiles.anon.d02.csv": `${DURATIONS}o,a,f,10,1,,,,,,,,,\n`,
    "function_durations_percentiles.anon.d05.csv": `${DURATIONS}o,a,f,30,1,,,,,,,,,\n`,
    "function_durations_percentiles.anon.d09.csv": `${DURATIONS}o,a,f,50,1,,,,,,,,,\n`,
    "app_memory_percentiles.anon.d03.csv": `${MEMORY}o,a,1,100,,,,,,,,\n`,
  });
  const one = await read(folder);
  expect(await cells(one.folder)).toEqual(["f 0 4", "f 3 5", "new 2882 1", "f 2883 6"]);
  expect(rows(one.folder, "durations").map((row) => [row["day"], row["average_ms"]])).toEqual([
    [0, 10],
    [3, 30],
  ]);
  expect(rows(one.folder, "memory")[0]).toMatchObject({ day: 1 });
  expect(one.manifest).toMatchObject({ first_minute: 2878, duration_s: 60 * (2 + 2 * 1440 + 2), invocations: 16 });
  expect(one.manifest.notes).toEqual([
    "no invocations file for day 4: minutes without invocations",
    "left aside, of days without invocations: function_durations_percentiles.anon.d09.csv",
    "1 function has no row of durations",
  ]);
  expect(one.manifest.cpu).toMatchObject({ cpu_s: 0.04 + 0.18, unknown: { functions: 2, invocations: 6 } });
});

it("reads days packed with gzip the same", async () => {
  const days = [1, 2, 4].map((day) => [day, `${INVOCATIONS}o1,a1,f,http,${day},0,0\n`] as const);
  const plain = await read(folderWith(Object.assign({}, ...days.map(([day, csv]) => dayFile(day, csv)))), {
    name: "x",
  });
  const packed = days.map(([day, csv]) => [`day.d0${day}.csv.gz`, gzipSync(csv)]);
  const other = await read(folderWith(Object.fromEntries(packed)), { name: "x" });
  expect(content(other.folder)).toEqual(content(plain.folder));
});

it("does not let the day in the names change the content's sha256", async () => {
  const first = await read(folderWith(dayFile(1, INVOCATIONS)));
  const third = await read(folderWith(dayFile(3, INVOCATIONS)));
  expect(third.manifest.sha256).toBe(first.manifest.sha256);
  expect(third.manifest.first_minute).toBe(2880);
});

it("refuses two files of a family and day", async () => {
  const folder = folderWith({ "a.csv": INVOCATIONS, "invocations.d01.csv": INVOCATIONS });
  expect(await failure(folder)).toBe(
    "invalid file: invocations.d01.csv (invocations of day 1, which a.csv has too); " +
      "expected one file for a day, named ….d01.csv and so on",
  );
});

it("takes files one by one as well as a folder", async () => {
  const folder = folderWith(SMALL);
  const whole = await read(folder, { name: "x" });
  const parts = await read(
    Object.keys(SMALL).map((name) => join(folder, name)),
    { name: "x" },
  );
  expect(parts.manifest).toEqual(whole.manifest);
});

it("says which columns and files it does not read", async () => {
  const csv = "HashOwner,HashApp,HashFunction,Region,1\no,a,f,eu,1\n";
  const { manifest } = await read(
    folderWith({ "i.csv": csv, "WHY.csv": "HashFunction,reason\nf,none\n", "README.md": "hello" }),
  );
  expect(manifest.notes).toEqual([
    "column not read: Region",
    "left aside, no table of azure-functions-2019: README.md and WHY.csv",
  ]);
});

it("renames columns with a map", async () => {
  const csv = "tenant,HashApp,HashFunction,1\no,a,f,1\n";
  const { folder } = await read(folderWith({ "i.csv": csv }), { map: { tenant: "HashOwner" } });
  expect(rows(folder, "functions")[0]).toMatchObject({ owner: "o", function: "f" });
});

it("reads a row longer than a block", async () => {
  const long = "x".repeat(3 << 20);
  const csv = `HashOwner,HashApp,HashFunction,1\no,a,${long},1\no,a,f,2\n`;
  const { folder } = await read(folderWith({ "i.csv": csv }));
  expect(rows(folder, "functions").map((row) => String(row["function"]).length)).toEqual([1, long.length]);
});
