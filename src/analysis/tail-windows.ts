import { latency } from "./latency-groups.js";
import type { RunFolder } from "./run-folder.js";
import { binWidth } from "./workload-overview.js";

/** The p99 slowdown of what arrived in one window; null: fewer than 1000. Infinity: killed or rejected ones reach it. */
export interface TailWindow {
  readonly scheduler: string;
  readonly price_class: number;
  readonly window_start_s: number;
  readonly p99_slowdown: number | null;
  readonly lower_bound: boolean;
}

/** Windows of a class at most, and invocations that they have in the mean at least: half as many again as a p99 takes. */
const MOST = 120;
const LEAST = 1500;

/**
 * The p99 slowdown over time by class, exact, in windows of a round length: as short as leaves them enough invocations to
 * tell it, which differs between classes (windows.arrow has one length for all). Classes with too few for any window are
 * left out, and so is what comes after the last arrivals. Throws Invalid where a table is not whole.
 */
export async function tailWindows(run: RunFolder): Promise<TailWindow[]> {
  const { from_s, to_s } = run.manifest;
  const span = to_s - from_s - run.warmup;
  if (!(span > 0)) return [];
  const { groups } = await latency(run, { of: "slowdown", by: "class" });
  const widths = run.prices.map((_, price_class) => {
    const counts = groups.filter(({ group }) => group[0] === price_class).map(({ count }) => count);
    const count = Math.max(0, ...counts);
    return count === 0 ? null : binWidth(Math.max(span / MOST, (span * LEAST) / count));
  });
  const found: TailWindow[] = [];
  for (const window of new Set(widths)) {
    if (window === null || window > span) continue;
    const classes = [...widths.keys()].filter((price_class) => widths[price_class] === window);
    found.push(...(await windowsOf(run, window, classes)));
  }
  const order = run.schedulers;
  const told = found.filter(({ p99_slowdown }) => p99_slowdown !== null);
  const there = new Set(told.map(({ price_class }) => price_class));
  return found
    .filter(({ price_class }) => there.has(price_class))
    .sort(
      (a, b) =>
        a.price_class - b.price_class ||
        order.indexOf(a.scheduler) - order.indexOf(b.scheduler) ||
        a.window_start_s - b.window_start_s,
    );
}

async function windowsOf(run: RunFolder, window: number, classes: readonly number[]): Promise<TailWindow[]> {
  const { groups } = await latency(run, { of: "slowdown", by: "window,class", window });
  return groups.flatMap(({ scheduler, group, p99, lower_bounds }): TailWindow[] => {
    const [window_start_s, price_class] = group as [number, number];
    if (!classes.includes(price_class)) return [];
    const lower_bound = lower_bounds.split(" ").includes("p99");
    return [{ scheduler, price_class, window_start_s, p99_slowdown: p99, lower_bound }];
  });
}
