import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { register as registerFormats } from "../../src/cli/formats.js";
import { parseMap, register } from "../../src/cli/ingest.js";
import { FORMATS } from "../../src/trace/formats.js";

const folder = mkdtempSync(join(tmpdir(), "replaybook-ingest-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const counts = file(
  "invocations.csv",
  `HashOwner,HashApp,HashFunction,Trigger,480,481,482\no,${"a".repeat(64)},${"f".repeat(64)},http,1200,0,34\no,app,g,timer,1,1,1\no,app,h,,0,5,0\n`,
);
const durations = file(
  "durations.csv",
  `HashOwner,HashApp,HashFunction,Average,Count\no,${"a".repeat(64)},${"f".repeat(64)},500,1234\no,app,g,20000,3\n`,
);

/** What the command prints on stdout. */
async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride();
  for (const command of [register, registerFormats]) command(program);
  let printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
  await program.parseAsync(words, { from: "user" });
  return printed;
}

it("prints what it read, what is lacking, and the CPU share of the biggest functions, in 80 columns", async () => {
  const out = join(folder, "counts");
  const printed = await run("ingest", counts, durations, "-o", out);
  expect(printed).toBe(
    [
      "invocations: azure-functions-2019",
      "  3 functions, 1,242 invocations",
      "  3 minutes (3 min), from minute 480 of the release",
      "",
      "  rows         kept  filled  quarantined",
      "  invocations     3       0            0",
      "  durations       2       0            0",
      "  memory          0       0            0",
      "",
      "lacks: memory, price_class",
      "note: 1 function has no row of durations",
      "",
      "CPU of the biggest functions (invocations x average; 3.76 cores on average)",
      "  function      app           trigger  invocations  mean s    share",
      "  ffffffffffff  aaaaaaaaaaaa  http           1,234  0.5000   91.1 %",
      "  g             app           timer              3   20.00    8.9 %",
      "  together                                                  100.0 %",
      "duration unknown: 1 function (5 invocations)",
      "",
      `wrote ${out}`,
      "",
    ].join("\n"),
  );
  const lines = printed.split("\n").filter((line) => !line.startsWith("wrote"));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(existsSync(join(out, "manifest.json"))).toBe(true);
});

it("prints the manifest as JSON", async () => {
  const out = join(folder, "json");
  const printed = await run("ingest", counts, "-o", out, "--json", "--name", "tiny");
  expect(JSON.parse(printed)).toEqual(JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")));
  expect(JSON.parse(printed)).toMatchObject({ name: "tiny", functions: 3 });
});

it("reads a table of one's own with other names for its columns", async () => {
  const table = file("own.csv", "start,took,fn\n3,1.5,f\n1,0.5,g\n");
  const out = join(folder, "own");
  const printed = await run(
    "ingest",
    table,
    "-o",
    out,
    "--map",
    "start=arrival_s",
    "--map",
    "took=runtime_s",
    "--map",
    "fn=function",
  );
  expect(printed).toContain("note: rows were not in order of arrival: sorted, ties as they were");
  expect(printed).toContain("CPU of the biggest functions (durations added up; 0.667 cores on average)");
});

it("stops at a bad row and leaves nothing behind; or quarantines it", async () => {
  const log = file("log.csv", "app,func,end_timestamp,duration\na,f,1,1\na,f,x,1\n");
  const out = join(folder, "log");
  const before = readdirSync(folder);
  await expect(run("ingest", log, "-o", out)).rejects.toThrow(
    "invalid end_timestamp: x (log.csv line 3); expected a number of seconds",
  );
  expect(readdirSync(folder)).toEqual(before);
  const printed = await run("ingest", log, "-o", out, "--on-bad-row=quarantine");
  expect(printed).toContain("  invocations     1       0            1\n");
  expect(existsSync(join(out, "rejects.csv"))).toBe(true);
});

it("refuses an output that exists, unless it is forced to", async () => {
  const out = join(folder, "twice");
  await run("ingest", counts, "-o", out);
  await expect(run("ingest", counts, "-o", out)).rejects.toThrow(
    `invalid output: ${out} (-o, exists); expected a new name, or --force to replace it`,
  );
  expect(await run("ingest", counts, "-o", out, "--force")).toContain(`wrote ${out}`);
});

it("refuses an output that would replace what it reads, forced or not", async () => {
  await expect(run("ingest", counts, "-o", folder, "--force")).rejects.toThrow(
    `invalid output: ${folder} (-o, which would replace what is to be read); expected another folder`,
  );
  expect(existsSync(counts)).toBe(true);
});

it("says that there is no such file", async () => {
  await expect(run("ingest", "/no/such", "-o", join(folder, "none"))).rejects.toThrow(
    "invalid trace: /no/such (no such file or folder); expected a trace's files or folder",
  );
});

it("says what is wrong with its options", async () => {
  const out = join(folder, "options");
  await expect(run("ingest", counts, "-o", out, "--on-bad-row", "skip")).rejects.toThrow(
    "invalid bad-row rule: skip (--on-bad-row); expected stop or quarantine",
  );
  await expect(run("ingest", counts, "-o", out, "--map", "start")).rejects.toThrow(
    "invalid column: start (--map); expected THEIRS=OURS, such as start=arrival_s",
  );
  await expect(run("ingest", counts, "-o", out, "--format", "csv")).rejects.toThrow(
    `invalid format: csv (--format); expected one of ${Object.keys(FORMATS).join(", ")}`,
  );
  expect(existsSync(out)).toBe(false);
});

it("splits a map at its last equals sign and refuses a column twice", () => {
  expect(parseMap(["a=b=arrival_s", "c=runtime_s"])).toEqual({ "a=b": "arrival_s", c: "runtime_s" });
  expect(() => parseMap(["a=b", "a=c"])).toThrow("invalid column: a (--map, twice); expected each column once");
});

it("has the options that one format alone has, and keeps what was given in the manifest", async () => {
  const requests = file("code.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,1000,10\n");
  const words = ["--context-token-time", "1ms", "--generated-token-time", "20ms", "--json"];
  const printed = await run("ingest", requests, "-o", join(folder, "rates"), ...words);
  expect(JSON.parse(printed)).toMatchObject({
    conversion: { context_token_s: 0.001, generated_token_s: 0.02 },
    cpu: { cpu_s: 1.2 },
  });
  await expect(run("ingest", counts, "-o", join(folder, "none"), ...words)).rejects.toThrow(
    "invalid option: 1ms (--context-token-time, which azure-functions-2019 does not have); " +
      "expected it only with azure-llm-2023",
  );
});

it("lists the formats, a line each", async () => {
  const printed = await run("formats");
  expect(printed.split("\n").map((line) => line.split(" ")[0])).toEqual([
    "azure-functions-2019",
    "azure-functions-2021",
    "azure-llm-2023",
    "aws-lambda-report",
    "huawei-2023",
    "huawei-2025",
    "workload",
    "replaybook",
    "",
  ]);
  expect(JSON.parse(await run("formats", "--json"))).toHaveLength(8);
});
