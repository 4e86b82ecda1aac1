import type { MiB, Seconds } from "../../units.js";
import type { Moves, SwapHistory } from "./history.js";

/** Window in which the busiest moment is looked for. */
const BUSIEST_S = 60;

/** What is moved to swap and back, MiB. */
export interface Traffic {
  readonly out_mib: MiB;
  readonly in_mib: MiB;
}

/** Traffic while the trace's part was replayed, after the warm-up; without a word on how much was there at once. */
export interface SwapTraffic {
  /** Of the fleet in all, and per hour. */
  readonly fleet: Traffic;
  /** Per machine and hour: the mean, and of the machine with the most out. */
  readonly mean_per_hour: Traffic;
  readonly busiest_per_hour: Traffic;
  /** The same, out alone, per day. */
  readonly mean_out_per_day_mib: MiB;
  readonly busiest_out_per_day_mib: MiB;
  /** Most that a machine moved out and back per second in `busiest_s` seconds. */
  readonly busiest_s: Seconds;
  readonly most_out_per_s_mib: MiB;
  readonly most_in_per_s_mib: MiB;
}

/** Traffic of every machine's moves. */
export function swapTraffic({ moves, machines, from, to }: SwapHistory): SwapTraffic {
  const length = to - from;
  const busiest_s = Math.min(BUSIEST_S, length);
  const fleet = { out_mib: 0, in_mib: 0 };
  let busiest = { out_mib: 0, in_mib: 0 };
  const most = { out_mib: 0, in_mib: 0 };
  for (const of of moves) {
    const sum = { out_mib: 0, in_mib: 0 };
    for (const [i, time] of of.time.entries()) {
      if (time < from || time > to) continue;
      const mib = of.mib[i]!;
      if (mib > 0) sum.out_mib += mib;
      else sum.in_mib -= mib;
    }
    fleet.out_mib += sum.out_mib;
    fleet.in_mib += sum.in_mib;
    if (sum.out_mib > busiest.out_mib) busiest = sum;
    most.out_mib = Math.max(most.out_mib, mostWithin(of, 1, busiest_s, from, to));
    most.in_mib = Math.max(most.in_mib, mostWithin(of, -1, busiest_s, from, to));
  }
  const per = (seconds: number, { out_mib, in_mib }: Traffic, among: number): Traffic => ({
    out_mib: (out_mib * seconds) / length / among,
    in_mib: (in_mib * seconds) / length / among,
  });
  return {
    fleet,
    mean_per_hour: per(3600, fleet, machines),
    busiest_per_hour: per(3600, busiest, 1),
    mean_out_per_day_mib: per(86400, fleet, machines).out_mib,
    busiest_out_per_day_mib: per(86400, busiest, 1).out_mib,
    busiest_s,
    most_out_per_s_mib: most.out_mib / busiest_s,
    most_in_per_s_mib: most.in_mib / busiest_s,
  };
}

/** Most MiB that a machine moved in one direction (sign 1: out, -1: back) in any `seconds` between two times. */
function mostWithin({ time, mib }: Moves, sign: number, seconds: Seconds, from: Seconds, to: Seconds): MiB {
  let sum = 0;
  let most = 0;
  let first = 0;
  const moved = (i: number) => (time[i]! >= from && time[i]! <= to ? Math.max(0, sign * mib[i]!) : 0);
  for (let i = 0; i < time.length; i++) {
    sum += moved(i);
    while (time[first]! <= time[i]! - seconds) sum -= moved(first++);
    most = Math.max(most, sum);
  }
  return most;
}
