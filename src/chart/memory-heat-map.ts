import { distinct, plain, rounded, timeUnit } from "./parts.js";
import { SCHEMA, type Spec, THEME } from "./theme.js";

/** A cell: a machine, or some of them, over some time. */
export interface MemoryCell {
  readonly scheduler: string;
  readonly machine: number;
  /** The first machine that is not in the cell; the next one by default. */
  readonly machine_end?: number;
  readonly time_s: number;
  /** Where the cell ends; where the next one starts by default. */
  readonly time_end_s?: number;
  /** Memory in RAM over RAM. */
  readonly resident_share: number;
  /** In a machine's swap. */
  readonly swapped_mib: number;
}

const GIB = 1024;

/** Machines from the bottom up and time from left to right: RAM above, swap below, a column a scheduler; dark is full. */
export function memoryHeatMap(cells: readonly MemoryCell[]): Spec {
  const ascending = (values: readonly number[]) => distinct(values).sort((a, b) => a - b);
  const times = ascending(cells.map((cell) => cell.time_s));
  const machines = ascending(cells.map((cell) => cell.machine));
  const next = (starts: readonly number[], fallback: number) => {
    const step = starts.length > 1 ? starts[1]! - starts[0]! : fallback;
    return new Map(starts.map((start, i) => [start, starts[i + 1] ?? start + step]));
  };
  const [timeEnds, machineEnds] = [next(times, 1), next(machines, 1)];
  const [unit, seconds] = timeUnit(times.at(-1)! - times[0]!);
  const values = cells.map((cell) => ({
    scheduler: cell.scheduler,
    from: rounded(cell.time_s / seconds, 6),
    to: rounded((cell.time_end_s ?? timeEnds.get(cell.time_s)!) / seconds, 6),
    machine: cell.machine,
    end: cell.machine_end ?? machineEnds.get(cell.machine)!,
    ram: rounded(cell.resident_share, 3),
    swap: rounded(cell.swapped_mib / GIB, 3),
  }));
  const schedulers = distinct(cells.map((cell) => cell.scheduler));
  const most = values.reduce((a, { swap }) => Math.max(a, swap), 0);
  const x = {
    field: "from",
    type: "quantitative",
    title: `time (${unit})`,
    scale: { zero: false, nice: false },
  } as const;
  const y = plain({ field: "machine", type: "quantitative", title: "machine", scale: { zero: false, nice: false } });
  const panel = (field: string, title: string, range: string[], domain: number[], format: string, column: boolean) => ({
    facet: {
      column: {
        ...{ field: "scheduler", type: "nominal" as const, sort: schedulers, title: null },
        header: { labels: column && schedulers.length > 1, labelFontWeight: "bold" as const },
      },
    },
    spec: {
      width: schedulers.length > 1 ? 240 : 480,
      height: 150,
      mark: { type: "rect" as const, aria: false },
      encoding: {
        ...{ x, x2: { field: "to" }, y, y2: { field: "end" } },
        color: {
          ...{ field, type: "quantitative" as const, title, scale: { range, domain, interpolate: "lab" as const } },
          legend: { format, gradientLength: 130, tickCount: 5 },
        },
      },
    },
  });
  return {
    $schema: SCHEMA,
    description: "Memory in RAM and in swap per machine over time.",
    title: {
      text: "Memory of every machine over time",
      subtitle: "above: RAM in use; below: the most in one machine's swap; dark: much",
    },
    config: THEME,
    data: { values },
    vconcat: [
      panel("ram", "RAM in use", ["#f7fbff", "#6baed6", "#08306b"], [0, 1], "%", true),
      panel("swap", "swap (GiB)", ["#fffaf5", "#fd8d3c", "#7f2704"], [0, most || 1], "~r", false),
    ],
    resolve: { scale: { color: "independent" } },
  };
}
