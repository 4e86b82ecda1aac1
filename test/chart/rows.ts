const INFINITE = Number.POSITIVE_INFINITY;

const CCDF = ["xx", "hermod"].flatMap((scheduler) =>
  [4, 0].flatMap((price_class) => [
    { scheduler, price_class, value: 0, share_above: 1, lower_bound: false },
    { scheduler, price_class, value: 0.005, share_above: 0.99, lower_bound: false },
    { scheduler, price_class, value: 1.23456, share_above: 0.1, lower_bound: false },
    {
      scheduler,
      price_class,
      value: price_class === 0 ? 7200 : 30,
      share_above: 0.001,
      lower_bound: price_class === 0,
    },
    { scheduler, price_class, value: 9000, share_above: 0, lower_bound: false },
  ]),
);

const WINDOWS = ["xx", "edf"].flatMap((scheduler) =>
  [1, 0].flatMap((price_class) =>
    [1, 3.5, null, INFINITE, 80].map((p99_slowdown, i) => ({
      ...{ scheduler, price_class, window_start_s: 60 * i, p99_slowdown, lower_bound: p99_slowdown === 80 },
      ...(i === 0 && { step_from_s: 60, step_to_s: 150 }),
    })),
  ),
);

const LOADS = ["xx", "hermod"].flatMap((scheduler) =>
  [2, 0].flatMap((price_class) => [
    { scheduler, load: 0.5, price_class, p99_slowdown: 1, lower_bound: false },
    { scheduler, load: 0.7, price_class, p99_slowdown: price_class === 0 ? 4.5 : null, lower_bound: false },
    { scheduler, load: 0.9, price_class, p99_slowdown: price_class === 0 ? INFINITE : 12, lower_bound: true },
  ]),
);

const CELLS = [0, 10, 20].flatMap((time_s) =>
  [0, 2].map((machine) => ({
    ...{ scheduler: "xx", machine, machine_end: machine + 2, time_s, time_end_s: Math.min(25, time_s + 10) },
    ...{ resident_share: (machine + time_s) / 30, swapped_mib: 100 * time_s },
  })),
);

const COSTS = ["own machines", "AWS Lambda"].flatMap((group) =>
  [2, 1, 0].map((price_class) => ({ scheduler: "xx", group, price_class, dollars: 12.5 * (price_class + 1) })),
);

/** Rows that show all that a chart can meet, by chart. */
export const ROWS: Readonly<Record<string, readonly object[]>> = {
  "p99-slowdown": [
    { scheduler: "xx", price_class: 2, p99_slowdown: 1, lower_bound: false },
    { scheduler: "xx", price_class: 1, p99_slowdown: 1.2345, lower_bound: false },
    { scheduler: "xx", price_class: 0, p99_slowdown: 4321.5, lower_bound: true },
    { scheduler: "hermod", price_class: 2, p99_slowdown: null, lower_bound: false },
    { scheduler: "hermod", price_class: 1, p99_slowdown: 12.34, lower_bound: false },
    { scheduler: "hermod", price_class: 0, p99_slowdown: INFINITE, lower_bound: false },
  ],
  "latency-ccdf": CCDF,
  "tail-over-time": WINDOWS,
  "p99-by-load": LOADS,
  "utilisation-by-load": [
    { scheduler: "xx", load: 0.5, mean: 0.5, min: 0.4, median: 0.51, max: 0.66 },
    { scheduler: "xx", load: 0.9, mean: 0.9, min: 0.8, median: 0.91, max: 0.99 },
    { scheduler: "edf", load: 0.5, mean: 0.5, min: null, median: null, max: null },
    { scheduler: "edf", load: 0.9, mean: 0.9, min: null, median: null, max: null },
  ],
  "memory-heat-map": [
    ...CELLS,
    { scheduler: "hermod", machine: 0, time_s: 0, resident_share: 0.5, swapped_mib: 0 },
    { scheduler: "hermod", machine: 2, time_s: 0, resident_share: 1, swapped_mib: 0 },
  ],
  "swap-rates": [
    {
      ...{ scheduler: "xx", size_mib: 7629.39453125, overflows_per_machine_day: 120, dollars_month: 3.5 },
      ...{ fitted: 118, fitted_low: 90, fitted_high: 150, kills_per_machine_day: 200, kills_low: 150, kills_high: 260 },
    },
    {
      ...{ scheduler: "xx", size_mib: 15258.7890625, overflows_per_machine_day: 0, dollars_month: 4 },
      ...{ fitted: 0.02, fitted_low: 0, fitted_high: 0.4, kills_per_machine_day: 0, kills_low: 0, kills_high: 3 },
    },
    { scheduler: "sharing", size_mib: 7629.39453125, overflows_per_machine_day: 4, dollars_month: null },
  ],
  "occupancy-and-traffic": [
    { scheduler: "xx", machine: 0, peak_mib: 20000, p99_mib: 9000, written_mib: 200000 },
    { scheduler: "xx", machine: 1, peak_mib: 12000, p99_mib: 0, written_mib: 90000 },
    { scheduler: "xx", machine: 2, peak_mib: 0, p99_mib: 0, written_mib: 0 },
  ],
  "cost-by-class": COSTS,
  "cost-by-owner": Array.from({ length: 18 }, (_, i) => ({
    ...{ scheduler: i % 2 === 0 ? "xx" : "edf", group: `owner-${i}`, price_class: i % 3, dollars: 100 / (i + 1) },
  })),
  "cost-latency-frontier": [
    { label: "100 machines", dollars_per_million: 12, p99_slowdown: 1.2, lower_bound: false },
    { label: "80 machines", dollars_per_million: 9, p99_slowdown: 4, lower_bound: true, chosen: true },
    { label: "40 machines", dollars_per_million: 5, p99_slowdown: INFINITE, lower_bound: false },
    { label: "random", dollars_per_million: 15, p99_slowdown: 90, lower_bound: false },
    { label: "unknown", dollars_per_million: 15, p99_slowdown: null, lower_bound: false },
  ],
  "trace-overview": [
    { panel: "arrivals", x: 0, y: 12 },
    { panel: "arrivals", x: 3600, y: 30 },
    { panel: "arrivals", x: 14400, y: 3 },
    { panel: "runtime", x: 0.01, y: 0.5 },
    { panel: "runtime", x: 90, y: 1 },
    { panel: "memory", x: 128, y: 0.4 },
    { panel: "memory", x: 4096, y: 1 },
    { panel: "functions", x: 1, y: 0.3 },
    { panel: "functions", x: 400, y: 1 },
  ],
};
