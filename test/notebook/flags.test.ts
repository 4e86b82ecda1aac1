import { describe, expect, it } from "vitest";
import { flagsOf, pathOf } from "../../src/notebook/flags.js";

describe("options of a cell", () => {
  it("are flags by their names in camelCase or kebab-case", () => {
    expect(flagsOf({ load: 0.9, swapInWatermark: 0.8, "cpu-fraction": 0.5, ram: "32GiB" })).toEqual([
      "--load=0.9",
      "--swap-in-watermark=0.8",
      "--cpu-fraction=0.5",
      "--ram=32GiB",
    ]);
  });

  it("take lists, switches and a map", () => {
    expect(flagsOf({ scheduler: ["xx", "edf"], gzip: true, force: false, seed: undefined })).toEqual([
      "--scheduler=xx,edf",
      "--gzip",
    ]);
    expect(flagsOf({ map: { start: "arrival_s", took: "runtime_s" } })).toEqual([
      "--map=start=arrival_s",
      "--map=took=runtime_s",
    ]);
  });

  it("are refused where no flag can say them", () => {
    const wanted = "expected a text, a number or a list of them";
    expect(() => flagsOf({ ram: {} })).toThrow(`invalid ram: {} (in a cell); ${wanted}`);
    expect(() => flagsOf({ seed: [[1]] })).toThrow(`invalid seed: [[1]] (in a cell); ${wanted}`);
    expect(() => flagsOf({ output: "x" })).toThrow(
      "invalid option: output (in a cell); expected the folder after the options",
    );
  });
});

describe("a trace in a cell", () => {
  it("is a path or has a folder", () => {
    expect(pathOf("a/b")).toBe("a/b");
    expect(pathOf({ folder: "a/b" })).toBe("a/b");
    for (const none of [undefined, null, 7, "", {}])
      expect(() => pathOf(none)).toThrow(/^invalid trace: .* \(in a cell\)/);
  });
});
