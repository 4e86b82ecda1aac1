import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tariffOf } from "../../../src/analysis/cost/billing.js";
import { bills } from "../../../src/analysis/cost/bills.js";
import { analyseCost, ruleOf } from "../../../src/analysis/cost/cost-analysis.js";
import { dollarsOf, tariffFor } from "../../../src/analysis/cost/readings.js";
import { alternativeRows, costRows, readingRows } from "../../../src/analysis/cost/rows.js";
import { madeRun, type Told } from "./made-run.js";

/** In dollars that are easy: a dollar a CPU second at price 1, ten cents a GiB second. */
const DOLLARS = { "price-unit": "1", "memory-price": "0.1" };
const TOLD: readonly Told[] = [
  { who: "ann", runtime: 10, priceClass: 1, mib: 1024 },
  { who: "ann", runtime: 4, priceClass: 0, mib: 2048, resident: 6, swapped: 10 },
  { who: "bob", runtime: 20, priceClass: 0, mib: 512, outcome: "killed", cpu: 5 },
  { who: "bob", runtime: 30, priceClass: 1, mib: 512, outcome: "unfinished", cpu: 2 },
  { who: "bob", runtime: 3, priceClass: 0, mib: 512, outcome: "rejected" },
  { runtime: 1, priceClass: 0 },
];

describe("bills", () => {
  it("are CPU seconds x effective price + memory while running; the killed and unfinished pay for what they got", async () => {
    const run = await madeRun(TOLD, DOLLARS);
    const [xx] = (await analyseCost(run, { by: "owner" })).schedulers;
    // Class 1: 2 x (10 + 2) + 0.1 x (10 + 1); class 0: 4 + 5 + 1 + 0.1 x (8 + 2.5).
    expect(xx!.classes.map(({ cpu_dollars }) => cpu_dollars)).toEqual([10, 24]);
    expect(xx!.classes[1]!.dollars).toBeCloseTo(24 + 1.1, 9);
    expect(xx!.classes[0]!.dollars).toBeCloseTo(10 + 1.05, 9);
    expect(xx!.all).toMatchObject({ invocations: 6, finished: 3, killed: 1, rejected: 1, unfinished: 1, cpu_s: 22 });
    // A month is 30 days, and 100 s were replayed.
    expect(xx!.all.month).toBeCloseTo(36.15 * 25_920, 4);
    expect(xx!.groups.map(({ group }) => group)).toEqual(["ann", "bob", "unknown"]);
    expect(xx!.groups[0]!.dollars).toBeCloseTo(20 + 1 + 4 + 0.8, 9);
    expect(xx!.groups[1]!.dollars).toBeCloseTo(5 + 0.25 + 4 + 0.1, 9);
    const rows = costRows(await analyseCost(run, { by: "owner" }), "asked-by-class");
    expect(rows.map(({ group, price_class }) => `${group} ${price_class}`)).toEqual([
      ...["ann 0", "ann 1", "bob 0", "bob 1", "unknown 0"],
    ]);
  });

  it.each([
    ["running", 8],
    ["resident", 12],
    ["held", 32],
  ] as const)("count memory while %s", async (memory, gib) => {
    const [xx] = (await analyseCost(await madeRun([TOLD[1]!], DOLLARS), { memory })).schedulers;
    expect(xx!.all.gib_s).toBeCloseTo(gib, 9);
    expect(xx!.all.dollars).toBeCloseTo(4 + 0.1 * gib, 9);
  });

  it("leave out the killed where told to, and say what they were given", async () => {
    const [xx] = (await analyseCost(await madeRun(TOLD, DOLLARS), { bill_killed: false })).schedulers;
    expect(xx!.all.dollars).toBeCloseTo(36.15 - 5.25, 9);
    expect(xx!.all).toMatchObject({ unbilled_cpu_s: 5, killed: 1 });
    expect(xx!.all.unbilled_dollars).toBeCloseTo(5.25, 9);
  });

  it("of every invocation add up to those of the classes", async () => {
    const run = await madeRun(TOLD, DOLLARS);
    const each: number[] = [];
    for await (const { rows, columns } of bills(run, ruleOf({}), new Map([["xx", tariffOf(run)]]))) {
      each.push(...columns["dollars"]!.subarray(0, rows));
    }
    expect(each.map((dollars) => Number(dollars.toFixed(9)))).toEqual([21, 4.8, 5.25, 4.1, 0, 1]);
  });

  it("have no memory where none is known, and say so", async () => {
    const analysis = await analyseCost(await madeRun([{ runtime: 3 }], DOLLARS));
    expect(analysis).toMatchObject({ memory_unknown: true });
    expect(analysis.schedulers[0]!.all).toMatchObject({ dollars: 3, memory_dollars: 0 });
  });
});

