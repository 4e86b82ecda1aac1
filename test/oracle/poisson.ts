import type { Arrivals } from "../../src/cluster/observer.js";
import { keyed, PURPOSE } from "../../src/random/index.js";
import type { RuntimeLaw } from "./laws-of-runtime.js";

/** Invocations of a Poisson process, all in memory, cut into chunks of which the arrays are views. */
export interface Poisson {
  readonly rows: number;
  readonly arrival_s: Float64Array;
  readonly runtime_s: Float64Array;
  readonly price_class: Uint8Array;
  readonly chunks: readonly Arrivals[];
}

const CHUNK = 65536;

/** `rows` arrivals at `rate` a second with runtimes of one law; classes drawn by `shares` from class 0 up. */
export function poisson(rows: number, rate: number, law: RuntimeLaw, shares: readonly number[], seed: number): Poisson {
  const random = keyed(seed, PURPOSE.synthetic);
  const uniforms = new Float64Array(CHUNK);
  const arrival_s = new Float64Array(rows);
  const runtime_s = new Float64Array(rows);
  const price_class = new Uint8Array(rows);
  const none = new Float32Array(rows);
  const chunks: Arrivals[] = [];
  let now = 0;
  for (let first = 0; first < rows; first += CHUNK) {
    const to = Math.min(rows, first + CHUNK);
    random.uniforms(first, to - first, 0, uniforms);
    for (let i = first; i < to; i++) {
      now -= Math.log(1 - uniforms[i - first]!) / rate;
      arrival_s[i] = now;
    }
    random.uniforms(first, to - first, 1, uniforms);
    for (let i = first; i < to; i++) runtime_s[i] = law.draw(uniforms[i - first]!);
    if (shares.length > 1) {
      random.uniforms(first, to - first, 2, uniforms);
      for (let i = first; i < to; i++) price_class[i] = classOf(uniforms[i - first]!, shares);
    }
    chunks.push({
      rows: to - first,
      first,
      arrival_s: arrival_s.subarray(first, to),
      runtime_s: runtime_s.subarray(first, to),
      price_class: price_class.subarray(first, to),
      memory_initial_mib: none.subarray(first, to),
      memory_peak_mib: none.subarray(first, to),
    });
  }
  return { rows, arrival_s, runtime_s, price_class, chunks };
}

function classOf(uniform: number, shares: readonly number[]): number {
  let left = uniform;
  for (let c = 0; c < shares.length - 1; c++) {
    left -= shares[c]!;
    if (left < 0) return c;
  }
  return shares.length - 1;
}
