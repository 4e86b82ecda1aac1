import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../src");

/** What each part of src may import besides itself. A part is a folder, or a file beside them. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  invalid: [],
  version: [],
  units: ["invalid"],
  output: ["invalid"],
  "source-stamp": [],
  random: ["invalid"],
  statistics: [],
  table: ["invalid"],
  trace: ["invalid", "output", "version", "units", "table"],
  engine: [],
  workload: ["invalid", "trace", "random", "statistics", "table", "units"],
  cluster: ["invalid", "engine", "units"],
  scheduler: ["invalid", "cluster", "engine", "random", "units"],
  record: [
    "invalid",
    "output",
    "statistics",
    "table",
    "units",
    "cluster/observer",
    "engine/capture",
    "engine/captured",
    "engine/restore",
  ],
  replay: ["invalid", "units", "workload", "scheduler", "record", "cluster", "engine", "random", "table"],
  checkpoints: ["replay", "workload-file"],
  "replay-worker": ["checkpoints", "replay", "table", "workload-ring"],
  "workload-ring": ["table"],
  "workload-file": ["invalid", "units", "workload", "record", "table"],
  run: [
    "checkpoints",
    "invalid",
    "output",
    "version",
    "units",
    "table",
    "trace",
    "workload",
    "workload-file",
    "workload-ring",
    "replay",
    "replay-worker",
    "scheduler",
  ],
  "run-manifest": ["run", "table", "trace", "version"],
  sweep: ["invalid", "output", "version", "units", "table", "random", "trace", "replay", "run", "run-manifest"],
  analysis: ["invalid", "random", "statistics", "table", "units"],
  chart: ["invalid", "analysis", "table"],
  notebook: ["invalid", "version", "source-stamp", "chart", "analysis", "table"],
};
const MAY_IMPORT_ALL = ["index", "cli"];

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const part = (file: string) => file.split("/")[0]!.replace(/\.ts$/, "");
const source = (file: string) => readFileSync(join(SRC, file), "utf8");

/** Files of src that a file imports, types included. */
function imports(file: string): string[] {
  const relative = ts.preProcessFile(source(file)).importedFiles.map((found) => found.fileName);
  const ours = relative.filter((name) => name.startsWith("."));
  return ours
    .map((name) => normalize(join(dirname(file), name)).replace(/\.js$/, ".ts"))
    .filter((to) => files.includes(to));
}

describe("the house", () => {
  it("imports point to a lower rank or stay in their folder", () => {
    const wrong = files
      .filter((file) => !MAY_IMPORT_ALL.includes(part(file)))
      .flatMap((file) => imports(file).map((imported) => ({ file, imported })))
      .filter(({ file, imported }) => {
        const allowed = MAY_IMPORT[part(file)] ?? [];
        const target = imported.replace(/\.ts$/, "");
        return part(imported) !== part(file) && !allowed.includes(part(imported)) && !allowed.includes(target);
      });
    expect(wrong).toEqual([]);
  });

  it("no imports go in a circle", () => {
    const done = new Set<string>();
    const walk = (file: string, path: string[]): string[][] => {
      if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file]];
      if (done.has(file)) return [];
      const circles = imports(file).flatMap((imported) => walk(imported, [...path, file]));
      done.add(file);
      return circles;
    };
    expect(files.flatMap((file) => walk(file, []))).toEqual([]);
  });

  it("no file has more than 400 lines", () => {
    expect(files.filter((file) => source(file).split("\n").length > 401)).toEqual([]);
  });

  it("files and folders are in kebab-case", () => {
    expect(files.filter((file) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(file))).toEqual([]);
  });

  it("only table and notebook know Apache Arrow", () => {
    const door = (file: string) => ["table", "notebook", "index"].includes(part(file));
    expect(files.filter((file) => !door(file) && source(file).includes('from "apache-arrow"'))).toEqual([]);
  });
});
