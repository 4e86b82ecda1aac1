// The workload of ../shared/bench/limit.cpp in batches: Poisson arrivals, a Pareto 1.5 of mean 1, the same class shares.
import { keyed, PURPOSE } from "../../dist/random/index.js";

const BATCH = 65536;
const CLASS_OF = [0, 0, 0, 0, 1, 2, 3, 3, 3, 0];

/** The prices that give its deadlines: arrival + runtime x 4 / (class + 1). */
export const PRICES = [1, 2, 3, 4];

export function limitWorkload(n, machines, load) {
  const random = keyed(1, PURPOSE.synthetic);
  const batches = [];
  let now = 0;
  for (let first = 0; first < n; first += BATCH) {
    const rows = Math.min(BATCH, n - first);
    const columns = {
      arrival_s: new Float64Array(rows),
      runtime_s: new Float64Array(rows),
      price_class: new Uint8Array(rows),
      memory_initial_mib: new Float32Array(rows).fill(100),
      memory_peak_mib: new Float32Array(rows).fill(200),
    };
    for (let i = 0; i < rows; i++) {
      now += -Math.log(1 - random.uniform(first + i, 0)) / (load * machines * 8);
      columns.arrival_s[i] = now;
      columns.runtime_s[i] = Math.exp(-Math.log(1 - random.uniform(first + i, 1)) / 1.5) / 3;
      columns.price_class[i] = CLASS_OF[Math.floor(random.uniform(first + i, 2) * 10)];
    }
    batches.push({ rows, first, columns });
  }
  return batches;
}
