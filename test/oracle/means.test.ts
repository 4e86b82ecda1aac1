import { expect, it } from "vitest";
import { KNOWN_MEANS, REPLICATIONS } from "./means.js";
import { estimate, replicate } from "./measure.js";

// The numbers before the names are those of the oracles: 1 M/M/c and M/G/c, 2 M/M/c with priority, 3 M/G/1 with
// priority, 4 M/G/1, 5 power of d over one-core machines, 6 over c-core machines. What is here is small; the same with
// ten times the invocations, and power of d at load 0.99, is `npm run bench:oracles`.
it.each(KNOWN_MEANS.map((known) => [known.name, known] as const))("%s: within 4 standard errors", (_, known) => {
  const replications = replicate(known.experiment, REPLICATIONS);
  for (const [name, { of, expected, error: unsure = 0 }] of Object.entries(known.means)) {
    const { mean, error } = estimate(replications.map(of));
    const said = `${name}: ${mean}, standard error ${error}, expected ${expected}`;
    expect(error, said).toBeLessThanOrEqual(known.resolution * mean);
    expect(Math.abs(mean - expected), said).toBeLessThanOrEqual(4 * Math.hypot(error, unsure));
  }
});