describe("the price unit", () => {
  it("at which the provider breaks even makes revenue cost, and at which Lambda is as dear makes the bill Lambda's", async () => {
    const run = await madeRun(
      [
        { who: "ann", runtime: 10, priceClass: 1, mib: 1769 },
        { who: "bob", runtime: 4, priceClass: 0, mib: 1769 },
      ],
      { "price-unit": "1e-8", "memory-price": "1e-9" },
    );
    const analysis = await analyseCost(run);
    const [drafts, even, equal] = analysis.schedulers[0]!.readings;
    const cost = (2 * 73.68421 * 100) / (730 * 3600);
    expect(analysis.schedulers[0]!.provider.total).toBeCloseTo(cost, 7);
    expect(even!.revenue).toBeCloseTo(cost, 7);
    expect(even!.profit).toBeCloseTo(0, 12);
    // 24 price x CPU seconds, 14 x 1769 / 1024 GiB seconds at a tenth of the unit.
    expect(drafts!.revenue).toBeCloseTo(1e-8 * (24 + 0.1 * 14 * (1769 / 1024)), 15);
    expect(equal!.revenue).toBeCloseTo(14 * (1769 / 1024) * 0.0000166667 + 2 * 2e-7, 12);
    expect(analysis.elsewhere[0]!.dollars).toBeCloseTo(equal!.revenue!, 12);
    // At the mean price, 24 / 14.
    expect(drafts!.cpu_hour).toBeCloseTo((3600 * 1e-8 * 24) / 14, 12);
    expect(readingRows(analysis).map(({ reading }) => reading)).toEqual([
      "run",
      "drafts",
      "break-even",
      "lambda-equal",
    ]);
    expect(alternativeRows(analysis)).toHaveLength(8);
    expect(alternativeRows(analysis)[1]!.month).toBeCloseTo(cost * 25_920, 2);
  });

  it("that was asked for is what bills are made out by", async () => {
    const run = await madeRun(TOLD, DOLLARS);
    const [even] = (await analyseCost(run, { price_unit: "break-even" })).schedulers;
    expect(even!.all.dollars).toBeCloseTo(even!.provider.total, 12);
    const [own] = (await analyseCost(run, { price_unit: 0.5, memory_price: 0 })).schedulers;
    expect(own!.all.dollars).toBeCloseTo(17, 12);
  });

  it("does not exist where memory alone brings in more, or nothing was done", async () => {
    const run = await madeRun(TOLD, DOLLARS);
    const [rich] = (await analyseCost(run, { price_unit: "break-even", memory_price: 1 })).schedulers;
    expect(rich!.readings[1]).toEqual({
      reading: "break-even",
      tariff: null,
      cpu_hour: null,
      revenue: null,
      profit: null,
    });
    expect(rich!.all.dollars).toBe(0);
    const idle = await madeRun([{ runtime: 0 }], DOLLARS);
    expect((await analyseCost(idle)).schedulers[0]!.readings[1]!.tariff).toBeNull();
  });

  it("for a sum of dollars makes work cost that sum", () => {
    const sum = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(sum, sum, sum, sum, (dollars, price_cpu_s, gib_s, memory_price) => {
        const tariff = tariffFor(dollars, { price_cpu_s, gib_s }, { as_in: { price_unit: 1, memory_price } });
        expect(dollarsOf({ price_cpu_s, gib_s }, tariff!) / dollars).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe("elsewhere", () => {
  it("what is too large or takes too long is counted and not billed", async () => {
    const run = await madeRun([
      { who: "big", runtime: 1, mib: 10_241 },
      { who: "big", runtime: 1, mib: 100 },
      { who: "long", runtime: 901, mib: 2000 },
      { who: "small", runtime: 1, mib: 1769, outcome: "killed", cpu: 0 },
    ]);
    const [x86, , azure] = (await analyseCost(run)).elsewhere;
    expect(x86).toMatchObject({ invocations: 1, too_large: 2, too_long: 1, cpu_s: 1 });
    expect(x86!.gb_seconds).toBeCloseTo(1769 / 1024, 12);
    expect(azure).toMatchObject({ invocations: 1, too_large: 3, too_long: 0, gb_seconds: 0.125 });
  });

  it("machines are reserved for the cores at work, by the second", async () => {
    // 16 cores for 100 s: two machines of 8 vCPUs, 0.22861 dollars an hour each, all the time busy.
    const run = await madeRun(Array.from({ length: 16 }, () => ({ who: "ann", runtime: 100, mib: 1769 })));
    const { reserved } = await analyseCost(run);
    const month = 2 * 0.22861 * 720;
    expect(reserved.fleets.map(({ instances, busy }) => [instances, busy])).toEqual([
      ...[
        [2, 1],
        [2, 1],
        [2, 1],
      ],
    ]);
    expect(reserved.fleets[2]!.month).toBeCloseTo(month, 9);
    const lambda = 16 * 25_920 * (100 * (1769 / 1024) * 0.0000166667 + 2e-7);
    expect(reserved.fleets[2]!.break_even).toBeCloseTo(month / lambda, 6);
    expect(reserved.break_even_busy).toBeCloseTo(month / lambda, 6);
  });

  it("a provider whose machines cannot do the work in the time pays for longer", async () => {
    const run = await madeRun(Array.from({ length: 16 }, () => ({ runtime: 100 })));
    const { provider } = (await analyseCost(run)).schedulers[0]!;
    expect(provider).toMatchObject({ stretched: true, span_s: 200 });
  });
});

describe("a run that ends before its last arrivals", () => {
  it("bills who arrived, for the time until then", async () => {
    // The run ends at 100 s, where --until has it; the manifest's part of the trace goes on to 200 s.
    const told = [{ runtime: 10 }, { arrival: 150, runtime: 10, outcome: "unfinished", cpu: 0 }] as const;
    const analysis = await analyseCost(await madeRun(told, { ...DOLLARS, until: "100s" }, { to_s: 200 }));
    expect(analysis).toMatchObject({ invocations: 2, cpu_s: 20, span_s: 200 });
    const [xx] = analysis.schedulers;
    expect(xx!.all).toMatchObject({ invocations: 1, unfinished: 0, dollars: 10 });
    expect(xx!.all.month).toBeCloseTo(10 * 25_920, 6);
    expect(xx!.provider.span_s).toBe(100);
  });
});
