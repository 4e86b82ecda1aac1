import { expect, it } from "vitest";
import { Invalid } from "../src/invalid.js";

it("says what is wrong, with which value, where, and what is expected instead", () => {
  const error = new Invalid("scheduler", "fifo", "--scheduler", "one of xx, hermod, edf");
  expect(error.message).toBe("invalid scheduler: fifo (--scheduler); expected one of xx, hermod, edf");
  expect(error.name).toBe("Invalid");
  expect(error).toBeInstanceOf(Error);
});

it("says of a place that whoever threw it did not know that it is there", () => {
  const error = new Invalid("load", "-1", "--load", "a fraction").within("cell 2");
  expect(error.message).toBe("invalid load: -1 (--load, cell 2); expected a fraction");
  expect(error).toBeInstanceOf(Invalid);
});

it.each([
  ["two\nlines\u2028and\tmore\u0000", "two\ufffdlines\ufffdand\ufffdmore\ufffd"],
  ["", '""'],
  [null, "null"],
  [Number.NaN, "NaN"],
  [-0.5, "-0.5"],
  ["x".repeat(120), "x".repeat(120)],
  ["x".repeat(121), `${"x".repeat(120)}…`],
])("is one line, whatever the value: %j", (value, shown) => {
  expect(new Invalid("value", value, "line 3", "another").message).toBe(
    `invalid value: ${shown} (line 3); expected another`,
  );
});
