import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { cells, failure, fileWith, folderWith, openLog, read, rows } from "./helpers.js";

const COUNTS = "HashOwner,HashApp,HashFunction,Trigger,480,481,482\n";
const LOG = "app,func,end_timestamp,duration\n";
const WORKLOAD = "arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,parent\n";
const NAMES =
  "azure-functions-2019, azure-functions-2021, azure-llm-2023, aws-lambda-report, huawei-2023, huawei-2025, workload";
const KNOWN = `files of one of ${NAMES}`;

it.each([
  [
    "a negative count",
    "o,a,f,http,1,2,-3\n",
    "invalid count: -3 (i.csv line 3, column 482); expected a whole number >= 0",
  ],
  [
    "a count that is no number",
    "o,a,f,http,1,x2,3\n",
    "invalid count: x2 (i.csv line 3, column 481); expected a whole number >= 0",
  ],
  ["an empty count", "o,a,f,http,1,,3\n", 'invalid count: "" (i.csv line 3, column 481); expected a whole number >= 0'],
  ["a fraction", "o,a,f,http,1.5,1,3\n", "invalid count: 1.5 (i.csv line 3, column 480); expected a whole number >= 0"],
  [
    "NaN as a count",
    "o,a,f,http,0,0,NaN\n",
    "invalid count: NaN (i.csv line 3, column 482); expected a whole number >= 0",
  ],
  [
    "a count beyond 32 bits",
    "o,a,f,http,0,4294967296,0\n",
    "invalid count: 4294967296 (i.csv line 3, column 481); expected a whole number from 0 to 4294967295",
  ],
  ["a missing field", "o,a,f,http,1,2\n", "invalid row: 6 fields (i.csv line 3); expected 7 fields"],
  ["a field too many", "o,a,f,http,1,2,3,4\n", "invalid row: 8 fields (i.csv line 3); expected 7 fields"],
  ["a row of one field", "oops\n", "invalid row: 1 field (i.csv line 3); expected 7 fields"],
  [
    "a file cut in mid-row",
    "o,a,f,http,1,",
    "invalid row: 6 fields (i.csv line 3, the last, without a line end); expected 7 fields",
  ],
  [
    "a file cut in a label",
    "o,a,f",
    "invalid row: 3 fields (i.csv line 3, the last, without a line end); expected 7 fields",
  ],
  [
    "a quote without its end",
    'o,"a,f,http,1,2,3\n',
    "invalid field: \"a,f,http,1,2,3 (i.csv line 3); expected a closing quote before the line's end",
  ],
])("stops at %s with file, line and value", async (_, row, message) => {
  expect(await failure(fileWith("i.csv", `${COUNTS}o,a,good,http,1,2,3\n${row}`))).toBe(message);
});

it("stops at a label that is no UTF-8", async () => {
  const csv = Buffer.concat([Buffer.from(`${COUNTS}o,a`), Buffer.of(0xff), Buffer.from(",f,http,1,2,3\n")]);
  expect(await failure(fileWith("i.csv", csv))).toBe(
    "invalid label: a\ufffd (i.csv line 2, column HashApp); expected text in UTF-8",
  );
});

