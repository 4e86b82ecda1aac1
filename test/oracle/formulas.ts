/** Closed forms of queueing theory for comparison; E[S] = 1, so that times are in mean runtimes. */

/** Erlang's C: the probability that an arrival waits in M/M/c with `a` = c rho erlangs. */
export function erlangC(c: number, a: number): number {
  let blocking = 1;
  for (let k = 1; k <= c; k++) blocking = (a * blocking) / (k + a * blocking);
  return (c * blocking) / (c - a * (1 - blocking));
}

/** E[T] of M/M/c first come first served, and of M/G/c processor sharing whatever the runtimes' law. */
export function manyServers(c: number, rho: number): number {
  return 1 + erlangC(c, c * rho) / (c * (1 - rho));
}

/** E[T] by class, the top first, of M/M/c preemptive-resume priority. Buzen, Bondi: Operations Research 31 (1983). */
export function priorityServers(c: number, rho: number, sharesFromTop: readonly number[]): number[] {
  const inSystem = (lambda: number) => (lambda === 0 ? 0 : lambda * manyServers(c, lambda / c));
  let above = 0;
  return sharesFromTop.map((share) => {
    const lambda = share * rho * c;
    const time = (inSystem(above + lambda) - inSystem(above)) / lambda;
    above += lambda;
    return time;
  });
}

/** E[T] by class, the top first, of M/G/1 preemptive-resume priority, one law for all classes. */
export function priorityOneServer(rho: number, scv: number, sharesFromTop: readonly number[]): number[] {
  let above = 0;
  return sharesFromTop.map((share) => {
    const load = share * rho;
    const residual = ((above + load) * (1 + scv)) / 2;
    const time = 1 / (1 - above) + residual / ((1 - above) * (1 - above - load));
    above += load;
    return time;
  });
}

/** E[T] of M/G/1 first come first served. Pollaczek and Khinchine. */
export function oneServer(rho: number, scv: number): number {
  return 1 + (rho * (1 + scv)) / (2 * (1 - rho));
}

/** E[T] of power of d choices over infinitely many one-core machines. Mitzenmacher: IEEE TPDS 12 (2001). */
export function powerOfD(d: number, rho: number): number {
  let sum = 0;
  for (let i = 1; i < 60; i++) {
    const term = rho ** ((d ** i - d) / (d - 1));
    if (term < 1e-18) break;
    sum += term;
  }
  return sum;
}

/**
 * E[T] of power of d choices over infinitely many c-core machines, first come first served or processor sharing: the
 * fixed point s_0 = 1, c rho s_{i-1}^d = sum over j >= i of min(j, c) (s_j - s_{j+1}). From i = c on that is
 * s_i = rho s_{i-1}^d; below, each s_i follows from the next two; what s_{c-1} must be for s_0 to be 1 is bisected.
 */
export function powerOfDCores(c: number, d: number, rho: number): number {
  const s = new Float64Array(c + 60);
  const start = (guess: number) => {
    s[c - 1] = guess;
    for (let i = c; i < s.length; i++) s[i] = rho * s[i - 1]! ** d;
    for (let i = c - 1; i > 0; i--) s[i - 1] = (s[i]! ** d + (i * (s[i]! - s[i + 1]!)) / (c * rho)) ** (1 / d);
    return s[0]!;
  };
  let low = 0;
  let high = 1;
  for (let round = 0; round < 100; round++) {
    const middle = (low + high) / 2;
    if (start(middle) < 1) low = middle;
    else high = middle;
  }
  return s.slice(1).reduce((sum, value) => sum + value, 0) / (c * rho);
}
