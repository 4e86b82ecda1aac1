import type { Column } from "./column.js";

const label = (name: string, about: string): Column => ({
  name,
  type: "dictionary",
  unit: "",
  about,
  nulls: "unknown",
});

/** `workload.arrow`: every invocation as replayed, sorted by arrival; its row number is the invocation. */
export const WORKLOAD: readonly Column[] = [
  { name: "arrival_s", type: "float64", unit: "s", about: "Arrival at the load balancer, since the trace's start." },
  { name: "runtime_s", type: "float64", unit: "s", about: "CPU seconds it needs on one core." },
  { name: "price_class", type: "uint8", unit: "", about: "Requested price class; 0 is the lowest." },
  { name: "memory_initial_mib", type: "float32", unit: "MiB", about: "Memory it holds before it has run." },
  { name: "memory_peak_mib", type: "float32", unit: "MiB", about: "Memory it holds when it ends." },
  label("function", "The function's name in the trace."),
  label("app", "The app it belongs to."),
  label("owner", "The tenant that owns the app."),
  label("trigger", "What invoked it."),
  {
    name: "parent",
    type: "int32",
    unit: "",
    about: "Row of the invocation that called this one; an earlier row.",
    nulls: "nothing called it",
  },
  {
    name: "deadline_s",
    type: "float64",
    unit: "s",
    about: "arrival + runtime x (highest price / own price).",
  },
];

/** The values of invocations.arrow's `outcome`, in dictionary order. */
export const OUTCOMES = ["finished", "killed", "rejected", "unfinished"] as const;

/** `<scheduler>/invocations.arrow`: what became of every invocation. */
export const INVOCATIONS: readonly Column[] = [
  { name: "invocation", type: "uint32", unit: "", about: "Row of workload.arrow." },
  { name: "price_class", type: "uint8", unit: "", about: "Effective price class." },
  { name: "arrival_s", type: "float64", unit: "s", about: "Arrival as replayed." },
  { name: "runtime_s", type: "float64", unit: "s", about: "CPU seconds it needs, as replayed." },
  { name: "start_s", type: "float64", unit: "s", about: "First time on a core.", nulls: "never on a core" },
  { name: "finish_s", type: "float64", unit: "s", about: "When it ended.", nulls: "it has not ended" },
  { name: "machine", type: "int32", unit: "", about: "Machine; -1 for a central pool or never placed." },
  { name: "preemptions", type: "uint32", unit: "", about: "Times it was taken off a core unfinished." },
  { name: "swap_outs", type: "uint32", unit: "", about: "Times it was moved to swap." },
  { name: "swap_ins", type: "uint32", unit: "", about: "Times it was read back from swap." },
  { name: "outcome", type: "dictionary", unit: "", about: "finished, killed, rejected or unfinished." },
  { name: "cpu_s", type: "float64", unit: "s", about: "CPU seconds delivered to it." },
  { name: "memory_running_mib_s", type: "float64", unit: "MiB s", about: "Integral of its memory while it ran." },
  { name: "memory_resident_mib_s", type: "float64", unit: "MiB s", about: "Integral of its memory while in RAM." },
  { name: "memory_swapped_mib_s", type: "float64", unit: "MiB s", about: "Integral of its memory while in swap." },
];

/** `<scheduler>/machines.arrow`: a row per machine and interval. */
export const MACHINES: readonly Column[] = [
  { name: "time_s", type: "float64", unit: "s", about: "The interval's end." },
  { name: "machine", type: "int32", unit: "", about: "Machine; -1: the central pool." },
  { name: "busy_cores", type: "float64", unit: "cores", about: "Mean number of cores at work over the interval." },
  { name: "running", type: "uint32", unit: "", about: "Invocations running at the interval's end." },
  { name: "waiting", type: "uint32", unit: "", about: "Placed invocations waiting for a core at its end." },
  { name: "resident_mib", type: "float64", unit: "MiB", about: "Memory in RAM at its end." },
  { name: "swapped_mib", type: "float64", unit: "MiB", about: "Memory in swap at its end." },
  { name: "resident_max_mib", type: "float64", unit: "MiB", about: "Most memory in RAM during the interval, exact." },
  { name: "swapped_max_mib", type: "float64", unit: "MiB", about: "Most memory in swap during the interval, exact." },
  { name: "swap_out_mib", type: "float64", unit: "MiB", about: "Moved to swap during the interval." },
  { name: "swap_in_mib", type: "float64", unit: "MiB", about: "Read back from swap during the interval." },
];

/** The values of swaps.arrow's `kind`, in dictionary order. */
export const SWAP_KINDS = ["out", "in", "kill"] as const;

/** `<scheduler>/swaps.arrow`: a row per move to swap, move back, and kill, in the order in which they happened. */
export const SWAPS: readonly Column[] = [
  { name: "time_s", type: "float64", unit: "s", about: "When." },
  { name: "machine", type: "int32", unit: "", about: "Machine; -1: the central pool." },
  { name: "invocation", type: "uint32", unit: "", about: "Row of workload.arrow." },
  { name: "price_class", type: "uint8", unit: "", about: "Effective price class." },
  {
    name: "kind",
    type: "dictionary",
    unit: "",
    about: "out: RAM to swap; in: back to RAM; kill: ended for want of room.",
  },
  { name: "mib", type: "float64", unit: "MiB", about: "Memory it held, all of which moved or was freed." },
];