const invocations = `${COUNTS}o,a,f,http,1,2,3\n`;
it.each([
  [
    "a count of durations that is no whole number",
    "HashOwner,HashApp,HashFunction,Average,Count\no,a,f,1,2.5\n",
    "invalid count: 2.5 (x.csv line 2, column Count); expected a whole number >= 0",
  ],
  [
    "a negative count of durations",
    "HashOwner,HashApp,HashFunction,Average,Count\no,a,f,1,-2\n",
    "invalid count: -2 (x.csv line 2, column Count); expected a whole number >= 0",
  ],
  [
    "a duration that is no number",
    "HashOwner,HashApp,HashFunction,Average,Count\no,a,f,1s,2\n",
    "invalid duration: 1s (x.csv line 2, column Average); expected a number, or nothing where it is not known",
  ],
  [
    "an infinite duration",
    "HashOwner,HashApp,HashFunction,Average,Maximum\no,a,f,1,inf\n",
    "invalid duration: inf (x.csv line 2, column Maximum); expected a number, or nothing where it is not known",
  ],
  [
    "memory that is no number",
    "HashOwner,HashApp,AverageAllocatedMb,AverageAllocatedMb_pct1\no,a,120,lots\n",
    "invalid memory: lots (x.csv line 2, column AverageAllocatedMb_pct1); expected a number, or nothing where it is not known",
  ],
  [
    "durations cut in mid-row",
    "HashOwner,HashApp,HashFunction,Average,Count\no,a,f,1",
    "invalid row: 4 fields (x.csv line 2, the last, without a line end); expected 5 fields",
  ],
])("stops at %s with file, line and value", async (_, csv, message) => {
  expect(await failure(folderWith({ "i.csv": invocations, "x.csv": csv }))).toBe(message);
});

it.each([
  ["a negative duration", "a,f,10,-0.5\n", "invalid duration: -0.5 (l.csv line 3); expected a number of seconds >= 0"],
  [
    "a duration that is no number",
    "a,f,10,1s\n",
    "invalid duration: 1s (l.csv line 3); expected a number of seconds >= 0",
  ],
  ["a duration of NaN", "a,f,10,NaN\n", "invalid duration: NaN (l.csv line 3); expected a number of seconds >= 0"],
  ["an end that is no number", "a,f,,1\n", 'invalid end_timestamp: "" (l.csv line 3); expected a number of seconds'],
  [
    "a file cut in mid-row",
    "a,f,1",
    "invalid row: 3 fields (l.csv line 3, the last, without a line end); expected 4 fields",
  ],
])("stops in a log at %s with file, line and value", async (_, row, message) => {
  expect(await failure(fileWith("l.csv", `${LOG}a,f,1,1\n${row}`))).toBe(message);
});

it.each([
  ["a negative arrival", "-1,1,0,1,1,", "invalid arrival_s: -1 (w.csv line 3); expected a number of seconds >= 0"],
  ["an arrival of NaN", "nan,1,0,1,1,", "invalid arrival_s: nan (w.csv line 3); expected a number of seconds >= 0"],
  [
    "a runtime that is not there",
    "1,,0,1,1,",
    'invalid runtime_s: "" (w.csv line 3); expected a number of seconds >= 0',
  ],
  ["a negative runtime", "1,-2,0,1,1,", "invalid runtime_s: -2 (w.csv line 3); expected a number of seconds >= 0"],
  ["an infinite runtime", "1,inf,0,1,1,", "invalid runtime_s: inf (w.csv line 3); expected a number of seconds >= 0"],
  [
    "a runtime too large",
    "1,1e999,0,1,1,",
    "invalid runtime_s: 1e999 (w.csv line 3); expected a number of seconds >= 0",
  ],
  [
    "a price class of 256",
    "1,1,256,1,1,",
    "invalid price_class: 256 (w.csv line 3); expected a whole number from 0 to 255, or nothing",
  ],
  [
    "a price class of 0.5",
    "1,1,0.5,1,1,",
    "invalid price_class: 0.5 (w.csv line 3); expected a whole number from 0 to 255, or nothing",
  ],
  [
    "negative memory",
    "1,1,0,-1,1,",
    "invalid memory_initial_mib: -1 (w.csv line 3); expected a number of MiB >= 0, or nothing",
  ],
  [
    "a peak below the initial memory",
    "1,1,0,100,50,",
    "invalid memory_peak_mib: 50 (w.csv line 3); expected at least memory_initial_mib, 100",
  ],
  [
    "a negative parent",
    "1,1,0,1,1,-1",
    "invalid parent: -1 (w.csv line 3); expected the number of an earlier row, counted from 0, or nothing",
  ],
  [
    "a parent that is the row itself",
    "1,1,0,1,1,1",
    "invalid parent: 1 (w.csv, row 1 counted from 0); expected the number of a row that arrives earlier",
  ],
  [
    "a parent that is no row",
    "1,1,0,1,1,2",
    "invalid parent: 2 (w.csv, row 1 counted from 0); expected the number of a row that arrives earlier",
  ],
])("stops in a workload table at %s with file, line and value", async (_, row, message) => {
  expect(await failure(fileWith("w.csv", `${WORKLOAD}0,1,0,1,1,\n${row}\n`))).toBe(message);
});

