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

/**
 * Runs by what they have in common, in the order given. Throws Invalid where RAM was unlimited, where there is no replay
 * at unlimited swap that finite ones can be held against, and where two are of the same size.
 */
export function groupRuns(runs: readonly RunFolder[]): SwapRuns[] {
  const groups: RunFolder[][] = [];
  for (const run of runs) {
    if (run.ram === Number.POSITIVE_INFINITY) {
      const wanted = "a run with finite memory, such as --ram 32GiB: without a limit nothing is swapped";
      throw new Invalid("ram", "unlimited", `--ram of ${run.folder}`, wanted);
    }
    const group = groups.find(([first]) => alike(first!, run));
    if (group) group.push(run);
    else groups.push([run]);
  }
  return groups.map((group) => {
    const bySize = new Map<MiB, RunFolder>();
    for (const run of group) {
      const other = bySize.get(swapOf(run));
      if (other) throw new Invalid("run", run.folder, `a replay like ${other.folder}`, "runs that differ");
      bySize.set(swapOf(run), run);
    }
    const unlimited = bySize.get(Number.POSITIVE_INFINITY);
    if (!unlimited) {
      const [first] = group;
      const wanted = "with it the same replay at --swap unlimited, which shows how much swap there is a use for";
      throw new Invalid("swap", first!.manifest.options["swap"], `--swap of ${first!.folder}`, wanted);
    }
    bySize.delete(Number.POSITIVE_INFINITY);
    const finite = [...bySize].map(([size, run]) => ({ size, run })).sort((a, b) => a.size - b.size);
    return { unlimited, finite };
  });
}
