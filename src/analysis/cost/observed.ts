import { enough, quantiles } from "../../statistics/quantile.js";
import { batchesOf } from "../../table/index.js";
import type { Dollars } from "../../units.js";
import type { RunFolder } from "../run-folder.js";
import { BILLED_COLUMNS, type BillingRule, billedGib, isBilled, type Tariff } from "./billing.js";
import type { ClassChoice } from "./cheapest-class.js";
import { SLOWNESS_COLUMNS, Slowness, slowdownOf } from "./ended.js";
import type { WorkloadFunctions } from "./functions.js";
import { isWithin, type Objective } from "./objective.js";

/** What a replay did to a function. */
export interface ObservedFunction {
  readonly id: number;
  /** Those that arrived after the warm-up and use CPU. */
  readonly count: number;
  /** Share of them within the objective; the unfinished as if they ended now. */
  readonly share: number;
  /** Slowdown at the objective's quantile; null: too few. Infinity: killed or rejected ones reach it. */
  readonly slowdown: number | null;
  /** It rests on one that has not ended. */
  readonly lower_bound: boolean;
  /** The bill of all of them. */
  readonly dollars: Dollars;
}

/** What a replay did to some functions, 8 bytes for each of their invocations. `functions` may be another replay's of the workload. */
export async function observeFunctions(
  run: RunFolder,
  scheduler: string,
  functions: WorkloadFunctions,
  ids: readonly number[],
  objective: Objective,
  tariff: Tariff,
  rule: BillingRule,
): Promise<ObservedFunction[]> {
  const { quantile } = objective;
  const slowness = new Slowness(run, scheduler);
  const tallies = new Map(ids.map((id) => [id, { slowdowns: [] as number[], within: 0, open: Infinity, dollars: 0 }]));
  const read = [...new Set([...SLOWNESS_COLUMNS, ...BILLED_COLUMNS])];
  for await (const { rows, columns } of batchesOf(run.table(`${scheduler}/invocations`).files, read)) {
    for (let i = 0; i < rows; i++) {
      const tally = tallies.get(functions.of[columns["invocation"]![i]!]!);
      if (tally === undefined) continue;
      if (isBilled(columns, i, rule)) {
        const cpu = columns["cpu_s"]![i]! * run.prices[columns["price_class"]![i]!]!;
        tally.dollars += cpu * tariff.price_unit + billedGib(columns, i, rule) * tariff.memory_price;
      }
      const runtime = columns["runtime_s"]![i]!;
      if (!(runtime > 0) || !slowness.counts(columns, i)) continue;
      const latency = slowness.latency(columns, i);
      const slowdown = slowdownOf(latency, runtime);
      tally.slowdowns.push(slowdown);
      if (slowness.isOpen(columns, i)) tally.open = Math.min(tally.open, slowdown);
      if (isWithin(objective, latency, runtime)) tally.within++;
    }
  }
  return ids.map((id) => {
    const { slowdowns, within, open, dollars } = tallies.get(id)!;
    const count = slowdowns.length;
    const [found] = quantiles(Float64Array.from(slowdowns), count, [quantile]) as [number];
    const slowdown = enough(count, quantile) ? found : null;
    const lower_bound = slowdown !== null && slowdown < Infinity && open <= slowdown;
    return { id, count, share: within / count, slowdown, lower_bound, dollars };
  });
}

/** A move that was foretold, and what came of it in a replay of its own and in one of all moves together. */
export interface ValidatedMove {
  readonly choice: ClassChoice;
  readonly to: number;
  readonly predicted: { readonly share: number; readonly slowdown: number; readonly dollars: Dollars };
  readonly before: ObservedFunction;
  readonly alone: ObservedFunction;
  readonly together: ObservedFunction;
  /** Observed less predicted, of the share within the objective; and observed over predicted less 1, of slowdown (null: one is infinite, or not told) and bill. */
  readonly error: { readonly alone: MoveError; readonly together: MoveError };
}

export interface MoveError {
  readonly share: number;
  readonly slowdown: number | null;
  readonly dollars: number | null;
}

/** Sets what was foretold of a move against what was seen. */
export function validated(
  choice: ClassChoice,
  [before, alone, together]: readonly [ObservedFunction, ObservedFunction, ObservedFunction],
): ValidatedMove {
  const to = choice.cheapest!;
  const { share, slowdown, dollars } = choice.offers.find(({ price_class }) => price_class === to)!;
  const over = (seen: number | null, said: number) =>
    seen === null || !Number.isFinite(seen) || !Number.isFinite(said) || said === 0 ? null : seen / said - 1;
  const error = (of: ObservedFunction): MoveError => ({
    share: of.share - share,
    slowdown: over(of.slowdown, slowdown),
    dollars: over(of.dollars, dollars),
  });
  const errors = { alone: error(alone), together: error(together) };
  return { choice, to, predicted: { share, slowdown, dollars }, before, alone, together, error: errors };
}
