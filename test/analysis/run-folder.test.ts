import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { summarise } from "../../src/analysis/latency.js";
import { openRun } from "../../src/analysis/run-folder.js";
import { replayedLine } from "../../src/cli/report-answer.js";
import { summaryReport } from "../../src/cli/summary-report.js";
import { handMadeRun } from "./hand-made-run.js";

let folder: string;
beforeEach(async () => {
  const invocations = [{}, {}, {}, {}];
  folder = await handMadeRun({ xx: { invocations, parts: [2, 1, 1] }, edf: { invocations } });
});

/** Changes run.json. */
function rewrite(change: Record<string, unknown>): void {
  const path = join(folder, "run.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...change }));
}

const noRun = (why: string) => `invalid run: ${folder} (${why}); expected a folder written by replaybook replay`;
const notWhole = (why: string) => `invalid run: ${folder} (${why}); expected a whole run folder: replay it again`;

describe("a run folder", () => {
  it("has its tables: the workload, then those of each scheduler as asked for", () => {
    const run = openRun(folder);
    expect(run.name).toBe("made");
    expect(run.tables().map(({ name, files }) => [name, files.length])).toEqual([
      ["workload", 1],
      ["xx/invocations", 3],
      ["xx/machines", 1],
      ["xx/windows", 1],
      ["edf/invocations", 1],
      ["edf/machines", 1],
      ["edf/windows", 1],
    ]);
  });

  it("is told by its name and the folder's, however the path is written", () => {
    expect(openRun(`${folder}/`).name).toBe("made");
  });

  it("is a folder, and there", () => {
    expect(() => openRun("no/such/run")).toThrow(
      "invalid run: no/such/run (no such folder); expected a folder written by replaybook replay",
    );
    folder = join(folder, "run.json");
    expect(() => openRun(folder)).toThrow(noRun("not a folder"));
  });

  it("may be of arrivals all at once, which offer no load by the second", async () => {
    rewrite({ to_s: 0, offered_load: { expected: null, realised: null } });
    expect(openRun(folder).manifest.offered_load).toEqual({ expected: Number.NaN, realised: Number.NaN });
    const summary = await summarise(openRun(folder));
    expect(summaryReport(summary)).toContain("offered load unknown expected, unknown realised\n");
    expect(replayedLine(summary)).toBe("4 invocations of trace over 0 s, on 2 machines of 4 cores.");
  });

  it("has a manifest, whole and of a replay", () => {
    rewrite({ options: 1 });
    expect(() => openRun(folder)).toThrow(noRun("its run.json is not a replay's"));
    rewrite({ options: { prices: "1,x", cores: "4" } });
    expect(() => openRun(folder)).toThrow(noRun("its run.json is not a replay's"));
    for (const text of ["null", "[]", '{"name": "package"}']) {
      writeFileSync(join(folder, "run.json"), text);
      expect(() => openRun(folder)).toThrow(noRun("its run.json is not a replay's"));
    }
    writeFileSync(join(folder, "run.json"), '{"replaybook": "0.1');
    expect(() => openRun(folder)).toThrow(noRun("its run.json is cut short or not JSON"));
    rmSync(join(folder, "run.json"));
    expect(() => openRun(folder)).toThrow(noRun("has no run.json"));
  });

  it("has tables of this version", () => {
    rewrite({ table_version: "0" });
    expect(() => openRun(folder)).toThrow(
      `invalid table version: 0 (${folder}, written by replaybook 0.1.0); expected 1: replay it again`,
    );
  });

  it("has every table and part", () => {
    rmSync(join(folder, "xx/invocations/part-00001.arrow"));
    expect(() => openRun(folder)).toThrow(notWhole("has no xx/invocations/part-00001.arrow"));
    rmSync(join(folder, "xx/invocations"), { recursive: true });
    expect(() => openRun(folder)).toThrow(notWhole("has no xx/invocations.arrow"));
    rmSync(join(folder, "xx"), { recursive: true });
    expect(() => openRun(folder)).toThrow(notWhole("has no xx/invocations.arrow"));
    mkdirSync(join(folder, "xx"));
    expect(() => openRun(folder)).toThrow(notWhole("has no xx/invocations.arrow"));
  });

  it("that lacks its last part is found out when it is read", async () => {
    rmSync(join(folder, "xx/invocations/part-00002.arrow"));
    await expect(summarise(openRun(folder))).rejects.toThrow(notWhole("xx/invocations has 3 of 4 rows"));
  });

  it.each([7, 100, 1000, -200, -12, -1])("whose table ends at byte %i is found out when it is read", async (at) => {
    const path = join(folder, "edf/invocations.arrow");
    truncateSync(path, at < 0 ? readFileSync(path).length + at : at);
    await expect(summarise(openRun(folder))).rejects.toThrow(
      `invalid table: ${path} (cut short or not Arrow); expected a whole Arrow file`,
    );
  });
});
