import type { Column } from "./column.js";

const label = (name: string, about: string): Column => ({ name, type: "dictionary", unit: "", about });
const count = (name: string, about: string): Column => ({ name, type: "float64", unit: "", about });
const TOO_FEW = "fewer than 10 / (1 - q) observations";
const quantile = (name: string, unit: string, about: string): Column => ({
  ...{ name, type: "float64", unit, about, nulls: TOO_FEW },
});

/** First columns of a sweep's summary.arrow; a column for each option that the plan varies comes next. */
export const SUMMARY_RUN: readonly Column[] = [
  label("run", "The run folder, in runs/."),
  label("trace", "The trace, as the plan names it."),
];

/** Its other columns: a row per run, scheduler and price class, what `replaybook summary` says of it. */
export const SUMMARY: readonly Column[] = [
  label("scheduler", "Name of the scheduler."),
  { name: "price_class", type: "uint8", unit: "", about: "Effective price class; 0 is the lowest." },
  { name: "price", type: "float64", unit: "", about: "Its price, relative." },
  { name: "machines", type: "uint32", unit: "", about: "Machines of the cluster." },
  { name: "offered_load", type: "float64", unit: "", about: "CPU seconds that arrived over those there were." },
  {
    name: "utilisation",
    type: "float64",
    unit: "",
    about: "Mean busy cores over cores, of the scheduler.",
    nulls: "no whole sampling interval",
  },
  count("count", "Arrivals of the class after the warm-up."),
  count("finished", "Of those, finished."),
  count("killed", "Of those, killed."),
  count("rejected", "Of those, rejected."),
  count("unfinished", "Of those, unfinished at the end of the run."),
  quantile("p50_latency_s", "s", "Median latency."),
  quantile("p99_latency_s", "s", "Quantile 0.99 of latency; infinite where a killed or rejected one is there."),
  quantile("p999_latency_s", "s", "Quantile 0.999 of latency."),
  {
    name: "mean_slowdown",
    type: "float64",
    unit: "",
    about: "Mean slowdown.",
    nulls: "no arrival had a runtime above 0",
  },
  quantile("p50_slowdown", "", "Median slowdown."),
  quantile("p99_slowdown", "", "Quantile 0.99 of slowdown."),
  quantile("p999_slowdown", "", "Quantile 0.999 of slowdown."),
  label("lower_bounds", "Names of the columns above whose true value may be larger, joined by a space."),
  count("missed", "Deadlines missed."),
  {
    name: "missed_share",
    type: "float64",
    unit: "",
    about: "Share of the count that missed its deadline.",
    nulls: "nothing arrived",
  },
  count("preemptions", "Times one was taken off a core unfinished."),
  count("swap_outs", "Times one was moved to swap."),
  count("swap_ins", "Times one was read back from swap."),
];
