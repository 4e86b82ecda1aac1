import { type Batch, batchesOf, type Dictionaries, OUTCOMES } from "../../table/index.js";
import type { RunFolder } from "../run-folder.js";
import { BILLED_COLUMNS, type BillingRule, billedGib, isBilled, type Tariff } from "./billing.js";
import { type WorkloadFunctions, workloadFunctions } from "./functions.js";

/** Some bills: the columns of BILLS, whose labels are numbers into billLabels. */
export interface BillRows {
  readonly rows: number;
  readonly columns: Batch;
}

/** The labels of bills, of these schedulers. */
export function billLabels({ names }: WorkloadFunctions, schedulers: readonly string[]): Dictionaries {
  const distinct = (of: "owner" | "app" | "function") => [...new Set(names.flatMap((name) => name[of] ?? []))];
  const labels = { function: distinct("function"), app: distinct("app"), owner: distinct("owner") };
  return { scheduler: schedulers, outcome: OUTCOMES, ...labels };
}

/**
 * The bill of every invocation under some schedulers, one after the other, batch by batch; 12 bytes an invocation of the workload
 * stay in memory. Without schedulers, of all that were replayed.
 */
export async function* bills(
  run: RunFolder,
  rule: BillingRule,
  tariffs: ReadonlyMap<string, Tariff>,
  functions?: WorkloadFunctions,
): AsyncGenerator<BillRows> {
  const of = functions ?? (await workloadFunctions(run));
  const schedulers = [...tariffs.keys()];
  const keys = labelKeys(of, billLabels(of, schedulers));
  const read = ["invocation", "price_class", ...BILLED_COLUMNS] as const;
  for (const [at, [scheduler, { price_unit, memory_price }]] of [...tariffs].entries()) {
    for await (const { rows, columns } of batchesOf(run.table(`${scheduler}/invocations`).files, read)) {
      const labels = [0, 1, 2].map(() => new Int32Array(rows));
      const numbers = [0, 1, 2, 3, 4].map(() => new Float64Array(rows));
      const [cpu, gib, cpuDollars, memoryDollars, dollars] = numbers as [F64, F64, F64, F64, F64];
      for (let i = 0; i < rows; i++) {
        const id = of.of[columns["invocation"]![i]!]!;
        for (const [which, label] of labels.entries()) label[i] = keys[which]![id]!;
        if (!isBilled(columns, i, rule)) continue;
        cpu[i] = columns["cpu_s"]![i]!;
        gib[i] = billedGib(columns, i, rule);
        cpuDollars[i] = cpu[i]! * run.prices[columns["price_class"]![i]!]! * price_unit;
        memoryDollars[i] = gib[i]! * memory_price;
        dollars[i] = cpuDollars[i]! + memoryDollars[i]!;
      }
      const { invocation, price_class, outcome } = columns;
      const [name, app, owner] = labels as [Int32Array, Int32Array, Int32Array];
      const whose = { scheduler: new Int32Array(rows).fill(at), invocation: invocation!, function: name, app, owner };
      const what = { price_class: price_class!, outcome: outcome!, cpu_s: cpu, memory_gib_s: gib };
      yield { rows, columns: { ...whose, ...what, cpu_dollars: cpuDollars, memory_dollars: memoryDollars, dollars } };
    }
  }
}

type F64 = Float64Array<ArrayBuffer>;

/** By function, app and owner, and by number of the function: where its label is. */
function labelKeys({ names }: WorkloadFunctions, dictionaries: Dictionaries): Int32Array[] {
  return (["function", "app", "owner"] as const).map((label) => {
    const places = new Map(dictionaries[label]!.map((text, key) => [text, key]));
    return Int32Array.from(names, (name) => (name[label] === null ? -1 : places.get(name[label])!));
  });
}