it("names the user's own column where a map renamed it", async () => {
  const path = fileWith("w.csv", "start,runtime_s\nsoon,1\n");
  expect(await failure(path, { map: { start: "arrival_s" } })).toBe(
    "invalid arrival_s: soon (w.csv line 2, column start); expected a number of seconds >= 0",
  );
});

it("moves bad rows to rejects.csv and counts them, when asked to", async () => {
  const folder = folderWith({
    "i.csv": `${COUNTS}o,a,f,http,1,2,-3\r\no,a,f,http,1,0,3\n"o,a",a,f\no,a,g,http,0,1,0\n`,
    "d.csv": "HashOwner,HashApp,HashFunction,Average\no,a,f,slow\no,a,g,7\n",
  });
  const { folder: out, manifest } = await read(folder, { onBadRow: "quarantine" });
  expect(readFileSync(join(out, "rejects.csv"), "utf8")).toBe(
    "file,line,reason,row\n" +
      '"i.csv",2,"invalid count: -3 (column 482); expected a whole number >= 0","o,a,f,http,1,2,-3"\n' +
      '"i.csv",4,"invalid row: 3 fields (in this row); expected 7 fields","""o,a"",a,f"\n' +
      '"d.csv",2,"invalid duration: slow (column Average); expected a number, or nothing where it is not known","o,a,f,slow"\n',
  );
  expect(manifest.rows).toEqual({
    invocations: { kept: 2, filled: 0, quarantined: 2 },
    durations: { kept: 1, filled: 0, quarantined: 1 },
    memory: { kept: 0, filled: 0, quarantined: 0 },
  });
  expect(manifest.invocations).toBe(5);
  expect(await cells(out)).toEqual(["f 0 1", "g 1 1", "f 2 3"]);
});

it("keeps the bytes of a bad row as they are", async () => {
  const csv = Buffer.concat([Buffer.from(`${LOG}a`), Buffer.of(0xfe), Buffer.from(",f,1,1\na,f,1,1\n")]);
  const { folder } = await read(fileWith("l.csv", csv), { onBadRow: "quarantine" });
  expect(readFileSync(join(folder, "rejects.csv")).includes(Buffer.of(0x61, 0xfe, 0x2c))).toBe(true);
});

it("quarantines rows of a workload table; a row whose parent is among them loses it, and that is said", async () => {
  const csv = `${WORKLOAD}0,1,,,,\n1,bad,,,,0\n2,1,,,,1\n3,1,,,,2\n4,1,,,,0\n`;
  const { folder, manifest } = await read(fileWith("w.csv", csv), { onBadRow: "quarantine" });
  expect(rows(folder, "invocations").map((row) => row["parent"])).toEqual([null, null, 1, 0]);
  expect(manifest.notes).toEqual(["1 row has lost a parent that is among the bad rows"]);
  expect(manifest.rows["invocations"]).toEqual({ kept: 4, filled: 0, quarantined: 1 });
  expect(manifest.invocations).toBe(4);
});

it("has no rejects.csv where no row is bad", async () => {
  const { folder } = await read(fileWith("l.csv", `${LOG}a,f,1,1\n`), { onBadRow: "quarantine" });
  expect(() => readFileSync(join(folder, "rejects.csv"))).toThrow("ENOENT");
  const log = await openLog(folder);
  await log.close();
});

