import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { cells, content, folderWith, openCounts, read, rows } from "./helpers.js";

// Files that other tools derive from Azure Functions 2019: cut out, renamed, reordered. All are read by column name.

const MINUTES = Array.from({ length: 480 }, (_, i) => 480 + i);
const zeros = (at: Readonly<Record<number, string>>) => MINUTES.map((minute) => at[minute] ?? "0").join(",");
const PLAIN = [
  `HashOwner,HashApp,HashFunction,Trigger,${MINUTES.join(",")}`,
  `o1,a1,f,http,${zeros({ 480: "3", 959: "57523" })}`,
  `o2,a2,g,timer,${zeros({ 481: "12" })}`,
  "",
].join("\n");
const CELLS = ["f 0 3", "g 1 12", "f 479 57523"];

it("reads minutes 480 to 959 of a day as 8 hours that start at the release's minute 479", async () => {
  const { folder, manifest } = await read(folderWith({ "invocations.csv": PLAIN }));
  expect(await cells(folder)).toEqual(CELLS);
  expect(manifest).toMatchObject({ first_minute: 479, duration_s: 480 * 60, invocations: 57538 });
});

const renamed = (name: (minute: number) => string) => PLAIN.replace(/480,.*959/, MINUTES.map(name).join(","));
const dataLines = (change: (line: string) => string) => {
  const [head, ...lines] = PLAIN.split("\n");
  return [head, ...lines.map((line) => (line === "" ? line : change(line)))].join("\n");
};
/** The columns the other way round. */
const turned = (text: string) =>
  text
    .split("\n")
    .map((line) => line.split(",").reverse().join(","))
    .join("\n");

it.each([
  ["minutes called minute_480", renamed((minute) => `minute_${minute}`)],
  ["minutes called 480_minute", renamed((minute) => `${minute}_minute`)],
  ["minutes called minute480", renamed((minute) => `minute${minute}`)],
  ["the columns the other way round", turned(PLAIN)],
  ["counts written 57523.0", dataLines((line) => line.replace(/,(\d+)/g, ",$1.0"))],
  ["counts written 57523. and 57523.00", PLAIN.replace("57523", "57523.").replace(",12,", ",12.00,")],
  ["a byte order mark", `\ufeff${PLAIN}`],
  ["no final newline", PLAIN.slice(0, -1)],
  ["CRLF", PLAIN.replaceAll("\n", "\r\n")],
  ["quoted fields, as some writers have them all", dataLines((line) => line.replace(/[^,]+/g, '"$&"'))],
  ["an index in front, as data-frame libraries write it", PLAIN.replace(/^(?=.)/gm, "0,").replace(/^0,/, ",")],
  [
    "all of these at once",
    `\ufeff${turned(renamed((m) => `minute_${m}`))
      .replace("57523", "57523.0")
      .trimEnd()}`,
  ],
  ["gzip", gzipSync(PLAIN)],
])("reads %s the same", async (_, text) => {
  const plain = await read(folderWith({ "invocations.csv": PLAIN }), { name: "x" });
  const derived = await read(folderWith({ "derived.csv": text }), { name: "x" });
  expect(derived.manifest.sha256).toBe(plain.manifest.sha256);
  expect(content(derived.folder)["counts.arrow"]).toBe(content(plain.folder)["counts.arrow"]);
  expect(await cells(derived.folder)).toEqual(CELLS);
});

it("reads invocations.csv, durations.csv and memory.csv without triggers, with columns in another order and counts as 7.0", async () => {
  const invocations = turned(PLAIN).replaceAll(/,(http|timer|Trigger),/g, ",");
  const durations =
    "percentile_Average_100,percentile_Average_99,percentile_Average_75,percentile_Average_50,percentile_Average_25," +
    "percentile_Average_1,percentile_Average_0,Maximum,Minimum,Count,Average,HashFunction,HashApp,HashOwner\n" +
    "8,7,6,5,4,3,2,9.5,1.0,57523.0,5,f,a1,o1";
  const memory = "AverageAllocatedMb,SampleCount,HashApp,AverageAllocatedMb_pct1,HashOwner\r\n140.5,7.0,a1,100,o1\r\n";
  const { folder, manifest } = await read(
    folderWith({ "invocations.csv": invocations, "durations.csv": `\ufeff${durations}`, "memory.csv": memory }),
  );
  expect(manifest).toMatchObject({
    lacks: ["trigger", "price_class"],
    rows: { invocations: { kept: 2 }, durations: { kept: 1 }, memory: { kept: 1 } },
    notes: ["1 function has no row of durations", "1 app has no row of memory"],
  });
  const trace = await openCounts(folder);
  await trace.close();
  expect(trace.functions.trigger).toEqual([null, null]);
  expect([...trace.durations.percentiles]).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect([trace.durations.average[0], trace.durations.count[0], trace.durations.maximum[0]]).toEqual([5, 57523, 9.5]);
  expect(rows(folder, "memory")[0]).toMatchObject({ app: "a1", sample_count: 7, average_mib: 140.5, pct1_mib: 100 });
});

it("reads memory by function, which invocations.csv names, whatever the file is called", async () => {
  const memory = "HashFunction,HashApp,HashOwner,AverageAllocatedMb\nf,a1,o1,64\ng,a2,o2,32.5";
  const { folder, manifest } = await read(folderWith({ "invocations.csv": PLAIN, "functions_memory.csv": memory }));
  expect(rows(folder, "memory").map((row) => [row["function"], row["average_mib"]])).toEqual([
    ["f", 64],
    ["g", 32.5],
  ]);
  expect(manifest.lacks).toEqual(["durations", "price_class"]);
});
