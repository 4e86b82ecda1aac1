import { expect, it } from "vitest";
import { SCHEDULERS, schedulerNamed } from "../../src/scheduler/schedulers.js";

it("there are xx, hermod, edf, ideal and random, and each says in a line what it is", () => {
  expect(Object.keys(SCHEDULERS)).toEqual(["xx", "hermod", "edf", "ideal", "random"]);
  for (const { about } of Object.values(SCHEDULERS)) expect(about).toMatch(/^[^\n]{20,110}$/);
});

it("asking for another says which there are", () => {
  expect(() => schedulerNamed("fifo")).toThrow(
    "invalid scheduler: fifo (--scheduler); expected one of xx, hermod, edf, ideal, random",
  );
});

it("what every object has is no scheduler", () => {
  expect(() => schedulerNamed("toString", "plan.json")).toThrow("invalid scheduler: toString (plan.json); expected");
  expect(() => schedulerNamed("")).toThrow('invalid scheduler: "" (--scheduler)');
});
