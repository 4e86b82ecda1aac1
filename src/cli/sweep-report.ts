import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Cell } from "../sweep/grid.js";
import { type Plan, variedBy } from "../sweep/plan.js";
import { plainTime, plural, whole } from "./plain.js";
import type { SweepResult } from "./sweep-run.js";
import { textTable } from "./text-table.js";

/** What --dry-run says: a line per run, with what the plan varies, and how many `folder` has. */
export function cellLines(plan: Plan, cells: readonly Cell[], folder: string): string {
  const varied = ["scheduler", ...variedBy(plan).filter((name) => name !== "scheduler")];
  const textOf = (name: string, { trace, texts }: Cell) => (name === "trace" ? trace.path : texts[name]!);
  const rows = cells.map((cell) => [`runs/${cell.name}`, ...varied.map((name) => textOf(name, cell))]);
  const replays = cells.reduce((sum, { options }) => sum + options.schedulers.length, 0);
  const lines = textTable([["run", ...varied], ...rows], { left: 2, indent: 0 });
  const there = cells.filter(({ name }) => existsSync(join(folder, "runs", name, "run.json"))).length;
  const all = `${plural(cells.length, "run")}, ${plural(replays, "replay")}`;
  return [...lines, there === 0 ? all : `${all}; ${plural(there, "run")} in ${folder} already`, ""].join("\n");
}

/** What sweep says when it is done: what it has replayed, and where it all is. */
export function sweepReport(
  folder: string,
  { manifest, replayed, failures, rows }: SweepResult,
  seconds: number,
): string {
  const lacking = manifest.cells.filter(({ sha256 }) => sha256 === null).length - failures.length;
  const missing = rows === null ? lacking : 0;
  const there = manifest.cells.length - replayed - missing;
  const done = replayed - failures.length;
  const parts = [
    done > 0 || replayed === 0 ? `${whole(done)} replayed in ${plainTime(seconds)}` : "",
    there > 0 ? `${whole(there)} ${there === 1 ? "was" : "were"} there already` : "",
    failures.length > 0 ? `${whole(failures.length)} failed` : "",
    missing > 0 ? `${whole(missing)} of other shards not there yet` : "",
  ];
  const wrote =
    rows === null
      ? "runs/; whoever ends the last shard writes summary.arrow"
      : `summary.arrow with ${plural(rows, "row")}, a row per run, scheduler and price class, and runs/`;
  return [
    `${plural(manifest.cells.length, "run")}: ${parts.filter(Boolean).join(", ")}`,
    `wrote ${folder}: ${wrote}`,
    "",
  ].join("\n");
}
