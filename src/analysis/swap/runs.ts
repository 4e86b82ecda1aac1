import { Invalid } from "../../invalid.js";
import { type MiB, parseSize } from "../../units.js";
import type { RunFolder } from "../run-folder.js";

/** One replay at unlimited swap, and what was replayed alike but for a finite swap size, ascending by it. */
export interface SwapRuns {
  readonly unlimited: RunFolder;
  readonly finite: readonly { readonly size: MiB; readonly run: RunFolder }[];
}

/** Swap space of a machine in a run; Infinity: unlimited. */
export function swapOf(run: RunFolder): MiB {
  const text = String(run.manifest.options["swap"] ?? "unlimited");
  if (text === "unlimited") return Number.POSITIVE_INFINITY;
  return /^0+$/.test(text) ? 0 : parseSize(text, `swap of ${run.folder}/run.json`);
}

/** Options that do not change what happens to an invocation. */
const NO_MATTER = ["swap", "scheduler", "window", "sample-every", "record", "price-unit", "warmup"];

/** Whether two runs are replays of one workload that differ in swap alone, as far as both say what their options were. */
function alike({ manifest: a }: RunFolder, { manifest: b }: RunFolder): boolean {
  if (a.workload.sha256 !== b.workload.sha256 || a.machines !== b.machines) return false;
  const names = Object.keys(a.options).filter((name) => name in b.options && !NO_MATTER.includes(name));
  return names.every((name) => a.options[name] === b.options[name]);
}

/** Runs that can be looked at, and those that cannot, each with what is wrong. */
export interface GroupedRuns {
  readonly groups: readonly SwapRuns[];
  readonly refused: readonly { readonly run: RunFolder; readonly why: Invalid }[];
}

/**
 * Runs by what they have in common, in the order given. Refused are runs with unlimited RAM, replays at finite sizes
 * without one at unlimited swap that they can be held against, and a second one of the same size.
 */
export function swapGroups(runs: readonly RunFolder[]): GroupedRuns {
  const alikes: Map<MiB, RunFolder>[] = [];
  const refused: { run: RunFolder; why: Invalid }[] = [];
  for (const run of runs) {
    const group = alikes.find((of) => alike([...of.values()][0]!, run));
    const other = group?.get(swapOf(run));
    if (run.ram === Number.POSITIVE_INFINITY) refused.push({ run, why: boundless(run) });
    else if (other) {
      refused.push({ run, why: new Invalid("run", run.folder, `a replay like ${other.folder}`, "runs that differ") });
    } else if (group) group.set(swapOf(run), run);
    else alikes.push(new Map([[swapOf(run), run]]));
  }
  const groups: SwapRuns[] = [];
  for (const bySize of alikes) {
    const unlimited = bySize.get(Number.POSITIVE_INFINITY);
    const others = [...bySize.values()].filter((run) => run !== unlimited);
    if (!unlimited) {
      refused.push(...others.map((run) => ({ run, why: alone(run) })));
      continue;
    }
    const finite = others.map((run) => ({ size: swapOf(run), run })).sort((a, b) => a.size - b.size);
    groups.push({ unlimited, finite });
  }
  return { groups, refused };
}

/** The same where every run can be looked at. Throws Invalid for the first that cannot. */
export function groupRuns(runs: readonly RunFolder[]): readonly SwapRuns[] {
  const { groups, refused } = swapGroups(runs);
  if (refused[0]) throw refused[0].why;
  return groups;
}

function boundless({ folder }: RunFolder): Invalid {
  const wanted = "a run with finite memory, such as --ram 32GiB: without a limit nothing is swapped";
  return new Invalid("ram", "unlimited", `--ram of ${folder}`, wanted);
}

function alone({ folder, manifest }: RunFolder): Invalid {
  const wanted = "with it the same replay at --swap unlimited, which shows how much swap there is a use for";
  return new Invalid("swap", manifest.options["swap"], `--swap of ${folder}`, wanted);
}
