import type { Dollars } from "../../units.js";
import { summarise } from "../latency.js";
import type { RunFolder } from "../run-folder.js";
import type { CostQuestion } from "./answer.js";
import { analyseCost } from "./cost-analysis.js";

/** What a class costs and how slow it was: a point of the frontier of cost and latency. */
export interface Frontier {
  readonly label: string;
  readonly scheduler: string;
  readonly price_class: number;
  readonly price: number;
  /** Of a million of the run's mean invocations, had they this class: comparable between classes. */
  readonly dollars_per_million: Dollars;
  /** Of an hour of CPU at this class, without memory. */
  readonly cpu_hour: Dollars;
  /** As in a summary; null: too few to tell. */
  readonly p50_slowdown: number | null;
  readonly p99_slowdown: number | null;
  readonly lower_bound: boolean;
  readonly count: number;
}

/** A row per scheduler and class that has arrivals; none where the price unit asked for does not exist. */
export async function frontierRows(run: RunFolder, question: CostQuestion = {}): Promise<Frontier[]> {
  const { schedulers } = await analyseCost(run, question);
  const summary = await summarise(run);
  return schedulers.flatMap(({ scheduler, tariff, all }) => {
    if (tariff === null) return [];
    const { classes } = summary.schedulers.find((of) => of.scheduler === scheduler)!;
    const million = 1e6 / Math.max(1, all.invocations);
    return classes.flatMap(({ price_class, price, count, slowdown }): Frontier[] => {
      if (count === 0) return [];
      const cpu = tariff.price_unit * price!;
      return [
        {
          label: `${scheduler}, class ${price_class}`,
          scheduler,
          price_class: price_class!,
          price: price!,
          dollars_per_million: million * (cpu * all.cpu_s + tariff.memory_price * all.gib_s),
          cpu_hour: 3600 * cpu,
          p50_slowdown: slowdown.p50.value,
          p99_slowdown: slowdown.p99.value,
          lower_bound: slowdown.p99.lower_bound,
          count,
        },
      ];
    });
  });
}
