import { expect, it } from "vitest";
import {
  erlangC,
  manyServers,
  oneServer,
  powerOfD,
  powerOfDCores,
  priorityOneServer,
  priorityServers,
} from "./formulas.js";

/** Of the classes from the top: the papers' shares. */
const SHARES = [0.23, 0.15, 0.02, 0.25, 0.35];

it("Erlang's C of one core is its load", () => {
  expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 14);
});

it.each([
  [8, 0.5, 1.014761],
  [8, 0.7, 1.112751],
  [8, 0.8, 1.286028],
  [8, 0.9, 1.876916],
  [8, 0.95, 3.110422],
  [1, 0.8, 5],
  [800, 0.95, 1.002449],
])("M/M/%i at load %d has E[T] %d", (c, rho, expected) => {
  expect(manyServers(c, rho)).toBeCloseTo(expected, 6);
});

it.each([
  [8, 0.9, [1.000053, 1.003609, 1.012508, 1.094242, 3.435863]],
  [8, 0.95, [1.000077, 1.005061, 1.017372, 1.130267, 6.933516]],
  [1, 0.8, [1.22549, 1.760762, 2.112914, 3.063725, 10.416667]],
])("M/M/%i with preemptive priority at load %d has E[T] %j from the top class down", (c, rho, expected) => {
  const found = priorityServers(c, rho, SHARES);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6);
});

it("M/G/1 with preemptive priority, load 0.8 and SCV 10, has the E[T] of the literature", () => {
  const found = priorityOneServer(0.8, 10, SHARES);
  for (const [i, value] of [2.2402, 4.1695, 5.1555, 10.2328, 47.9167].entries()) expect(found[i]).toBeCloseTo(value, 4);
});

it("Pollaczek and Khinchine's E[T] of M/M/1 is 1 / (1 - rho)", () => {
  expect(oneServer(0.8, 1)).toBeCloseTo(5, 12);
});

it.each([
  [2, 0.7, 1.614454],
  [2, 0.9, 2.614057],
  [2, 0.95, 3.383046],
  [3, 0.9, 2.027856],
])("power of %i over infinitely many one-core machines at load %d has E[T] %d", (d, rho, expected) => {
  expect(powerOfD(d, rho)).toBeCloseTo(expected, 6);
  expect(powerOfDCores(1, d, rho)).toBeCloseTo(expected, 6);
});

it.each([
  [0.8, 1.000156],
  [0.9, 1.012742],
  [0.95, 1.051626],
  [0.99, 1.197285],
])("power of 3 over infinitely many 8-core machines at load %d has E[T] %d", (rho, expected) => {
  expect(powerOfDCores(8, 3, rho)).toBeCloseTo(expected, 6);
});