/** `<scheduler>/occupancy.arrow`: a row per machine and bin of swap in use, where the machine was at all. */
export const OCCUPANCY: readonly Column[] = [
  { name: "machine", type: "int32", unit: "", about: "Machine; -1: the central pool." },
  {
    name: "swapped_from_mib",
    type: "float64",
    unit: "MiB",
    about: "The bin's lower end, in the bin; 0 to 0 is a bin of its own.",
  },
  {
    name: "swapped_to_mib",
    type: "float64",
    unit: "MiB",
    about: "Its upper end, not in it; at most 1/128 above the lower, or 1 MiB.",
  },
  { name: "time_s", type: "float64", unit: "s", about: "Time for which the swap in use was in the bin, exact." },
  { name: "swapped_mib_s", type: "float64", unit: "MiB s", about: "Integral of the swap in use over that time." },
];

const quantity = (name: string, unit: string, about: string, nulls: string): Column => ({
  name,
  type: "float64",
  unit,
  about,
  nulls,
});
const TOO_FEW = "fewer than 10 / (1 - q) observations";

function statistics(of: string, unit: string, nulls: string): readonly Column[] {
  return [
    quantity(`${of}_mean${unit}`, unit.slice(1), `Mean ${of}.`, nulls),
    quantity(`${of}_p50${unit}`, unit.slice(1), `Median ${of}.`, TOO_FEW),
    quantity(`${of}_p90${unit}`, unit.slice(1), `Quantile 0.9 of ${of}.`, TOO_FEW),
    quantity(`${of}_p99${unit}`, unit.slice(1), `Quantile 0.99 of ${of}.`, TOO_FEW),
    quantity(`${of}_p999${unit}`, unit.slice(1), `Quantile 0.999 of ${of}.`, TOO_FEW),
    quantity(`${of}_max${unit}`, unit.slice(1), `Largest ${of}.`, nulls),
  ];
}

/** `<scheduler>/windows.arrow`: a row per window of arrival and price class that has arrivals. */
export const WINDOWS: readonly Column[] = [
  {
    name: "window_start_s",
    type: "float64",
    unit: "s",
    about: "The window's start; an invocation is in the window of its arrival.",
  },
  { name: "price_class", type: "uint8", unit: "", about: "Effective price class." },
  { name: "count", type: "uint32", unit: "", about: "Arrivals." },
  { name: "finished", type: "uint32", unit: "", about: "Of those, finished." },
  { name: "killed", type: "uint32", unit: "", about: "Of those, killed." },
  { name: "rejected", type: "uint32", unit: "", about: "Of those, rejected." },
  { name: "unfinished", type: "uint32", unit: "", about: "Of those, unfinished at the end of the run." },
  ...statistics("latency", "_s", "no arrivals"),
  ...statistics("slowdown", "", "no arrival had a runtime above 0"),
];

const total = (name: string, about: string, unit = ""): Column => ({ name, type: "float64", unit, about });

function sums(of: string, unit: string, what: string): readonly Column[] {
  const suffix = unit === "" ? "" : `_${unit}`;
  return [
    total(`${of}_sum${suffix}`, `Sum of ${what}.`, unit),
    total(`${of}_least${suffix}`, `Least above 0 of ${what}; Infinity: none.`, unit),
    total(`${of}_largest${suffix}`, `Largest below Infinity of ${what}; 0: none.`, unit),
    total(`${of}_least_open${suffix}`, `Least of ${what} of those unfinished; Infinity: none.`, unit),
  ];
}

/** `<scheduler>/classes.arrow`, where not every row is kept: a row per price class, of arrivals after the warm-up. */
export const CLASSES: readonly Column[] = [
  { name: "price_class", type: "uint8", unit: "", about: "Effective price class." },
  ...OUTCOMES.map((outcome) => total(outcome, `Invocations ${outcome}.`)),
  total("missed", "Deadlines missed."),
  total("preemptions", "Times that one was taken off a core unfinished."),
  total("swap_outs", "Times that one was moved to swap."),
  total("swap_ins", "Times that one was read back."),
  ...sums("latency", "s", "the latencies"),
  ...sums("slowdown_above_1", "", "wait / runtime"),
];

/** The values of sketches.arrow's `quantity`, in dictionary order. */
export const QUANTITIES = ["latency_s", "slowdown_above_1"] as const;

/** `<scheduler>/sketches.arrow`, where not every row is kept: how latencies and slowdowns are spread, by price class. */
export const SKETCHES: readonly Column[] = [
  { name: "price_class", type: "uint8", unit: "", about: "Effective price class." },
  { name: "quantity", type: "dictionary", unit: "", about: "latency_s, or slowdown_above_1: wait / runtime." },
  { name: "from", type: "float64", unit: "", about: "The bin's lower end, in the bin." },
  {
    name: "to",
    type: "float64",
    unit: "",
    about: "Its upper end, not in it, at most 1/128 above; 0 and Infinity have bins of their own, with one end.",
  },
  { name: "count", type: "float64", unit: "", about: "Invocations in the bin. Bins of several runs add up." },
];
