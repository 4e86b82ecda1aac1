import { expect, it } from "vitest";
import { FunctionIdentities } from "../../src/workload/function-identities.js";

const keys = (...values: number[]) => Int32Array.from(values);

it("functions of one name are one only in the same app of the same owner, in whatever batch they come", () => {
  const identities = new FunctionIdentities();
  const first = { function: keys(0, 0, 0, 0, -1), app: keys(0, 1, 0, -1, 0), owner: keys(0, 0, 1, 0, 0) };
  expect([...identities.of(first, 5)]).toEqual([0, 1, 2, 3, -1]);
  const second = { function: keys(1, 0), app: keys(0, 0), owner: keys(0, 1) };
  expect([...identities.of(second, 2)]).toEqual([4, 2]);
});

it("a workload without apps and owners tells functions apart by name, and one without functions by nothing", () => {
  const identities = new FunctionIdentities();
  expect([...identities.of({ function: keys(3, 4, 3) }, 3)]).toEqual([0, 1, 0]);
  expect([...identities.of({}, 2)]).toEqual([-1, -1]);
});
