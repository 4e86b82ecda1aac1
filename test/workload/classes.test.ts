import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ClassRule, formatClasses, parseClasses, prepareWorkload } from "../../src/workload/index.js";
import { AS_IS, countTrace, type FakeFunction, invocationTrace, rowsOf } from "./fakes.js";

const TRIGGERS = ["http", "queue", "event", "orchestration", "timer", "storage", "others", null, "HTTP", "blob"];
const byTrigger = TRIGGERS.map((trigger, i) => ({ owner: "o", app: `a${i}`, name: `f${i}`, trigger, counts: [1] }));

async function classesOf(functions: readonly FakeFunction[], options: Partial<typeof AS_IS>): Promise<number[]> {
  const rows = await rowsOf(await prepareWorkload(countTrace(functions), { ...AS_IS, ...options }));
  return functions.map((f) => rows.find((row) => row.function === f.name && row.app === f.app)!.priceClass);
}
const prices = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe("by trigger", () => {
  it.each([
    [1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [2, [1, 0, 0, 0, 0, 0, 0, 0, 1, 0]],
    [4, [3, 1, 1, 1, 0, 0, 0, 0, 3, 0]],
    [5, [4, 2, 2, 2, 0, 0, 0, 0, 4, 0]],
  ])(
    "with %i prices http has the top class, queue, event and orchestration the middle, others the lowest",
    async (n, expected) => {
      expect(await classesOf(byTrigger, { prices: prices(n) })).toEqual(expected);
    },
  );

  it("is the default of a trace that knows a trigger, and unknown ones are counted", async () => {
    const { report } = await prepareWorkload(countTrace(byTrigger), AS_IS);
    expect(report).toMatchObject({ classes: "trigger (default)", functions_of_unknown_trigger: 1 });
  });
});

describe("by weights", () => {
  const n = 20_000;
  const within = (share: number, weight: number) =>
    expect(Math.abs(share - weight)).toBeLessThan(4 * Math.sqrt((weight * (1 - weight)) / n));

  it("the papers' shares per invocation are the default of a trace without triggers", async () => {
    const workload = await prepareWorkload(countTrace([{ counts: [n] }]), AS_IS);
    expect(workload.report.classes).toBe(
      "weights-per-invocation:0.35,0.25,0.02,0.15,0.23 (default, the papers' shares)",
    );
    const rows = await rowsOf(workload);
    [0.35, 0.25, 0.02, 0.15, 0.23].forEach((weight, priceClass) => {
      within(rows.filter((row) => row.priceClass === priceClass).length / n, weight);
    });
  });

  it("per function give all its invocations one class", async () => {
    const functions = Array.from({ length: n }, (_, i) => ({ app: `a${i}`, name: `f${i}`, counts: [2] }));
    const workload = await prepareWorkload(countTrace(functions), {
      ...AS_IS,
      classes: parseClasses("weights:3,1"),
      prices: [1, 2],
    });
    const known = new Map<string, number>();
    for (const row of await rowsOf(workload)) {
      const priceClass = known.get(row.function!) ?? row.priceClass;
      if (priceClass !== row.priceClass) throw new Error(`${row.function} has two classes`);
      known.set(row.function!, priceClass);
    }
    within([...known.values()].filter((priceClass) => priceClass === 0).length / n, 0.75);
  });
});

describe("by a mapping file", () => {
  const folder = mkdtempSync(join(tmpdir(), "classes-"));
  let files = 0;
  const file = (text: string): ClassRule => {
    const path = join(folder, `map-${files++}.csv`);
    writeFileSync(path, text);
    return { kind: "mapping", path };
  };
  const functions = [
    { owner: "o", app: "a", name: "f", trigger: "http", counts: [1] },
    { owner: "o", app: "a", name: "g", trigger: "timer", counts: [1] },
    { owner: "p", app: "b", name: "f", trigger: null, counts: [1] },
  ];

  it("the row that names the most labels wins, then the earlier; * and nothing match all", async () => {
    const map = file('\ufeffprice_class,function,owner,trigger\r\n0,*,*,\r\n1,f,,\r\n2,,o,\r\n3,"g",o,*\r\n4,g,o,\r\n');
    expect(await classesOf(functions, { classes: map })).toEqual([1, 3, 1]);
  });

  it("a label that is unknown is matched by * alone", async () => {
    expect(await classesOf(functions, { classes: file("trigger,price_class\nhttp,1\n*,0\ntimer,2\n") })).toEqual([
      1, 2, 0,
    ]);
  });

  it("given classes win over it, and it is not even read for them", async () => {
    const trace = invocationTrace([{}], [{ f: 0, arrival: 0, runtime: 1, priceClass: 3 }]);
    const workload = await prepareWorkload(trace, { ...AS_IS, classes: { kind: "mapping", path: "nowhere.csv" } });
    expect((await rowsOf(workload))[0]!.priceClass).toBe(3);
    expect(workload.report.classes).toBe("as the trace has them");
  });

  it.each([
    [
      "function,price_class\nf,1\n",
      "invalid class mapping: FILE (no row for owner o, app a, function g, trigger timer); expected a row for each function, or one with * for the rest",
    ],
    [
      "function,price_class\nf,1\ng,7\n",
      "invalid price_class: 7 (line 3 of FILE); expected 0..4, as there are 5 prices",
    ],
    [
      "function,price_class\nf,1.5\n",
      "invalid price_class: 1.5 (line 2 of FILE); expected 0..4, as there are 5 prices",
    ],
    ["function,price_class\nf,\n", 'invalid price_class: "" (line 2 of FILE); expected 0..4, as there are 5 prices'],
    ["function,price_class\nf\n", "invalid row: f (line 2 of FILE); expected 2 fields"],
    [
      "function,klass\nf,1\n",
      "invalid class mapping: FILE (its columns are function, klass); expected the columns price_class and some of owner, app, function, trigger",
    ],
    [
      "price_class\n1\n",
      "invalid class mapping: FILE (its columns are price_class); expected the columns price_class and some of owner, app, function, trigger",
    ],
  ])("%j is refused in one line", async (text, message) => {
    const map = file(text);
    const expected = message.replace("FILE", `map-${files - 1}.csv`);
    await expect(prepareWorkload(countTrace(functions), { ...AS_IS, classes: map })).rejects.toThrow(expected);
  });

  it("a file that is not there is refused", async () => {
    const classes = { kind: "mapping", path: join(folder, "none.csv") } as const;
    await expect(prepareWorkload(countTrace(functions), { ...AS_IS, classes })).rejects.toThrow(
      /^invalid file: .*none\.csv/,
    );
  });
});

it("a class beyond the prices is refused with its row", async () => {
  const rows = [0, 1, 2].map((i) => ({ f: 0, arrival: i, runtime: 1, priceClass: i === 2 ? 7 : 0 }));
  await expect(prepareWorkload(invocationTrace([{}], rows), AS_IS)).rejects.toThrow(
    "invalid price_class: 7 (row 2 of fake); expected 0..4, as there are 5 prices",
  );
});

describe("the name of a rule", () => {
  it.each(["trigger", "weights:35,25,2,15,5", "weights-per-invocation:1,0.5", "my/classes.csv"])(
    "%s reads and prints",
    (text) => {
      expect(formatClasses(parseClasses(text))).toBe(text);
    },
  );

  it.each(["", "fifo", "weights", "weights:"])("%j is refused", (text) => {
    expect(() => parseClasses(text)).toThrow(
      `(--classes); expected trigger, weights:35,25,2,15,5, weights-per-invocation:35,25,2,15,5 or a .csv file with a price_class column`,
    );
  });

  it.each(["weights:0,0", "weights:1,-1", "weights:1,,2", "weights:1,x"])("%s is refused", (text) => {
    expect(() => parseClasses(text)).toThrow(
      `invalid classes: ${text} (--classes); expected weights of 0 or more, not all 0, such as weights:35,25,2,15,5`,
    );
  });
});
