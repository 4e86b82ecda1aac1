// @ts-check
/**
 * What vitest's JSON report says, so that the counts are true also where no test failed and the run did.
 * @typedef {{ status: string, fullName: string }} Assertion
 * @typedef {{ name: string, status: string, assertionResults: Assertion[] }} File
 * @param {{ testResults: File[] } | null} report null where vitest wrote none
 * @param {number | null} status vitest's exit status
 */
export function count(report, status) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const skippedNames = tests.filter(({ status }) => status !== "passed" && status !== "failed").map((t) => t.fullName);
  const passed = tests.filter((test) => test.status === "passed").length;
  let failed = tests.filter((test) => test.status === "failed").length;
  // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
  failed += files.filter((f) => f.status === "failed" && f.assertionResults.every((t) => t.status !== "failed")).length;
  if (status !== 0 && failed === 0) failed = 1; // an unhandled error, or vitest itself
  return { passed, failed, skipped: skippedNames.length, skippedNames };
}

/**
 * The last line of npm test.
 * @param {{ passed: number, failed: number, skipped: number }} tally
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
