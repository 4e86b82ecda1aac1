import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { content, failure, fileWith, folderWith, read, rows } from "./helpers.js";

const HEAD =
  "time_worker,time_frontend,requestID,clusterName,funcName,podID,userID,totalCost_worker,cpu_usage,memory_usage\n";
const ROWS = [
  "2592010.5,2592010.6,aa,3,411,pool22-300-128-0000177166,301,0.5,0.1,32.25",
  "2592003.25,,bb,4,34,pool24-600-512-0000014767,83,1.25,0.1,",
  "2592010.0,2592010.1,cc,3,411,pool22-300-128-0000000002,301,0,0.1,64",
];
const REQUESTS = `${HEAD}${ROWS.join("\n")}\n`;
const UNREAD = "columns not read: clusterName, cpu_usage, requestID and time_frontend";

it("reads requests as invocations that end at time_worker, counted from the minute of the first", async () => {
  const { folder, manifest } = await read(fileWith("R5.csv", REQUESTS));
  expect(rows(folder, "functions")).toEqual([
    { function_id: 0, owner: "301", app: null, function: "411---301---pool22-300-128", trigger: null },
    { function_id: 1, owner: "83", app: null, function: "34---83---pool24-600-512", trigger: null },
  ]);
  const nothing = { price_class: null, parent: null };
  expect(rows(folder, "invocations")).toEqual([
    { function_id: 1, arrival_s: 2, runtime_s: 1.25, memory_initial_mib: null, memory_peak_mib: null, ...nothing },
    { function_id: 0, arrival_s: 10, runtime_s: 0, memory_initial_mib: 64, memory_peak_mib: 64, ...nothing },
    { function_id: 0, arrival_s: 10, runtime_s: 0.5, memory_initial_mib: 32.25, memory_peak_mib: 32.25, ...nothing },
  ]);
  expect(manifest).toMatchObject({
    kind: "invocations",
    format: "huawei-2025",
    keyed_by: "labels",
    first_minute: 43200,
    duration_s: 10,
    functions: 2,
    invocations: 3,
    rows: { requests: { kept: 3, filled: 0, quarantined: 0 } },
    lacks: ["app", "trigger", "price_class"],
    notes: ["arrivals count from minute 43200 of the release, that of the first", UNREAD],
    cpu: { cpu_s: 1.75 },
  });
});

it("reads the parts of a folder as one log, whatever the order of rows, plain or packed", async () => {
  const one = await read(fileWith("x.csv", REQUESTS), { name: "x" });
  const parts = folderWith({
    "part_1.csv": `${HEAD}${ROWS[2]}\n`,
    "part_2.csv.gz": gzipSync(`${HEAD}${ROWS[1]}\n${ROWS[0]}\n`),
  });
  const two = await read(parts, { name: "x" });
  expect({ ...content(two.folder) }).toEqual(content(one.folder));
});

it("takes triggers from the table of functions, and leaves cold starts and quantiles aside", async () => {
  const { folder, manifest } = await read(
    folderWith({
      "day_30.csv": REQUESTS,
      "df_funcID_runtime_triggerType.csv":
        "funcID,cpu_request,runtime,triggerType-invocationType\n" +
        '411---301---pool22-300-128,100,Python3,"APIG-S,TIMER-A"\n1---1---pool1-1-1,100,Java,workflow-S\n',
      "cold.csv": "day,time,clusterName,funcName,userID,requestID,totalCost_cold_start,podID\n0,1.5,1,1,1,a,0.2,p\n",
      "quantiles.csv": "day,time,400---418---pool22-300-128\n0,0,1\n",
    }),
  );
  expect(rows(folder, "functions").map((row) => row["trigger"])).toEqual(["APIG-S,TIMER-A", null]);
  expect(manifest.rows["functions"]).toEqual({ kept: 2, filled: 0, quarantined: 0 });
  expect(manifest.lacks).toEqual(["app", "price_class"]);
  expect(manifest.notes).toEqual([
    "arrivals count from minute 43200 of the release, that of the first",
    "1 file of cold starts left aside: they are no requests",
    "1 file of quantiles per minute left aside: they are no requests",
    UNREAD,
  ]);
});

it("says that requests are missing where only cold starts are there", async () => {
  const folder = folderWith({ "cold.csv": "day,time,funcName,totalCost_cold_start\n0,1.5,1,0.2\n" });
  expect(await failure(folder)).toBe(
    `invalid trace: ${folder.split("/").at(-1)} (huawei-2025 without requests); ` +
      "expected also a file with the columns time_worker, totalCost_worker, funcName",
  );
});

it("reads a table of the columns that it needs alone, and moves an arrival below 0 to 0", async () => {
  const { folder, manifest } = await read(fileWith("x.csv", "funcName,totalCost_worker,time_worker\n7,2,1.5\n7,1,4\n"));
  expect(rows(folder, "functions")).toEqual([{ function_id: 0, owner: null, app: null, function: "7", trigger: null }]);
  expect(rows(folder, "invocations").map((row) => row["arrival_s"])).toEqual([0, 3.5]);
  expect(manifest.lacks).toEqual(["owner", "app", "trigger", "memory", "price_class"]);
  expect(manifest.notes).toEqual(["the earliest start was -0.5 s: all arrivals moved by that, to 0"]);
});

it.each([
  [
    "a time that is no number",
    "soon,,a,1,1,p,1,1,1,1",
    "time_worker: soon",
    "a number of seconds since the release's start, up to 3155760000",
  ],
  ["a negative cost", "1,,a,1,1,p,1,-1,1,1", "totalCost_worker: -1", "a number of seconds from 0 to 3155760000"],
  ["a cost that is not there", "1,,a,1,1,p,1,,1,1", 'totalCost_worker: ""', "a number of seconds from 0 to 3155760000"],
  ["memory that is no number", "1,,a,1,1,p,1,1,1,lots", "memory_usage: lots", "a number of MB >= 0, or nothing"],
])("stops at %s with file, line and value", async (_, row, what, expected) => {
  expect(await failure(fileWith("x.csv", `${HEAD}${ROWS[0]}\n${row}\n`))).toBe(
    `invalid ${what} (x.csv line 3); expected ${expected}`,
  );
});

it("stops at a row cut short and at a pod that is no UTF-8", async () => {
  expect(await failure(fileWith("x.csv", `${HEAD}${ROWS[0]}\n1,,a,1`))).toBe(
    "invalid row: 4 fields (x.csv line 3, the last, without a line end); expected 10 fields",
  );
  const bytes = Buffer.concat([Buffer.from(`${HEAD}1,,a,1,1,p`), Buffer.of(0xff), Buffer.from(",1,1,1,1\n")]);
  expect(await failure(fileWith("x.csv", bytes))).toBe(
    "invalid label: p\ufffd (x.csv line 2, column podID); expected text in UTF-8",
  );
});
