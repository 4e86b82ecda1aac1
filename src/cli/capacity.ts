import type { Command } from "commander";
import { type Capacity, capacity } from "../analysis/capacity.js";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import type { Register } from "./command.js";
import { fitting } from "./cost-text.js";
import { plainTime, plural, whole } from "./plain.js";
import { wrapped } from "./text-table.js";

const HELP = `
The mean is the work that comes in a second, all of what it takes: with fewer
machines work piles up without end. p50 to max are of the cores at work by the
second, were every invocation run the moment it comes: with so many machines
nobody waits in that share of the seconds.

Example:
  $ npx replaybook capacity data/runs/demo`;

/** `replaybook capacity`: machines for the load of each price class and those above it. */
export const register: Register = (program: Command): void => {
  program
    .command("capacity")
    .description("say how many machines the load of each price class and those above it needs")
    .argument("<run>", "a run folder, as replay writes it")
    .option("--scheduler <name>", "take effective classes from this one; by default from the first")
    .option("--json", "print it as JSON")
    .addHelpText("after", HELP)
    .action(async (folder: string, { scheduler: named, json }: { scheduler?: string; json?: boolean }) => {
      const run = openRun(folder);
      const scheduler = named ?? run.schedulers[0]!;
      if (!run.schedulers.includes(scheduler)) {
        throw new Invalid("scheduler", scheduler, folder, `one of ${run.schedulers.join(", ")}`);
      }
      const found = await capacity(run, scheduler);
      process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : capacityReport(run, found));
    });
};

/** What capacity says on the terminal, 80 columns: from the top class down. */
export function capacityReport(run: RunFolder, found: readonly Capacity[]): string {
  const { from_s, to_s, machines } = run.manifest;
  const titles = ["classes", "price from", "cores: mean", "p99", "max", "machines: mean", "p50", "p95", "p99", "max"];
  const rows = [...found]
    .reverse()
    .map(({ from_class, cores, machines: of }) => [
      from_class === found.length - 1 ? String(from_class) : `${from_class} and up`,
      String(run.prices[from_class]!),
      ...[cores.mean, cores.p99, cores.max].map((n) => n.toFixed(1)),
      ...[of.mean, of.p50, of.p95, of.p99, of.max].map(whole),
    ]);
  const all = found[0]!;
  const span = plainTime(Math.max(0, to_s - from_s - run.warmup));
  const said = [
    `the run had ${plural(machines, "machine")} of ${run.cores} cores`,
    "mean: the work that comes in a second, with fewer it piles up without end",
    "p50 to max: cores at work by the second, were every invocation run the moment it comes; p99: enough in 99 % of the seconds",
    ...(all.cores.mean > all.cores.p99
      ? ["the run is shorter than what it runs: work goes on after its last arrivals, so size by the mean"]
      : []),
  ];
  return [
    `${run.name}: all ${span} of work at once takes ${plural(all.machines.p99, "machine")} in 99 % of the seconds`,
    "",
    "Machines that the load of a class and those above it needs",
    ...fitting([titles, ...rows]),
    ...wrapped(`  ${said.join("; ")}`, 2),
    "",
  ].join("\n");
}