it.each([
  ["i.csv", `${COUNTS}o,a,f,http,1,2,x\n`],
  ["i.csv", `${LOG}a,f,1,-1\n`],
  ["i.csv", "arrival_s,runtime_s\n-1,1\n"],
])("does not make a trace where every row is bad", async (name, csv) => {
  expect(await failure(fileWith(name, csv), { onBadRow: "quarantine" })).toBe(
    "invalid file: i.csv (every row is bad); expected at least one row that can be kept",
  );
});

it.each([COUNTS, LOG, "arrival_s,runtime_s\n", "arrival_s,runtime_s"])(
  "says that a file has only a header",
  async (csv) => {
    expect(await failure(fileWith("h.csv", csv))).toBe(
      "invalid file: h.csv (no rows after the header); expected at least one row",
    );
  },
);

it("says that there is no such file", async () => {
  expect(await failure("/no/such")).toBe(
    "invalid trace: /no/such (no such file or folder); expected a trace's files or folder",
  );
});

it("says that a folder is of no known format, and which formats there are", async () => {
  const folder = folderWith({ "notes.txt": "hello\nworld\n", "x.csv": "a,b\n1,2\n" });
  expect(await failure(folder)).toBe(
    `invalid trace: ${folder.split("/").at(-1)} (a folder of no known format); expected ${KNOWN}`,
  );
});

it("says that a folder is empty", async () => {
  const folder = folderWith({});
  expect(await failure(folder)).toBe(
    `invalid trace: ${folder} (a folder without files); expected a trace's files or folder`,
  );
});

it("says that a file is of no known format, and which formats there are", async () => {
  expect(await failure(fileWith("x.csv", "a,b\n1,2\n"))).toBe(
    `invalid format: x.csv (columns a, b); expected ${KNOWN}`,
  );
});

it.each([
  ["HashOwner,HashApp,Trigger,1,2\n", "HashFunction", "HashOwner, HashApp, HashFunction, minutes 1 … 1440"],
  ["HashOwner,HashApp,HashFunction\n", "minutes 1 … 1440", "HashOwner, HashApp, HashFunction, minutes 1 … 1440"],
  ["HashOwner,App,HashFunction,Average\n", "HashApp", "HashOwner, HashApp, HashFunction, Average"],
  ["app,func,end,duration\n", "end_timestamp", "app, func, end_timestamp, duration"],
  ["arrival_s,runtime\n", "runtime_s", "arrival_s, runtime_s"],
])("names the column that is missing in %s", async (header, missing, columns) => {
  const message = `invalid column: ${missing} (x.csv line 1, missing); expected the columns ${columns}`;
  expect(await failure(fileWith("x.csv", `${header}1,2\n`))).toBe(message);
  expect(await failure(folderWith({ "x.csv": `${header}1,2\n` }))).toBe(message);
});

it.each([
  ["HashOwner,HashApp,HashFunction,1,1\n", "invalid column: 1 (x.csv line 1, twice); expected each column once"],
  [
    "HashOwner,HashApp,HashFunction,1,minute_1\n",
    "invalid column: minute_1 (x.csv line 1, twice); expected each column once",
  ],
  [
    "HashOwner,HashOwner,HashApp,HashFunction,1\n",
    "invalid column: HashOwner (x.csv line 1, twice); expected each column once",
  ],
  ["HashOwner,HashApp,HashFunction,0\n", "invalid column: 0 (x.csv line 1); expected minutes from 1 to 1440"],
  ["HashOwner,HashApp,HashFunction,1441\n", "invalid column: 1441 (x.csv line 1); expected minutes from 1 to 1440"],
  ["app,app,func,end_timestamp,duration\n", "invalid column: app (x.csv line 1, twice); expected each column once"],
  ["arrival_s,runtime_s,arrival_s\n", "invalid column: arrival_s (x.csv, twice); expected each column once"],
])("refuses the header %s", async (header, message) => {
  expect(await failure(fileWith("x.csv", `${header}1,2,3\n`))).toBe(message);
});

