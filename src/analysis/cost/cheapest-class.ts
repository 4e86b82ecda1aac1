import { Invalid } from "../../invalid.js";
import { batchesOf } from "../../table/index.js";
import type { Dollars, Seconds } from "../../units.js";
import type { RunFolder } from "../run-folder.js";
import type { CostQuestion } from "./answer.js";
import { BILLED_COLUMNS, billedGib, type Tariff } from "./billing.js";
import { analyseCost, ruleOf } from "./cost-analysis.js";
import { SLOWNESS_COLUMNS, Slowness } from "./ended.js";
import { type FunctionName, type WorkloadFunctions, workloadFunctions } from "./functions.js";
import { isWithin, type Objective } from "./objective.js";
import { SlowdownModel } from "./slowdown-model.js";

/** What a function would have of a class, were it alone to move there. */
export interface ClassOffer {
  readonly price_class: number;
  readonly price: number;
  /** All its work, and a million of its invocations. */
  readonly dollars: Dollars;
  readonly dollars_per_million: Dollars;
  /** Share of its invocations within the objective. */
  readonly share: number;
  /** Slowdown at the objective's quantile; Infinity: killed or rejected ones reach it. */
  readonly slowdown: number;
  readonly meets: boolean;
}

/** A function, and the cheapest class that meets an objective for it. */
export interface ClassChoice extends FunctionName {
  /** Its number in workloadFunctions(run). */
  readonly id: number;
  readonly invocations: number;
  readonly cpu_s: Seconds;
  /** The class that most of its CPU was for. */
  readonly current: number;
  /** Share of its invocations that were within the objective, where they are; the unfinished as if they ended now. */
  readonly share_seen: number;
  readonly offers: readonly ClassOffer[];
  /** Null: no class meets it. */
  readonly cheapest: number | null;
}

/** What is chosen for every function, and what it is billed by. */
export interface Choices {
  readonly tariff: Tariff;
  /** Most CPU first. */
  readonly choices: readonly ClassChoice[];
}

/** A function and class as one flat row. */
export interface ChoiceRow extends FunctionName, ClassOffer {
  readonly label: string;
  readonly p99_slowdown: number;
  readonly current: boolean;
  readonly cheapest: boolean;
}

/**
 * The cheapest class for each function that meets an objective, most CPU first: a price-taker's estimate. What a class is like is
 * what its invocations of the same decile of runtime saw; that the function's own moving changes that is left out. Functions
 * that use no CPU are left out. Throws Invalid for a scheduler that was not replayed.
 */
export async function cheapestClasses(
  run: RunFolder,
  objective: Objective,
  scheduler: string = run.schedulers[0]!,
  question: CostQuestion = {},
): Promise<Choices> {
  const {
    schedulers: [of],
  } = await analyseCost(run, { ...question, schedulers: [scheduler], by: "class" });
  const tariff = of!.tariff;
  if (tariff === null) throw new Invalid("price-unit", question.price_unit, run.folder, "one that there is a unit for");
  const model = await SlowdownModel.of(run, scheduler, objective.quantile);
  const functions = await workloadFunctions(run);
  return { tariff, choices: await choose(run, scheduler, functions, model, objective, tariff, question) };
}

const DECILES = 10;

async function choose(
  run: RunFolder,
  scheduler: string,
  functions: WorkloadFunctions,
  model: SlowdownModel,
  objective: Objective,
  tariff: Tariff,
  question: CostQuestion,
): Promise<ClassChoice[]> {
  const { prices } = run;
  const n = functions.names.length;
  const slowness = new Slowness(run, scheduler);
  const deciles = new Float64Array(n * DECILES);
  const [cpu, gib, count, judged, met] = [0, 0, 0, 0, 0].map(() => new Float64Array(n)) as [
    Sums,
    Sums,
    Sums,
    Sums,
    Sums,
  ];
  const byClass = new Float64Array(n * prices.length);
  const within = new Float64Array(objective.of === "latency" ? n * prices.length : 0);
  const read = [...new Set([...SLOWNESS_COLUMNS, ...BILLED_COLUMNS])];
  for await (const { rows, columns } of batchesOf(run.table(`${scheduler}/invocations`).files, read)) {
    for (let i = 0; i < rows; i++) {
      const id = functions.of[columns["invocation"]![i]!]!;
      const runtime = columns["runtime_s"]![i]!;
      cpu[id]! += runtime;
      gib[id]! += billedGib(columns, i, ruleOf(question));
      count[id]!++;
      byClass[id * prices.length + columns["price_class"]![i]!]! += runtime;
      if (!(runtime > 0) || !slowness.counts(columns, i)) continue;
      judged[id]!++;
      if (isWithin(objective, slowness.latency(columns, i), runtime)) met[id]!++;
      deciles[id * DECILES + model.decile(runtime)]!++;
      if (objective.of === "slowdown") continue;
      for (const c of model.classes)
        within[id * prices.length + c]! += model.share(c, runtime, objective.at_most / runtime);
    }
  }
  const ids = [...cpu.keys()].filter((id) => judged[id]! > 0).sort((a, b) => cpu[b]! - cpu[a]! || a - b);
  return ids.map((id): ClassChoice => {
    const of = deciles.subarray(id * DECILES, (id + 1) * DECILES);
    const offers = model.classes.map((price_class): ClassOffer => {
      const price = prices[price_class]!;
      const dollars = cpu[id]! * price * tariff.price_unit + gib[id]! * tariff.memory_price;
      const share =
        objective.of === "slowdown"
          ? model.shareOf(price_class, of, objective.at_most)
          : within[id * prices.length + price_class]! / judged[id]!;
      const slowdown = model.quantile(price_class, of, objective.quantile);
      const meets = share >= objective.quantile - 1e-9;
      return { price_class, price, dollars, dollars_per_million: (1e6 * dollars) / count[id]!, share, slowdown, meets };
    });
    const own = byClass.subarray(id * prices.length, (id + 1) * prices.length);
    const current = own.indexOf(own.reduce((a, b) => Math.max(a, b), 0));
    const share_seen = met[id]! / judged[id]!;
    const cheapest = offers.find(({ meets }) => meets)?.price_class ?? null;
    return {
      id,
      ...functions.names[id]!,
      invocations: count[id]!,
      cpu_s: cpu[id]!,
      current,
      share_seen,
      offers,
      cheapest,
    };
  });
}

type Sums = Float64Array;

/** The functions that a choice would move, most CPU first, and at most so many. */
export function moves(choices: readonly ClassChoice[], most: number): ClassChoice[] {
  return choices.filter(({ current, cheapest }) => cheapest !== null && cheapest !== current).slice(0, most);
}

/** Every offer of every function. */
export function choiceRows(choices: readonly ClassChoice[]): ChoiceRow[] {
  return choices.flatMap(({ owner, app, function: name, current, cheapest, offers }) =>
    offers.map((offer) => ({
      ...{ label: `${name ?? "unknown"}, class ${offer.price_class}`, owner, app, function: name },
      ...offer,
      p99_slowdown: offer.slowdown,
      current: offer.price_class === current,
      cheapest: offer.price_class === cheapest,
    })),
  );
}
