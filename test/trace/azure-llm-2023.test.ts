import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { content, failure, fileWith, folderWith, read, rows } from "./helpers.js";

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n";
const CODE = `${HEADER}2023-11-16 18:17:03.9799600,1000,10\r\n2023-11-16 18:17:04.0319600,0,0\r\n2023-11-16 18:17:04.0000001,500,100`;
const CONV = `${HEADER}2023-11-16 18:17:03.9799599,2000,200\r\n`;

it("makes invocations of requests: tokens to runtime at two rates, the earliest at 0, tokens kept", async () => {
  const { folder, manifest } = await read(fileWith("AzureLLMInferenceTrace_code.csv", CODE));
  const nothing = { price_class: null, memory_initial_mib: null, memory_peak_mib: null, parent: null };
  const tokens = (context_tokens: number, generated_tokens: number) => ({ context_tokens, generated_tokens });
  expect(rows(folder, "invocations")).toEqual([
    { function_id: 0, arrival_s: 0, runtime_s: 1000 * 0.00007 + 0.3, ...nothing, ...tokens(1000, 10) },
    { function_id: 0, arrival_s: 0.0200401, runtime_s: 500 * 0.00007 + 3, ...nothing, ...tokens(500, 100) },
    { function_id: 0, arrival_s: 0.052, runtime_s: 0, ...nothing, ...tokens(0, 0) },
  ]);
  expect(rows(folder, "functions")).toEqual([
    { function_id: 0, owner: null, app: null, function: "code", trigger: null },
  ]);
  expect(manifest).toMatchObject({
    format: "azure-llm-2023",
    kind: "invocations",
    starts_at: "2023-11-16T18:17:03.97996Z",
    duration_s: 0.052,
    invocations: 3,
    conversion: { context_token_s: 0.07 * 1e-3, generated_token_s: 0.03 },
    rows: { requests: { kept: 3, filled: 0, quarantined: 0 } },
    lacks: ["owner", "app", "trigger", "memory", "price_class"],
    notes: [
      "the files have no durations: runtime = 0.07ms x ContextTokens + 30ms x GeneratedTokens " +
        "(--context-token-time, --generated-token-time)",
    ],
  });
});

it("takes the rates that are given, and writes them down", async () => {
  const options = { "context-token-time": "1ms", "generated-token-time": "0" };
  const { folder, manifest } = await read(fileWith("code.csv", CODE), { options });
  expect(rows(folder, "invocations").map((row) => row["runtime_s"])).toEqual([1, 0.5, 0]);
  expect(manifest.conversion).toEqual({ context_token_s: 0.001, generated_token_s: 0 });
  expect(manifest.notes[0]).toContain("runtime = 1ms x ContextTokens + 0 x GeneratedTokens");
});

it("refuses rates that are no times, and rates for another format", async () => {
  const path = fileWith("code.csv", CODE);
  expect(await failure(path, { options: { "context-token-time": "fast" } })).toBe(
    "invalid time: fast (--context-token-time); expected a number with a unit, such as 90s, 8h or 2d",
  );
  const log = fileWith("log.csv", "app,func,end_timestamp,duration\na,f,1,1\n");
  expect(await failure(log, { options: { "context-token-time": "1ms" } })).toBe(
    "invalid option: 1ms (--context-token-time, which azure-functions-2021 does not have); " +
      "expected it only with azure-llm-2023",
  );
});

it("reads both services, and days, as one trace on one clock, whatever their order", async () => {
  const day = CONV.replaceAll("2023-11-16", "2023-11-17");
  const folder = folderWith({
    "AzureLLMInferenceTrace_code.csv": CODE,
    "AzureLLMInferenceTrace_conv.csv": CONV,
    "conv_2.csv.gz": gzipSync(day),
  });
  const one = await read(folder);
  expect(rows(one.folder, "functions").map((row) => row["function"])).toEqual(["code", "conv"]);
  expect(rows(one.folder, "invocations").map((row) => [row["function_id"], row["arrival_s"]])).toEqual([
    [1, 0],
    [0, 1e-7],
    [0, 0.0200402],
    [0, 0.0520001],
    [1, 86400],
  ]);
  const lines = CODE.split("\r\n");
  const shuffled = folderWith({
    "conv.csv": [lines[0], day.split("\r\n")[1], CONV.split("\r\n")[1]].join("\n"),
    "a_code.csv": [lines[0], lines[3], lines[1]].join("\n"),
    "b_code.csv": [lines[0], lines[2]].join("\n"),
  });
  const other = await read(shuffled);
  expect(other.manifest.sha256).toBe(one.manifest.sha256);
  expect(content(other.folder)["invocations.arrow"]).toBe(content(one.folder)["invocations.arrow"]);
});

it("knows no function where the file's name tells no service, and says so", async () => {
  const { folder, manifest } = await read(fileWith("decoded.csv", CODE));
  expect(rows(folder, "functions")[0]).toMatchObject({ function: null });
  expect(manifest.lacks[0]).toBe("function");
});

it("reads times with a zone, as the files of 2024 have them, and notes columns it does not read", async () => {
  const csv =
    "x,GeneratedTokens,TIMESTAMP,ContextTokens\n1,2,2024-05-10 00:00:00.009930+00:00,3\n1,2,2024-05-10T02:00:01+02:00,3\n";
  const { folder, manifest } = await read(fileWith("conv_1week.csv", csv));
  expect(rows(folder, "invocations").map((row) => row["arrival_s"])).toEqual([0, 0.99007]);
  expect(manifest.notes.at(-1)).toBe("column not read: x");
});

const TIME = "expected a time such as 2023-11-16 18:17:03.9799600";
const TOKENS = "expected a whole number of tokens >= 0";
it.each([
  ["2023-11-31 18:17:03,1,1", `invalid TIMESTAMP: 2023-11-31 18:17:03 (code.csv line 2); ${TIME}`],
  ["2023-11-16 24:00:00,1,1", `invalid TIMESTAMP: 2023-11-16 24:00:00 (code.csv line 2); ${TIME}`],
  ["2023-11-16,1,1", `invalid TIMESTAMP: 2023-11-16 (code.csv line 2); ${TIME}`],
  [",1,1", `invalid TIMESTAMP: "" (code.csv line 2); ${TIME}`],
  ["2023-11-16 18:17:03,-1,1", `invalid ContextTokens: -1 (code.csv line 2); ${TOKENS}`],
  ["2023-11-16 18:17:03,1.5,1", `invalid ContextTokens: 1.5 (code.csv line 2); ${TOKENS}`],
  ["2023-11-16 18:17:03,1,nan", `invalid GeneratedTokens: nan (code.csv line 2); ${TOKENS}`],
  ["2023-11-16 18:17:03,1,3e9", `invalid GeneratedTokens: 3e9 (code.csv line 2); ${TOKENS}`],
  ["2023-11-16 18:17:03,1", "invalid row: 2 fields (code.csv line 2); expected 3 fields"],
])("stops at the row %s, or puts it aside", async (row, message) => {
  const path = fileWith("code.csv", `${HEADER}${row}\r\n${CODE.slice(HEADER.length)}\r\n`);
  expect(await failure(path)).toBe(message);
  const { manifest } = await read(path, { onBadRow: "quarantine" });
  expect(manifest.rows["requests"]).toEqual({ kept: 3, filled: 0, quarantined: 1 });
});