it("says that invocations are missing where only durations are there", async () => {
  const folder = folderWith({ "d.csv": "HashOwner,HashApp,HashFunction,Average\no,a,f,1\n" });
  expect(await failure(folder)).toBe(
    `invalid trace: ${folder.split("/").at(-1)} (azure-functions-2019 without invocations); ` +
      "expected also a file with the columns HashOwner, HashApp, HashFunction, minutes 1 … 1440",
  );
});

it("refuses a folder of two formats, until it is told which", async () => {
  const folder = folderWith({ "i.csv": invocations, "l.csv": `${LOG}a,f,1,1\n` });
  expect(await failure(folder)).toBe(
    "invalid format: azure-functions-2019 and azure-functions-2021 " +
      `(${folder.split("/").at(-1)}, which is both); expected one of them, given with --format`,
  );
  expect((await read(folder, { format: "azure-functions-2021" })).manifest.format).toBe("azure-functions-2021");
});

it("stops at a header in mid-file, and not at counts that are the names of their columns", async () => {
  const whole = `${COUNTS}o,a,f,http,480,481,482\n`;
  expect((await read(fileWith("i.csv", whole))).manifest.rows["invocations"]?.["kept"]).toBe(1);
  const twice = fileWith("i.csv", whole + whole);
  expect(await failure(twice)).toBe("invalid row: the header (i.csv line 3); expected it in the first line only");
  expect((await read(twice, { onBadRow: "quarantine" })).manifest.rows["invocations"]).toMatchObject({
    kept: 2,
    quarantined: 1,
  });
});

it("refuses files of two formats, named one by one", async () => {
  const log = fileWith("l.csv", `${LOG}a,f,1,1\n`);
  const tokens = fileWith("t.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,1\n");
  const message = "invalid file: t.csv (azure-llm-2023, beside azure-functions-2021); expected files of one format";
  expect(await failure([log, tokens])).toBe(message);
  expect(await failure([tokens, log])).toBe(message);
});

it("refuses a format that does not exist", async () => {
  expect(await failure(fileWith("i.csv", invocations), { format: "azure" })).toBe(
    `invalid format: azure (--format); expected one of ${NAMES}`,
  );
});

it("refuses a format that the file is not of", async () => {
  expect(await failure(fileWith("i.csv", invocations), { format: "workload" })).toBe(
    "invalid format: i.csv (columns HashOwner, HashApp, HashFunction, Trigger, 480, 481, 482); " +
      "expected files of workload",
  );
});

it.each([
  ["x.parquet", Buffer.from("PARExxxxxxxx"), "encrypted Parquet"],
  ["x.csv.bz2", Buffer.from("BZh91AY&SY"), "packed with bzip2"],
  ["x.zip", Buffer.from("PK\u0003\u0004xxxx"), "a zip archive"],
  ["x.rar", Buffer.from("Rar!\u001a\u0007xxx"), "a rar archive"],
  ["x.csv", Buffer.from("\ufeffapp,func\n", "utf16le"), "not UTF-8 text"],
])("says what %s is", async (name, bytes, what) => {
  expect(await failure(fileWith(name, bytes))).toBe(
    `invalid file: ${name} (${what}); expected ${KNOWN}, as CSV, JSON, log text, Arrow or Parquet`,
  );
});

it("says that a file is empty", async () => {
  const message = "invalid file: x.csv (empty); expected a header and rows";
  expect(await failure(fileWith("x.csv", ""))).toBe(message);
  expect(await failure(folderWith({ "i.csv": invocations, "x.csv": "" }))).toBe(message);
  expect(await failure(fileWith("x.csv.gz", gzipSync("")))).toBe(message.replace("x.csv", "x.csv.gz"));
});

