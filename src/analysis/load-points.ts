import type { RunSummary } from "./summary.js";

/** Replays at one load: alike but for the seed, and for which schedulers they have. */
export interface LoadPoint {
  /** Realised CPU over the cluster's cores, to three digits: the mean over its replays. */
  readonly load: number;
  readonly summaries: readonly RunSummary[];
}

/** Options in which the replays of one point may differ. */
const OF_A_DRAW = ["seed", "scheduler"];
/** Options that make a load what it is: points which agree in them differ in something else. */
const OF_LOAD = ["load", "machines", "cores", "cut", "cpu-fraction", "max-runtime"];

/**
 * Several replays of one trace by their load, in the order given. None where they cannot be set side by side: one replay
 * alone or twice, several traces, a load that is not known, or other differences than load and seed at one load.
 */
export function loadPoints(summaries: readonly RunSummary[]): LoadPoint[] {
  if (summaries.length < 2 || new Set(summaries.map(({ trace }) => trace)).size > 1) return [];
  const alike = new Map<string, RunSummary[]>();
  for (const summary of summaries) {
    const key = settingOf(summary, (name) => !OF_A_DRAW.includes(name));
    alike.set(key, [...(alike.get(key) ?? []), summary]);
  }
  const points = [...alike.values()].map((of) => ({ load: meanLoad(of), summaries: of }));
  const settings = points.map((point) => settingOf(point.summaries[0]!, (name) => OF_LOAD.includes(name)));
  const apart = (values: readonly unknown[]) => new Set(values).size === values.length;
  const draws = ({ summaries: of }: LoadPoint) =>
    of.flatMap(({ seed, schedulers }) => schedulers.map(({ scheduler }) => `${seed} ${scheduler}`));
  const comparable =
    points.every((point) => Number.isFinite(point.load) && apart(draws(point))) &&
    apart(points.map(({ load }) => load)) &&
    apart(settings);
  return comparable ? points : [];
}

function settingOf({ trace_sha256, options }: RunSummary, counts: (option: string) => boolean): string {
  const names = Object.keys(options).filter(counts).sort();
  return JSON.stringify([trace_sha256, ...names.map((name) => [name, options[name]])]);
}

function meanLoad(summaries: readonly RunSummary[]): number {
  const sum = summaries.reduce((total, { offered_load }) => total + offered_load.realised, 0);
  return Number((sum / summaries.length).toFixed(3));
}
