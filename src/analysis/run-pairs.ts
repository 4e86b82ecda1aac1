import { Invalid } from "../invalid.js";
import { oneOf, schedulersOf } from "./question.js";
import type { RunFolder } from "./run-folder.js";

/** A scheduler of a run. */
export interface Replay {
  readonly run: RunFolder;
  readonly scheduler: string;
}

/** Two ways to serve the same invocations, and the replays that show it: two of one workload each. */
export interface RunPair {
  readonly baseline: string;
  readonly other: string;
  readonly replays: readonly { readonly baseline: Replay; readonly other: Replay }[];
}

/** Pairs, and the runs in none of them, by name. */
export interface RunPairs {
  readonly pairs: readonly RunPair[];
  readonly leftOut: readonly string[];
}

/** A scheduler under some options, seed aside, and its replay of each workload. */
interface Variant {
  readonly label: string;
  readonly scheduler: string;
  readonly options: string;
  readonly replays: Map<string, Replay>;
}

/** Options that do not change what a scheduler does with a workload, or that the workload's checksum covers. */
const ASIDE = new Set(["scheduler", "seed", "warmup", "window", "sample-every", "record", "price-unit"]);

/**
 * Which replays of the runs to set against each other: those of one workload (by its sha256) under one seed, or, where there are
 * none such, of one workload. Where some scheduler is there under several options, these are compared, scheduler by
 * scheduler, each with the first; else the schedulers under the same options, each with the first. `baseline` names one that
 * all are set against. Throws Invalid where no
 * two replays share a workload.
 */
export function pairRuns(
  runs: readonly RunFolder[],
  question: { readonly scheduler?: string | readonly string[]; readonly baseline?: string } = {},
): RunPairs {
  const twice = runs.find((run, i) => runs.findIndex(({ folder }) => folder === run.folder) !== i);
  if (twice) throw new Invalid("run", twice.folder, "given twice", "each run once");
  const workload = ({ manifest }: RunFolder) => manifest.workload.sha256;
  for (const groupOf of [(run: RunFolder) => `${workload(run)} ${run.manifest.seed}`, workload]) {
    const pairs = paired(variants(runs, groupOf, question), question.baseline);
    if (pairs.length === 0) continue;
    const used = new Set(pairs.flatMap(({ replays }) => replays.flatMap((r) => [r.baseline.run, r.other.run])));
    return { pairs, leftOut: runs.filter((run) => !used.has(run)).map(({ name }) => name) };
  }
  const names = runs.map(({ name }) => name).join(", ");
  const wanted = "a run of several schedulers, or runs whose workload_sha256 agree";
  throw new Invalid("runs", names, "no two replays of one workload", wanted);
}

function variants(
  runs: readonly RunFolder[],
  groupOf: (run: RunFolder) => string,
  question: { readonly scheduler?: string | readonly string[] },
): Variant[] {
  const differing = differingOptions(runs);
  const found: Variant[] = [];
  const labels = new Map<string, number>();
  for (const run of runs) {
    for (const scheduler of schedulersOf(run, question)) {
      const { options } = run.manifest;
      const told = differing.filter((name) => options[name] !== undefined).map((name) => `${name}=${options[name]}`);
      const group = groupOf(run);
      const key = told.join(" ");
      const same = found.filter((variant) => variant.scheduler === scheduler && variant.options.split("\n")[0] === key);
      const variant = same.find(({ replays }) => !replays.has(group));
      const replay = { run, scheduler };
      if (variant) variant.replays.set(group, replay);
      else {
        // The same options twice, as by another version of replaybook: the run's name tells them apart.
        const nth = same.length === 0 ? key : `${key}\n${same.length}`;
        const label = [scheduler, ...told, ...(same.length > 0 ? [`(${run.name})`] : [])].join(" ");
        labels.set(label, (labels.get(label) ?? 0) + 1);
        const unique = labels.get(label)! > 1 ? `${label} ${labels.get(label)}` : label;
        found.push({ label: unique, scheduler, options: nth, replays: new Map([[group, replay]]) });
      }
    }
  }
  return found;
}

/** Names of the options that are not the same in all runs that have them: an older version may lack one. */
function differingOptions(runs: readonly RunFolder[]): string[] {
  const names = [...new Set(runs.flatMap(({ manifest }) => Object.keys(manifest.options)))];
  const values = (name: string) => new Set(runs.flatMap(({ manifest }) => manifest.options[name] ?? []));
  return names.filter((name) => !ASIDE.has(name) && values(name).size > 1);
}

function paired(variants: readonly Variant[], baseline: string | undefined): RunPair[] {
  const first = (own: readonly Variant[]) => own.slice(1).map((other) => pair(own[0]!, other));
  const firsts = (): RunPair[] => {
    if (baseline !== undefined) {
      const labels = variants.map(({ label }) => label);
      const chosen = variants[labels.indexOf(oneOf("baseline", baseline, "baseline", labels))]!;
      return first([chosen, ...variants.filter((variant) => variant !== chosen)]);
    }
    const within = (of: (variant: Variant) => string) =>
      [...new Set(variants.map(of))]
        .flatMap((own) => first(variants.filter((variant) => of(variant) === own)))
        .filter(({ replays }) => replays.length > 0);
    const bySchedulers = within(({ scheduler }) => scheduler);
    if (bySchedulers.length > 0) return bySchedulers;
    const byOptions = within(({ options }) => options);
    return byOptions.length > 0 ? byOptions : first(variants);
  };
  return firsts().filter(({ replays }) => replays.length > 0);
}

function pair(baseline: Variant, other: Variant): RunPair {
  const replays = [...baseline.replays].flatMap(([group, replay]) => {
    const against = other.replays.get(group);
    return against ? [{ baseline: replay, other: against }] : [];
  });
  return { baseline: baseline.label, other: other.label, replays };
}
