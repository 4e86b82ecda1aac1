import { describe, expect, it } from "vitest";
import { closingLine, count } from "../../scripts/tally.mjs";

const file = (status: string, ...tests: string[]) => ({
  name: "a.test.ts",
  status,
  assertionResults: tests.map((test, i) => ({ status: test, fullName: `test ${i}` })),
});

describe("the count", () => {
  it("has every test once, and names the skipped ones", () => {
    const report = { testResults: [file("passed", "passed", "skipped", "passed"), file("failed", "failed", "todo")] };
    expect(count(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2, skippedNames: ["test 1", "test 1"] });
  });

  it("has a file that could not be loaded as one failed", () => {
    expect(count({ testResults: [file("failed"), file("passed", "passed")] }, 1)).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  it("is never without a failed one where vitest itself failed", () => {
    expect(count({ testResults: [file("passed", "passed")] }, 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(count(null, 1)).toMatchObject({ passed: 0, failed: 1 });
    expect(count(null, null)).toMatchObject({ failed: 1 });
  });
});

describe("the last line of npm test", () => {
  it("says how many passed and failed, and skipped where any were", () => {
    expect(closingLine({ passed: 312, failed: 0, skipped: 0 })).toBe("312 passed, 0 failed");
    expect(closingLine({ passed: 310, failed: 1, skipped: 1 })).toBe("310 passed, 1 failed, 1 skipped");
  });
});
