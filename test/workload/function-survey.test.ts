import { describe, expect, it } from "vitest";
import { surveyFunctions } from "../../src/workload/function-survey.js";
import { countTrace, invocationTrace } from "./fakes.js";

const COUNTS = countTrace(
  [
    { app: "a", counts: [2, 0, 4, 0] },
    { app: "a", counts: [1, 1, 1, 1] },
    { app: "b", counts: [0, 3, 0, 0] },
    { app: "c", counts: [0, 0, 0, 0] },
  ],
  {
    durations: [
      { f: 0, average: 500, percentiles: [500] },
      { f: 1, average: -3, percentiles: [1] },
      { f: 2, average: 2000, percentiles: [1] },
    ],
    memory: [
      { app: "a", percentiles: [100] },
      { app: "b", percentiles: [1] },
    ],
  },
);

describe("a survey of a count trace", () => {
  it("adds up invocations, and CPU seconds where the Average is known and not below 0", async () => {
    const survey = await surveyFunctions(COUNTS, 120);
    expect([...survey.invocations]).toEqual([6, 4, 3, 0]);
    expect([...survey.known]).toEqual([6, 0, 3, 0]);
    expect([...survey.cpu_s]).toEqual([3, 0, 6, 0]);
    expect([[...survey.rate], [...survey.cpu]]).toEqual([
      [7, 6],
      [7, 2],
    ]);
    expect(survey.minutes.invocations).toEqual({ least: 1, most: 5 });
    expect(survey.durations.weight).toBe(9);
    expect(survey.durations.quantile(1)).toBe(2);
    // Gaps 0.5, 1.375 and three of 0.25.
    expect([...survey.gapsCv]).toEqual([
      expect.closeTo(Math.sqrt(2.328125 / 5 - 0.525 * 0.525) / 0.525, 12),
      0,
      0,
      NaN,
    ]);
  });

  it("takes the memory of its app, the mean of its days", async () => {
    const trace = countTrace(
      [
        { app: "a", counts: [1] },
        { app: "b", counts: [1] },
      ],
      {
        memory: [
          { app: "a", percentiles: [1] },
          { app: "a", day: 1, percentiles: [1] },
        ],
      },
    );
    trace.memory.average.set([100, 200]);
    expect([...(await surveyFunctions(trace, 60)).memory]).toEqual([150, Number.NaN]);
  });

  it("takes each day's own Average", async () => {
    const trace = countTrace([{ counts: [1, 2] }], {
      firstMinute: 1439,
      durations: [
        { f: 0, average: 1000, percentiles: [1] },
        { f: 0, day: 1, average: 3000, percentiles: [1] },
      ],
    });
    expect([...(await surveyFunctions(trace, 60)).cpu]).toEqual([1, 6]);
  });
});

describe("a survey of a log", () => {
  const LOG = invocationTrace(
    [{ app: "a" }, { app: "b" }],
    [
      { f: 0, arrival: 0, runtime: 2, initial: 10, peak: 30 },
      { f: 0, arrival: 10, runtime: 4, initial: 50 },
      { f: 1, arrival: 20, runtime: 1, priceClass: 3 },
      { f: 0, arrival: 70, runtime: 0 },
    ],
    { batchRows: 3 },
  );

  it("adds up runtimes, and takes the mean of the peaks, or of the initial memory where there is none", async () => {
    const survey = await surveyFunctions(LOG, 30);
    expect([...survey.cpu_s]).toEqual([6, 1]);
    expect([...survey.memory]).toEqual([40, Number.NaN]);
    expect([...survey.rate]).toEqual([3, 1]);
    expect(survey.highestClass).toBe(3);
    // Gaps 10 and 60.
    expect(survey.gapsCv[0]).toBeCloseTo(25 / 35, 12);
  });

  it("has the last arrival in its last interval", async () => {
    expect([...(await surveyFunctions(LOG, 10)).rate]).toEqual([1, 1, 1, 0, 0, 0, 1]);
  });
});
