import type { SwapAnalysis } from "../analysis/swap/answer.js";
import { MIB_PER_GB } from "../analysis/swap/history.js";
import { distinct, logTicks, plain, rounded } from "./parts.js";
import { GREY, PALETTE, SCHEMA, type Spec, THEME } from "./theme.js";

/** One size of swap; rates are a machine-day. Null or absent: not known. */
export interface SwapRateRow {
  readonly scheduler: string;
  readonly size_mib: number;
  /** Declustered up-crossings that were seen. */
  readonly overflows_per_machine_day: number;
  /** By the fitted law, with the wider of its 95 % intervals. */
  readonly fitted?: number | null;
  readonly fitted_low?: number | null;
  readonly fitted_high?: number | null;
  /** Measured in a replay at that size, with its 95 % interval. */
  readonly kills_per_machine_day?: number | null;
  readonly kills_low?: number | null;
  readonly kills_high?: number | null;
  /** Least price of so much swap, a machine and month. */
  readonly dollars_month?: number | null;
}

/** The rows of an analysis, one a size. */
export function swapRateRows({ scheduler, sizes }: SwapAnalysis): SwapRateRow[] {
  return sizes.map(({ size_mib, overflows_per_machine_day, fitted_per_machine_day: law, kills, machine_month }) => ({
    scheduler,
    size_mib,
    overflows_per_machine_day,
    fitted: law?.estimate ?? null,
    fitted_low: law === null ? null : Math.min(law.profile.low, law.bootstrap.low),
    fitted_high: law === null ? null : Math.max(law.profile.high, law.bootstrap.high),
    kills_per_machine_day: kills?.per_machine_day.estimate ?? null,
    kills_low: kills?.per_machine_day.low ?? null,
    kills_high: kills?.per_machine_day.high ?? null,
    dollars_month: machine_month,
  }));
}

const SEEN = "outgrown, seen";
const LAW = "outgrown, by the law";
const KILLS = "kills, replayed at that size";

/** Rates on a logarithmic scale, from which none is missing, and the price of each size on an axis of its own. */
export function swapRates(rows: readonly SwapRateRow[]): Spec {
  const sizes = rows.map((row) => {
    const of = (series: string, rate?: number | null, low?: number | null, high?: number | null) =>
      rate === null || rate === undefined ? [] : [{ series, rate, low: low ?? rate, high: high ?? rate }];
    const series = [
      ...of(SEEN, row.overflows_per_machine_day),
      ...of(LAW, row.fitted, row.fitted_low, row.fitted_high),
      ...of(KILLS, row.kills_per_machine_day, row.kills_low, row.kills_high),
    ];
    return {
      scheduler: row.scheduler,
      size: rounded(row.size_mib / MIB_PER_GB),
      dollars: row.dollars_month ?? null,
      series,
    };
  });
  const rates = sizes.flatMap(({ series }) => series.flatMap(({ rate, low, high }) => [rate, low, high]));
  const positive = rates.filter((rate) => rate > 0);
  const top = positive.length > 0 ? rounded(1.5 * Math.max(...positive)) : 1;
  // What is never seen, and what a law says of that, is below the scale.
  const floor = rounded(Math.max(Math.min(...positive, top) / 1.5, top / 1e7));
  const within = (rate: number) => rounded(Math.min(top, Math.max(floor, rate)));
  const values = sizes.flatMap(({ scheduler, size, series }) =>
    series
      .filter(({ high }) => high >= floor)
      .map(({ series, rate, low, high }) => ({
        ...{ scheduler, size, series, rate: rate < floor ? null : within(rate) },
        ...{ low: within(low), high: within(high) },
      })),
  );
  const prices = sizes.flatMap(({ scheduler, size, dollars }) =>
    dollars === null ? [] : [{ scheduler, size, dollars: rounded(dollars) }],
  );
  const schedulers = distinct(rows.map((row) => row.scheduler));
  const domain = [SEEN, LAW, KILLS].filter((name) => values.some(({ series }) => series === name));
  const styled = (range: readonly string[]) => ({
    scale: { domain, range: domain.map((name) => range[[SEEN, LAW, KILLS].indexOf(name)]!) },
  });
  const of = plain({
    field: "series",
    type: "nominal",
    title: null,
    legend: { orient: "top", labelLimit: 240, symbolOpacity: 1 },
  });
  const x = plain({
    field: "size",
    type: "quantitative",
    title: "swap of a machine (GB)",
    scale: { domain: [0, rounded(1.06 * Math.max(...sizes.map((of) => of.size)))], nice: false },
  });
  const y = plain({
    field: "rate",
    type: "quantitative",
    title: "a machine and day",
    scale: { type: "log", domain: [floor, top] },
    axis: { values: logTicks(floor, top), format: "~g" },
  });
  const color = { ...of, ...styled([PALETTE[0], PALETTE[2], PALETTE[5]]) };
  const shape = { ...of, ...styled(["circle", "triangle-up", "square"]) };
  return {
    $schema: SCHEMA,
    description: "Overflow and kill rates against the size of swap, with the price of each size.",
    title: {
      text: "How much swap is enough?",
      subtitle:
        "how often a machine outgrows a size, or kills at it; band and bars: 95 %; dashed, right axis: the price of that size",
    },
    config: THEME,
    hconcat: schedulers.map((scheduler) => ({
      ...(schedulers.length > 1 ? { title: { text: scheduler, fontSize: 11 } } : {}),
      width: schedulers.length > 1 ? 300 : 440,
      height: 240,
      layer: [
        {
          data: { values: values.filter((of) => of.scheduler === scheduler) },
          layer: [
            {
              transform: [{ filter: { field: "series", equal: LAW } }],
              mark: { type: "area" as const, opacity: 0.18 },
              encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
            },
            {
              transform: [{ filter: { field: "series", equal: LAW } }],
              mark: { type: "line" as const, strokeWidth: 1.6 },
              encoding: { x, y, color },
            },
            {
              transform: [{ filter: { field: "series", equal: KILLS } }],
              mark: { type: "rule" as const, strokeWidth: 1.5 },
              encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
            },
            { mark: { type: "point" as const, filled: true, size: 50, opacity: 1 }, encoding: { x, y, color, shape } },
          ],
        },
        ...priceLine(prices.filter((of) => of.scheduler === scheduler)),
      ],
      resolve: { scale: { y: "independent" as const } },
    })),
  };

  function priceLine(of: readonly { readonly size: number; readonly dollars: number }[]) {
    if (of.length === 0) return [];
    const dollars = {
      ...{ field: "dollars", type: "quantitative" as const, title: "dollars a machine and month" },
      axis: { titleColor: GREY, labelColor: GREY, grid: false, format: "$,~r" },
    };
    const mark = { type: "line" as const, color: GREY, strokeDash: [5, 4], interpolate: "step-before" as const };
    return [{ data: { values: [...of] }, mark, encoding: { x, y: dollars } }];
  }
}
