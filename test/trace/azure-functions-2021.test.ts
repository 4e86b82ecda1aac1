import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { content, fileWith, folderWith, openLog, read, rows } from "./helpers.js";

const LOG = "app,func,end_timestamp,duration\nb,f,7.5,2.5\na,f,3.5,0.5\nb,f,1,0\na,g,3.25,0.25\n";

it("takes end minus duration for the arrival and sorts by it, then by app and function", async () => {
  const { folder, manifest } = await read(fileWith("log.csv", LOG));
  expect(rows(folder, "functions")).toEqual([
    { function_id: 0, owner: null, app: "a", function: "f", trigger: null },
    { function_id: 1, owner: null, app: "a", function: "g", trigger: null },
    { function_id: 2, owner: null, app: "b", function: "f", trigger: null },
  ]);
  const nothing = { price_class: null, memory_initial_mib: null, memory_peak_mib: null, parent: null };
  expect(rows(folder, "invocations")).toEqual([
    { function_id: 2, arrival_s: 1, runtime_s: 0, ...nothing },
    { function_id: 0, arrival_s: 3, runtime_s: 0.5, ...nothing },
    { function_id: 1, arrival_s: 3, runtime_s: 0.25, ...nothing },
    { function_id: 2, arrival_s: 5, runtime_s: 2.5, ...nothing },
  ]);
  expect(manifest).toMatchObject({
    name: "log",
    kind: "invocations",
    format: "azure-functions-2021",
    keyed_by: "labels",
    first_minute: 0,
    duration_s: 5,
    functions: 3,
    invocations: 4,
    lacks: ["owner", "trigger", "memory", "price_class"],
    notes: [],
    cpu: { cpu_s: 3.25, unknown: { functions: 0, invocations: 0 } },
  });
  expect(manifest.cpu!.biggest[0]).toMatchObject({ app: "b", function: "f", invocations: 2, mean_s: 1.25 });
});

it("moves all arrivals where the earliest is below 0, so that it is 0, and says so", async () => {
  const { folder, manifest } = await read(
    fileWith("log.csv", "app,func,end_timestamp,duration\na,f,3,1\na,f,0.25,0.5\n"),
  );
  expect(rows(folder, "invocations").map((row) => row["arrival_s"])).toEqual([0, 2.25]);
  expect(manifest.notes).toEqual(["the earliest start was -0.25 s: all arrivals moved by that, to 0"]);
});

it("keeps the provider's clock where the earliest arrival is above 0", async () => {
  const { folder } = await read(fileWith("log.csv", "app,func,end_timestamp,duration\na,f,100,1\n"));
  expect(rows(folder, "invocations")[0]!["arrival_s"]).toBe(99);
});

it.each([
  ["gzip", "log.csv", gzipSync(LOG)],
  [
    "another order of columns and one more",
    "log.csv",
    "duration,x,app,end_timestamp,func\n2.5,,b,7.5,f\n0.5,,a,3.5,f\n0,,b,1,f\n0.25,,a,3.25,g\n",
  ],
  ["CRLF, a byte order mark and no final newline", "log.txt", `\ufeff${LOG.replaceAll("\n", "\r\n").slice(0, -2)}`],
])("reads %s the same", async (_, name, bytes) => {
  const plain = await read(fileWith("log.csv", LOG));
  const changed = await read(fileWith(name, bytes));
  expect(changed.manifest.sha256).toBe(plain.manifest.sha256);
  expect(content(changed.folder)["invocations.arrow"]).toBe(content(plain.folder)["invocations.arrow"]);
});

it("reads several logs as one", async () => {
  const lines = LOG.trim().split("\n");
  const plain = await read(fileWith("log.csv", LOG));
  const parts = await read(
    folderWith({ "1.csv": lines.slice(0, 3).join("\n"), "2.csv": [lines[0], ...lines.slice(3)].join("\n") }),
  );
  expect(parts.manifest.sha256).toBe(plain.manifest.sha256);
});

it("keeps times to the last bit, whatever the number of digits", async () => {
  const ends = ["0.07949090003967285", "1209599.9312345678901", "60406.530864259454", "1e3", "12345678901234567.5"];
  const csv = `app,func,end_timestamp,duration\n${ends.map((end) => `a,f,${end},0\n`).join("")}`;
  const { folder } = await read(fileWith("log.csv", csv));
  const log = await openLog(folder);
  const arrivals: number[] = [];
  for await (const batch of log.batches()) arrivals.push(...batch.columns["arrival_s"]!);
  await log.close();
  expect(arrivals).toEqual(ends.map(Number).sort((a, b) => a - b));
});
