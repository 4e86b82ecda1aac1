import type { Observed } from "../../../src/analysis/swap/excursions.js";
import { keyed, PURPOSE } from "../../../src/random/index.js";
import { exceededWith, type GeneralisedPareto } from "../../../src/statistics/generalised-pareto.js";

/**
 * Machines whose swap is filled by independent visits, `every` seconds apart on the mean and a second long, each as high
 * as a law has it.
 */
export function madeLevels(
  machines: number,
  length: number,
  every: number,
  law: GeneralisedPareto,
  seed = 1,
): Observed {
  const levels = Array.from({ length: machines }, (_, machine) => {
    const draws = keyed(seed, PURPOSE.sample).derive(machine, 0);
    const time: number[] = [];
    const mib: number[] = [];
    let at = 0;
    for (let i = 0; ; i++) {
      at += 1 - every * Math.log(1 - draws.uniform(i, 0));
      if (at + 1 > length) break;
      time.push(at, at + 1);
      mib.push(exceededWith(law, 1 - draws.uniform(i, 1)), 0);
    }
    return { time: Float64Array.from(time), mib: Float64Array.from(mib) };
  });
  return { levels, spans: [[0, length]] };
}