it("says that gzip is cut short or damaged", async () => {
  const packed = gzipSync(`${LOG}${Array.from({ length: 20000 }, (_, i) => `a${i},f,${i}.5,1\n`).join("")}`);
  expect(await failure(fileWith("l.csv.gz", packed.subarray(0, packed.length >> 1)))).toBe(
    "invalid file: l.csv.gz (gzip, cut short); expected a whole .gz file",
  );
  const damaged = Buffer.from(packed);
  damaged.fill(0x55, packed.length >> 1, (packed.length >> 1) + 2000);
  expect(await failure(fileWith("l.csv.gz", damaged))).toBe(
    "invalid file: l.csv.gz (damaged gzip); expected a whole .gz file",
  );
});

it("says that an Arrow file is cut short", async () => {
  const whole = readFileSync(join(import.meta.dirname, "../fixtures/arrow/pyarrow-file.arrow"));
  expect(await failure(fileWith("w.arrow", whole.subarray(0, whole.length >> 1)))).toBe(
    "invalid table: w.arrow (cut short or not Arrow); expected a whole Arrow file",
  );
});

it("refuses a second workload table, and a column mapped to no column of ours or from no column of theirs", async () => {
  const csv = "start,runtime_s\n0,1\n";
  const folder = folderWith({ "a.csv": csv, "b.csv": csv });
  const map = { start: "arrival_s" };
  expect(await failure(folder, { map })).toBe("invalid trace: b.csv (a second table beside a.csv); expected one table");
  expect(await failure(join(folder, "a.csv"), { map: { ...map, runtime_s: "runtime" } })).toBe(
    "invalid column: runtime_s (a.csv line 1, missing); expected the columns arrival_s, runtime_s",
  );
  expect(await failure(join(folder, "a.csv"), { map: { ...map, x: "owner" } })).toBe(
    "invalid column: x (--map, not in a.csv); expected one of start, runtime_s",
  );
  writeFileSync(join(folder, "a.csv"), "start,runtime_s,x\n0,1,2\n");
  expect(await failure(join(folder, "a.csv"), { map: { ...map, x: "tenant" } })).toBe(
    "invalid column: tenant (--map); expected one of arrival_s, runtime_s, price_class, memory_initial_mib, " +
      "memory_peak_mib, parent, owner, app, function, trigger",
  );
});

it("names the column of --map that is not there, whatever else is, before it tells the format", async () => {
  const csv = fileWith("w.csv", "start,took,b,c,d,e,f,g,h\n0,1,,,,,,,\n");
  const columns = "one of their columns, such as start, took, b, c, d, e, f, g";
  const maps = [{ nope: "arrival_s" }, { nope: "arrival_s", took: "runtime_s" }, { start: "arrival_s", nope: "owner" }];
  for (const map of maps) {
    expect(await failure(csv, { map })).toBe(`invalid column: nope (--map, not in w.csv); expected ${columns}`);
  }
  const folder = folderWith({ "a.csv": "start,took\n0,1\n", "b.csv": "x\n" });
  expect(await failure(folder, { map: { nope: "arrival_s" } })).toBe(
    "invalid column: nope (--map, in none of the files); expected one of start, took, x",
  );
  expect(await failure(folder, { map: { start: "arrival_s", took: "runtime_s", x: "owner" } })).toBe(
    "invalid column: x (--map, in no file of workload); expected one of their columns",
  );
});

it("takes a --map whose columns are called as they should be already", async () => {
  const { manifest } = await read(fileWith("w.csv", "arrival_s,took\n0,1\n"), {
    map: { start: "arrival_s", took: "runtime_s" },
  });
  expect(manifest.format).toBe("workload");
});

it("refuses a trace folder", async () => {
  const { folder } = await read(fileWith("i.csv", invocations));
  expect(await failure(folder)).toBe(
    `invalid trace: ${folder} (a trace folder already, which can be replayed as it is); expected a provider's files`,
  );
});
