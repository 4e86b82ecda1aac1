import type { CostAnalysis, SchedulerCost } from "./answer.js";
import type { ElsewhereBill } from "./elsewhere.js";
import type { GroupBill } from "./groups.js";

/** A group's bill under a scheduler, as one flat row for Arquero and charts. */
export interface CostRow extends GroupBill {
  readonly scheduler: string;
}

/** What the price unit, read in one way, brings a scheduler's provider. */
export interface ReadingRow {
  readonly scheduler: string;
  readonly reading: string;
  /** Dollars per unit of price and CPU second, and per GiB and second; null: no unit does it. */
  readonly price_unit: number | null;
  readonly memory_price: number | null;
  readonly cpu_hour: number | null;
  readonly revenue: number | null;
  readonly cost: number;
  readonly profit: number | null;
}

/** One way to have the work done, by the month of 30 days. */
export interface AlternativeRow {
  readonly alternative: string;
  readonly month: number;
  /** Share of the invocations that can run there. */
  readonly can_run: number;
  readonly recalled: boolean;
}

/** Bills of every scheduler: by class; by what was asked for, the dearest first; or by that and by class. */
export function costRows({ schedulers }: CostAnalysis, by: "class" | "asked" | "asked-by-class" = "class"): CostRow[] {
  const bills = (of: SchedulerCost) => (by === "class" ? of.classes : by === "asked" ? of.groups : of.groups_by_class);
  return schedulers.flatMap((of) => bills(of).map((bill) => ({ scheduler: of.scheduler, ...bill })));
}

/** The readings of every scheduler, the one asked for first where it is none of the three. */
export function readingRows({ schedulers }: CostAnalysis): ReadingRow[] {
  return schedulers.flatMap(({ scheduler, asked, readings, provider }) => {
    const own = readings.some(({ reading }) => reading === asked.reading) ? [] : [asked];
    return [...own, ...readings].map(({ reading, tariff, cpu_hour, revenue, profit }) => ({
      scheduler,
      reading,
      price_unit: tariff?.price_unit ?? null,
      memory_price: tariff?.memory_price ?? null,
      cpu_hour,
      revenue,
      cost: provider.total,
      profit,
    }));
  });
}

/** This run's bill and what it costs its provider, the clouds, and reserved machines: dollars of a month of such work. */
export function alternativeRows({ schedulers, elsewhere, reserved, invocations }: CostAnalysis): AlternativeRow[] {
  const here = schedulers.flatMap(({ scheduler, months: own, all, provider, asked }) => [
    { alternative: `${scheduler}, bill (${asked.reading})`, month: all.month, can_run: 1, recalled: false },
    { alternative: `${scheduler}, at cost`, month: provider.total / own, can_run: 1, recalled: false },
  ]);
  const share = ({ invocations: can }: ElsewhereBill) => can / invocations;
  const clouds = elsewhere.map((of) => ({
    ...{ alternative: of.provider, month: of.month },
    ...{ can_run: share(of), recalled: of.recalled },
  }));
  const fleets = reserved.fleets.map(({ quantile, instances, month }) => ({
    alternative: `${instances} reserved for ${quantile} of the cores`,
    ...{ month, can_run: 1, recalled: reserved.recalled },
  }));
  return [...here, ...clouds, ...fleets];
}
