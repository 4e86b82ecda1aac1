import { keyed, PURPOSE } from "../../src/random/index.js";

/**
 * Mean time in the system of power of d over machines of c cores with Poisson arrivals and exponential runtimes, by the
 * Markov chain of queue lengths and Little's law. It has no invocations, no times and nothing of the engine's. `repeat`:
 * a poll may meet a machine twice. The first tenth of `events` does not count.
 */
export function chainMean(
  { machines, cores, d, load }: { machines: number; cores: number; d: number; load: number },
  repeat: boolean,
  events: number,
  seed: number,
): number {
  const random = keyed(seed, PURPOSE.synthetic);
  const uniforms = new Float64Array(65536);
  const length = new Int32Array(machines);
  const polled = new Int32Array(d);
  const servers = machines * cores;
  let next = uniforms.length;
  let block = 0;
  const draw = (n: number) => {
    if (next === uniforms.length) {
      random.uniforms(0, uniforms.length, block++, uniforms);
      next = 0;
    }
    return Math.floor(uniforms[next++]! * n);
  };
  let present = 0;
  let seen = 0;
  let counted = 0;
  // Uniformised: arrivals at load x servers, and as many chances of a completion as there are servers.
  const arrivalsOf = Math.round(load * 1000);
  for (let event = 0; event < events; event++) {
    if (event * 10 >= events) {
      seen += present;
      counted++;
    }
    if (draw(1000 + arrivalsOf) < arrivalsOf) {
      let best = -1;
      for (let i = 0; i < d; i++) {
        let m = draw(machines);
        while (!repeat && polled.indexOf(m) >= 0 && polled.indexOf(m) < i) m = draw(machines);
        polled[i] = m;
        if (best < 0 || length[m]! < length[best]!) best = m;
      }
      length[best]!++;
      present++;
    } else {
      const server = draw(servers);
      const m = Math.floor(server / cores);
      if (server - m * cores < length[m]!) {
        length[m]!--;
        present--;
      }
    }
  }
  return seen / counted / (load * servers);
}
