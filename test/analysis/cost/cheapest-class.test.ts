import { describe, expect, it } from "vitest";
import { cheapestClasses, choiceRows, moves } from "../../../src/analysis/cost/cheapest-class.js";
import { workloadFunctions } from "../../../src/analysis/cost/functions.js";
import { parseObjective } from "../../../src/analysis/cost/objective.js";
import { observeFunctions, validated } from "../../../src/analysis/cost/observed.js";
import { SlowdownModel } from "../../../src/analysis/cost/slowdown-model.js";
import { madeRun, type Told } from "./made-run.js";

const DOLLARS = { "price-unit": "1", "memory-price": "0" };

/** Class 0 is slowed down threefold, class 1 never; runtimes are 1 to 10 s, a hundred of each. */
const TOLD: readonly Told[] = Array.from({ length: 2000 }, (_, i) => {
  const runtime = 1 + (i % 10);
  const priceClass = i % 2 === Math.floor(i / 10) % 2 ? 0 : 1;
  const who = `f${i % 4}`;
  return { who, runtime, priceClass, finish: runtime * (priceClass === 0 ? 3 : 1) };
});

const cheapest = async (told: readonly Told[], text: string) => {
  const { choices } = await cheapestClasses(await madeRun(told, DOLLARS), parseObjective(text));
  return choices.map((choice) => choice.cheapest);
};

describe("the cheapest class that meets an objective", () => {
  it("is the lowest one that is fast enough, and none where none is", async () => {
    expect(await cheapest(TOLD, "p99<=2")).toEqual([1, 1, 1, 1]);
    expect(await cheapest(TOLD, "p99<=3.02")).toEqual([0, 0, 0, 0]);
    expect(await cheapest(TOLD, "p99<=1")).toEqual([1, 1, 1, 1]);
    // Half of the functions have runtimes of 10 s, the others of 9 s at most; the former use more CPU.
    expect(await cheapest(TOLD, "p99<=9s")).toEqual([null, null, 1, 1]);
  });

  it("comes with its bill: the price of the class x the function's CPU seconds", async () => {
    const { choices } = await cheapestClasses(await madeRun(TOLD, DOLLARS), parseObjective("p99<=2"));
    const cpu = choices.map(({ cpu_s }) => cpu_s);
    expect(cpu).toEqual([...cpu].sort((a, b) => b - a));
    expect(choices.map(({ offers }) => offers.map(({ dollars }) => dollars))).toEqual(cpu.map((s) => [s, 2 * s]));
    expect(choices[0]!.offers.map(({ slowdown }) => Number(slowdown.toFixed(1)))).toEqual([3, 1]);
    expect(choiceRows(choices)).toHaveLength(8);
  });

  it("counts the killed as never ending", async () => {
    const killed = TOLD.map((of, i) => (i % 40 === 0 ? { ...of, outcome: "killed" as const, priceClass: 1 } : of));
    expect(await cheapest(killed, "p99<=2")).toEqual([null, null, null, null]);
    expect(await cheapest(killed, "p90<=2")).toEqual([1, 1, 1, 1]);
  });

  it("weighs a class by the function's own deciles of runtime", async () => {
    // Class 0 delays the short ones only.
    const told = TOLD.map((of) => ({
      ...of,
      who: of.runtime > 5 ? "long" : "short",
      finish: of.priceClass === 0 && of.runtime <= 5 ? 9 * of.runtime : of.runtime,
    }));
    const run = await madeRun(told, DOLLARS);
    const { choices } = await cheapestClasses(run, parseObjective("p90<=2"));
    expect(choices.map((choice) => [choice.function, choice.cheapest])).toEqual([
      ["long", 0],
      ["short", 1],
    ]);
    const model = await SlowdownModel.of(run, "xx", 0.9);
    expect([model.share(0, 1, 2), model.share(0, 10, 2), model.share(0, 1, 9.1)]).toEqual([0, 1, 1]);
  });

  it("is set against a replay: what was seen less what was foretold", async () => {
    const run = await madeRun(TOLD, DOLLARS);
    const objective = parseObjective("p99<=2");
    const { tariff, choices } = await cheapestClasses(run, objective);
    const moved = moves(choices, 5);
    expect(moved.map(({ current, cheapest }) => [current, cheapest])).toEqual(moved.map(() => [0, 1]));
    const functions = await workloadFunctions(run);
    const rule = { memory: "running", bill_killed: true } as const;
    const after = await madeRun(
      TOLD.map((of) => ({ ...of, priceClass: 1, finish: 1.5 * of.runtime })),
      DOLLARS,
    );
    const [seen] = await observeFunctions(after, "xx", functions, [choices[0]!.id], objective, tariff, rule);
    expect(seen).toMatchObject({ count: 500, share: 1, slowdown: null, lower_bound: false });
    const { error } = validated({ ...choices[0]!, cheapest: 1 }, [seen!, seen!, seen!]);
    expect(error.alone.share).toBeCloseTo(0, 9);
    expect(error.alone.dollars).toBeCloseTo(0, 9);
  });
});

describe("an objective", () => {
  it("is a slowdown where it has no unit, and a latency where it has", () => {
    expect(parseObjective("p99<=2")).toMatchObject({ quantile: 0.99, of: "slowdown", at_most: 2 });
    expect(parseObjective("p99.9 <= 500ms")).toMatchObject({ quantile: 0.999, of: "latency", at_most: 0.5 });
  });

  it.each([
    ["p99=2", "a quantile and what it may be, such as p99<=2 (slowdown) or p99<=5s (latency)"],
    ["p0<=2", "a quantile and what it may be, such as p99<=2 (slowdown) or p99<=5s (latency)"],
    ["p99<=0.5", "a slowdown of 1 or more, as none is less, or a time with its unit"],
  ])("%s is refused", (text, wanted) => {
    expect(() => parseObjective(text)).toThrow(`invalid objective: ${text} (--objective); expected ${wanted}`);
  });
});
