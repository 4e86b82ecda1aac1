import { meanInterval } from "../statistics/student-t.js";
import {
  COMPARED,
  type CompareAnswer,
  type Compared,
  type CompareQuestion,
  type Comparison,
  type Difference,
  type PairShares,
} from "./comparison.js";
import { LEAST_SEEDS } from "./over-seeds.js";
import { PairOfReplays } from "./pair-of-replays.js";
import type { Quantity, RowsRead } from "./question.js";
import type { RunFolder } from "./run-folder.js";
import { pairRuns } from "./run-pairs.js";

/**
 * Paired differences between replays of the same workloads: of schedulers in a run, or of runs. Only invocations that both
 * replays have are looked at, by requested class. Throws Invalid where nothing can be compared.
 */
export async function compare(
  runs: readonly RunFolder[],
  question: CompareQuestion = {},
  onRead: RowsRead = () => {},
): Promise<CompareAnswer> {
  const { pairs, leftOut } = pairRuns(runs, question);
  const total = pairs.reduce((sum, { replays }) => sum + replays.length, 0);
  let done = 0;
  const comparisons: Comparison[] = [];
  for (const { baseline, other, replays } of pairs) {
    const each: PairOfReplays[] = [];
    for (const both of replays) {
      each.push(await PairOfReplays.of(both.baseline, both.other, question, replays.length === 1));
      const { rows } = both.other.run.manifest.workload;
      onRead(++done * rows, total * rows);
    }
    comparisons.push({ baseline, other, ...together(each) });
  }
  return { comparisons, left_out: leftOut, ended_only: question.endedOnly ?? false };
}

/** What several workloads come to together. */
function together(each: readonly PairOfReplays[]): Omit<Comparison, "baseline" | "other"> {
  const interval = each.length === 1 ? "blocks" : each.length >= LEAST_SEEDS ? "t" : "none";
  const classes = each[0]!.prices.map((_, c): number | null => c).concat(null);
  const there = classes.filter((c) => each.some(({ shares }) => shares.some((of) => of.price_class === c)));
  const differences = there.flatMap((c) =>
    (["slowdown", "latency"] as const).flatMap((of) => COMPARED.map((statistic) => difference(each, c, of, statistic))),
  );
  return {
    runs: each.map(({ run }) => run),
    interval,
    prices: each[0]!.prices,
    differences,
    shares: there.map((c) => pooledShares(each, c)),
  };
}

function difference(
  each: readonly PairOfReplays[],
  price_class: number | null,
  of: Quantity,
  statistic: Compared,
): Difference {
  const own = each.map(({ found }) =>
    found.find((one) => one.price_class === price_class && one.of === of && one.statistic === statistic),
  );
  const known = own.flatMap((one) => (one && one.baseline !== null && one.other !== null ? [one] : []));
  const what = { price_class, of, statistic };
  if (known.length < own.length) {
    const only = own.length === 1 ? own[0] : undefined;
    const values = { baseline_value: only?.baseline ?? null, other_value: only?.other ?? null };
    return { ...what, ...values, difference: null, bound: "", low: null, high: null };
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const differences = known.map(({ baseline, other }) => other! - baseline!);
  const middle = mean(differences);
  const [openA, openB] = [known.some(({ openBaseline }) => openBaseline), known.some(({ openOther }) => openOther)];
  const bound = !Number.isFinite(middle) ? "" : openA && openB ? "~" : openB ? ">=" : openA ? "<=" : "";
  const byT = known.length >= LEAST_SEEDS && Number.isFinite(middle) ? meanInterval(differences) : null;
  const interval = known.length > 1 ? byT : Number.isFinite(middle) ? known[0]! : null;
  return {
    ...what,
    baseline_value: mean(known.map(({ baseline }) => baseline!)),
    other_value: mean(known.map(({ other }) => other!)),
    difference: Number.isNaN(middle) ? null : middle,
    bound,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}

function pooledShares(each: readonly PairOfReplays[], price_class: number | null): PairShares {
  const own = each.flatMap(({ shares }) => shares.filter((of) => of.price_class === price_class));
  const count = own.reduce((sum, of) => sum + of.count, 0);
  const share = (name: "better" | "worse" | "equal" | "unknown") =>
    own.reduce((sum, of) => sum + of[name] * of.count, 0) / Math.max(1, count);
  return {
    price_class,
    count,
    better: share("better"),
    worse: share("worse"),
    equal: share("equal"),
    unknown: share("unknown"),
  };
}
