import { describe, expect, it } from "vitest";
import { azureBill, azureGbSeconds, azurePrices } from "../../../src/analysis/cost/azure.js";
import { gbSeconds, lambdaDuration, lambdaMonth, lambdaPrices, lambdaSize } from "../../../src/analysis/cost/lambda.js";
import { machineCost } from "../../../src/analysis/cost/machines.js";

const x86 = lambdaPrices("x86");
const arm = lambdaPrices("arm");
const azure = azurePrices();

describe("AWS Lambda", () => {
  it("bills the drafts' function $0.925 a month: 50,000 x 200 ms x 128 MB for 30 days; their $1.58 is about 256 MB", () => {
    const requests = 30 * 50_000;
    expect(requests * gbSeconds(128, 0.2)).toBeCloseTo(37_500, 6);
    expect(lambdaMonth(x86, 37_500, requests)).toBeCloseTo(0.925, 4);
    expect(lambdaMonth(x86, requests * gbSeconds(256, 0.2), requests)).toBeCloseTo(1.55, 3);
  });

  it("bills AWS's own example: 60 M invocations of 28 ms at 1024 MB, $12 for requests and $28 for duration", () => {
    expect(lambdaMonth(x86, 0, 60e6)).toBeCloseTo(12, 9);
    expect(lambdaMonth(x86, 60e6 * gbSeconds(1024, 0.028), 0)).toBeCloseTo(28, 2);
  });

  it("has tiers by the month's GB-seconds", () => {
    expect(lambdaMonth(x86, 30e9, 0)).toBeCloseTo(100_000.2 + 135_000 + 200_001, 2);
    expect(lambdaMonth(x86, 6e9, 0)).toBeCloseTo(100_000.2, 2);
    expect(lambdaMonth(arm, 37.5e9, 0)).toBeCloseTo(100_000.5 + 135_001.13 + 200_000.63, 1);
  });

  it("sizes a function by its memory, rounded up to 1 MB, from 128 to 10,240", () => {
    expect([0, Number.NaN, 128, 128.2, 1769, 10_240].map((mib) => lambdaSize(x86, mib))).toEqual([
      128, 128, 128, 129, 1769, 10_240,
    ]);
    expect(lambdaSize(x86, 10_240.5)).toBeNull();
  });

  it("takes longer below a whole vCPU, rounds up to the millisecond, and stops at 15 minutes", () => {
    expect(lambdaDuration(x86, 1769, 0.2)).toBe(0.2);
    expect(lambdaDuration(x86, 10_240, 0.2001)).toBe(0.201);
    // 1 s x 1769 / 128 = 13.8203125 s.
    expect(lambdaDuration(x86, 128, 1)).toBeCloseTo(13.821, 9);
    expect(lambdaDuration(x86, 1769, 900)).toBe(900);
    expect(lambdaDuration(x86, 1768, 900)).toBeNull();
    expect(lambdaDuration(x86, 1769, 0)).toBe(0.001);
  });
});

describe("Azure Functions, consumption", () => {
  it("bills at least 128 MB for 100 ms", () => {
    expect(azureGbSeconds(azure, 20, 20, 0.003)).toBeCloseTo(0.0125, 12);
  });

  it("bills the published example: 3 M executions of 1 s at 1536 MB, $72 and $0.60 before what is free", () => {
    const used = azureGbSeconds(azure, 1536, 1536, 1)!;
    expect(azureBill(azure, 3e6 * used, 0)).toBeCloseTo(65.6 + 400_000 * 1.6e-5, 6);
    expect(azureBill(azure, 0, 3e6)).toBeCloseTo(0.4 + 0.2, 9);
  });

  it("takes the mean of what is held, in steps of 128 MB, and refuses more than 1536 MB or 10 minutes", () => {
    expect(azureGbSeconds(azure, 100, 300, 1)).toBe(0.25);
    expect(azureGbSeconds(azure, 100, 1537, 1)).toBeNull();
    expect(azureGbSeconds(azure, 1, 1, 600.5)).toBeNull();
  });
});

describe("a machine", () => {
  const size = { cores: 8, ram: 32 * 1024 };

  it("of Hamilton's data centre is a 47,500th of $3.5 M a month, 31 % of it power", () => {
    const { machine, power } = machineCost("hamilton2010", size);
    expect(machine + power).toBeCloseTo(73.684, 3);
    expect(power / (machine + power)).toBeCloseTo(0.31, 9);
  });

  it("of case A is an annuity: 7,700 dollars at 8 % over 3 years are 2,987.86 a year", () => {
    const { machine, power } = machineCost("barroso2013a", size);
    expect(machine).toBeCloseTo((2987.86 + 385) / 12, 2);
    // 3,400 dollars at 8 % over 12 years: 451.16 a year; 340 W x 0.04; 459 W x 730 h x 0.067 a kWh.
    expect(power).toBeCloseTo(451.16 / 12 + 13.6 + 22.45, 1);
  });

  it("that is rented is as much of an instance as its cores or its memory take", () => {
    expect(machineCost("m6i.2xlarge", size).machine).toBeCloseTo(0.384 * 730, 9);
    expect(machineCost("m6i.2xlarge", { cores: 4, ram: Number.POSITIVE_INFINITY }).machine).toBeCloseTo(0.192 * 730, 9);
    expect(machineCost("c6i.2xlarge", size).machine).toBeCloseTo(2 * 0.34 * 730, 9);
    expect(() => machineCost("abacus", size)).toThrow(
      /^invalid machine: abacus \(.*aws-ec2.json\); expected one of hamilton2010, /,
    );
  });
});
