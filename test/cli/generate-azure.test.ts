import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it, vi } from "vitest";
import { register } from "../../src/cli/generate.js";
import { ingest } from "../../src/trace/ingest.js";
import { openTrace } from "../../src/trace/trace-folder.js";
import { AzurePopulation } from "../../src/workload/index.js";
import { call } from "./call.js";

const folder = mkdtempSync(join(tmpdir(), "generate-azure-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);
const azure = (...args: string[]) => call(register, "generate", "azure", ...args);
const text = (...names: string[]) => readFileSync(at(...names), "utf8");

/** sha256 of a folder's files, in the order of their names. */
function sha256(name: string): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(at(name)).sort()) hash.update(file).update(readFileSync(at(name, file)));
  return hash.digest("hex");
}

/** "owner,app,function minute count" of every cell above 0 of a folder's invocations files. */
function cellsOf(name: string): string[] {
  const files = readdirSync(at(name)).filter((file) => file.startsWith("invocations"));
  return files.sort().flatMap((file, day) =>
    text(name, file)
      .trimEnd()
      .split("\n")
      .slice(1)
      .flatMap((row) => {
        const [owner, app, fn, , ...counts] = row.split(",");
        return counts.flatMap((count, i) =>
          count === "0" ? [] : [`${owner},${app},${fn} ${1440 * day + i} ${count}`],
        );
      }),
  );
}

describe("generate azure", () => {
  it("writes the release's three files a day, with its names, columns and way with numbers", async () => {
    const printed = await azure("-o", at("days"), "--functions", "200", "--days", "2", "--seed", "3");
    expect(printed).toMatch(/^.*days: [\d,]+ invocations in 2 days, of 200 functions in 7\d apps of \d+ owners\n$/);
    expect(readdirSync(at("days")).sort()).toEqual([
      "app_memory_percentiles.anon.d01.csv",
      "app_memory_percentiles.anon.d02.csv",
      "function_durations_percentiles.anon.d01.csv",
      "function_durations_percentiles.anon.d02.csv",
      "invocations_per_function_md.anon.d01.csv",
      "invocations_per_function_md.anon.d02.csv",
    ]);
    const [counts, durations, memory] = [
      "invocations_per_function_md",
      "function_durations_percentiles",
      "app_memory_percentiles",
    ].map((name) => text("days", `${name}.anon.d02.csv`).split("\n"));
    const minutes = Array.from({ length: 1440 }, (_, i) => i + 1);
    expect(counts![0]).toBe(`HashOwner,HashApp,HashFunction,Trigger,${minutes.join(",")}`);
    expect(counts).toHaveLength(202);
    for (const row of counts!.slice(1, -1)) expect(row).toMatch(/^([0-9a-f]{64},){3}[a-z]+(,\d+){1440}$/);
    expect(durations![0]).toBe(
      "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,percentile_Average_1," +
        "percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,percentile_Average_100",
    );
    for (const row of durations!.slice(1, -1))
      expect(row).toMatch(/^([0-9a-f]{64},){3}-?\d+,\d+,-?\d+\.0,\d+\.0(,\d+){7}$/);
    expect(memory![0]).toBe(
      "HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct5,AverageAllocatedMb_pct25," +
        "AverageAllocatedMb_pct50,AverageAllocatedMb_pct75,AverageAllocatedMb_pct95,AverageAllocatedMb_pct99,AverageAllocatedMb_pct100",
    );
    for (const row of memory!.slice(1, -1)) expect(row).toMatch(/^([0-9a-f]{64},){2}\d+(,\d+\.0){9}$/);
  });

  it("is read back with the same count in every minute of every function", async () => {
    const out = at("trace");
    mkdirSync(out);
    const manifest = await ingest([at("days")], { onBadRow: "stop" }, out);
    expect(manifest.rows).toMatchObject({ invocations: { kept: 400, quarantined: 0 } });
    const trace = await openTrace(out);
    if (trace.kind !== "counts") throw new Error("not a count trace");
    const read: string[] = [];
    const { owner, app, function: name } = trace.functions;
    for await (const { minute, functionId, count, length } of trace.minutes(0, 2880)) {
      for (let i = 0; i < length; i++) {
        const f = functionId[i]!;
        read.push(`${owner[f]},${app[f]},${name[f]} ${minute} ${count[i]}`);
      }
    }
    await trace.close();
    const written = cellsOf("days");
    expect(written.length).toBeGreaterThan(20_000);
    expect(read.sort()).toEqual(written.sort());
  });

  it("writes the same bytes on every version of Node", async () => {
    await azure("-o", at("golden"), "--functions", "300", "--seed", "5");
    expect(sha256("golden")).toBe("21a7ec7db48893ede333bd055e108a1ba5a660ef9018b172f860d72196561e2b");
  });

  it("packs the same files with --gzip", async () => {
    await azure("-o", at("packed"), "--functions", "200", "--days", "2", "--seed", "3", "--gzip");
    for (const file of readdirSync(at("days"))) {
      expect(gunzipSync(readFileSync(at("packed", `${file}.gz`))).toString()).toBe(text("days", file));
    }
  });

  it("has other counts where the first day is a Saturday", async () => {
    await azure("-o", at("saturday"), "--functions", "200", "--seed", "3", "--start", "2019-07-20");
    const file = "invocations_per_function_md.anon.d01.csv";
    expect(text("saturday", file)).not.toBe(text("days", file));
  });

  it("replaces a folder only when told to", async () => {
    mkdirSync(at("old"));
    writeFileSync(at("old", "mine"), "");
    await expect(azure("-o", at("old"))).rejects.toThrow(
      `invalid output: ${at("old")} (-o, exists); expected a new name, or --force to replace it`,
    );
    expect(readdirSync(at("old"))).toEqual(["mine"]);
    await azure("-o", at("old"), "--force", "--functions", "5");
    expect(readdirSync(at("old"))).toHaveLength(3);
  });

  it.each([
    [["--functions", "0"], "invalid number of functions: 0 (--functions); expected a whole number from 1 to 1000000"],
    [["--days", "100"], "invalid number of days: 100 (--days); expected a whole number from 1 to 99"],
    [["--start", "monday"], "invalid date: monday (--start); expected a date such as 2019-07-15"],
    [["--start", "2019-02-30"], "invalid date: 2019-02-30 (--start); expected a date such as 2019-07-15"],
    [["--seed", "-1"], "invalid seed: -1 (--seed); expected a whole number from 0 to 9007199254740991"],
    [["--oddities", "some"], "invalid oddities: some (--oddities); expected real or none"],
  ])("%j is refused in one line, and nothing is written", async (args, message) => {
    const before = readdirSync(folder);
    await expect(azure("-o", at("bad"), ...args)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([[[]], [["--gzip"]]])("what is half written when it fails does not stay: %j", async (args) => {
    const before = readdirSync(folder);
    const day = vi.spyOn(AzurePopulation.prototype, "day").mockImplementation(function* () {
      yield { owner: "o", app: "a", functions: [], memory: [] };
      throw new Error("ENOSPC");
    });
    await expect(azure("-o", at("full"), ...args)).rejects.toThrow("ENOSPC");
    day.mockRestore();
    expect(readdirSync(folder)).toEqual(before);
  });
});
