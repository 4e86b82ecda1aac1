import { batchesOf, OUTCOMES } from "../../table/index.js";
import { notWhole, type RunFolder } from "../run-folder.js";
import { BILLED_COLUMNS, type BillingRule, billedGib, isBilled } from "./billing.js";
import { sizedMemory } from "./elsewhere.js";
import type { WorkloadFunctions } from "./functions.js";
import { gbSeconds, type LambdaPrices, lambdaDuration, lambdaSize } from "./lambda.js";

/** Sums by function and class; `at(function, class)` is where. */
export interface UsageSums {
  /** Invocations, and those that ended in each way, in the order of OUTCOMES. */
  readonly outcomes: readonly Float64Array[];
  /** CPU and GiB seconds that are billed, and that were delivered and are not. */
  readonly cpu_s: Float64Array;
  readonly gib_s: Float64Array;
  readonly unbilled_cpu_s: Float64Array;
  readonly unbilled_gib_s: Float64Array;
}

/** What was used under one scheduler. */
export interface Usage {
  readonly scheduler: string;
  readonly classes: number;
  readonly sums: UsageSums;
  /** Of finished invocations that Lambda could run: GB-seconds and requests there; what is billed for here. */
  readonly on_lambda: LambdaShare;
}

export interface LambdaShare {
  readonly gb_seconds: number;
  readonly requests: number;
  /** Sum of price x CPU seconds, and of GiB seconds. */
  readonly price_cpu_s: number;
  readonly gib_s: number;
}

const FINISHED = OUTCOMES.indexOf("finished");
const READ = ["invocation", "price_class", "arrival_s", "runtime_s", ...BILLED_COLUMNS] as const;

/**
 * Sums up who used what under a scheduler, by effective class, whatever the warm-up: everybody pays. What
 * would have arrived after the run's end is left out. Throws Invalid where a
 * table is not whole.
 */
export async function usageOf(
  run: RunFolder,
  scheduler: string,
  functions: WorkloadFunctions,
  rule: BillingRule,
  lambda: LambdaPrices,
  onRead: (rows: number) => void = () => {},
): Promise<Usage> {
  const { prices } = run;
  const classes = prices.length;
  const end = run.manifest.schedulers[scheduler]!.end_s;
  const cells = () => new Float64Array(functions.names.length * classes);
  const outcomes = OUTCOMES.map(cells);
  const sums = { outcomes, cpu_s: cells(), gib_s: cells(), unbilled_cpu_s: cells(), unbilled_gib_s: cells() };
  const on_lambda = { gb_seconds: 0, requests: 0, price_cpu_s: 0, gib_s: 0 };
  const { name, files } = run.table(`${scheduler}/invocations`);
  let read = 0;
  for await (const { rows, columns } of batchesOf(files, READ)) {
    const { invocation, price_class, arrival_s, runtime_s, outcome, cpu_s } = columns;
    for (let i = 0; i < rows; i++) {
      if (arrival_s![i]! > end) continue;
      const row = invocation![i]!;
      const cell = functions.of[row]! * classes + price_class![i]!;
      const gib = billedGib(columns, i, rule);
      const cpu = cpu_s![i]!;
      outcomes[outcome![i]!]![cell]!++;
      const billed = isBilled(columns, i, rule);
      (billed ? sums.cpu_s : sums.unbilled_cpu_s)[cell]! += cpu;
      (billed ? sums.gib_s : sums.unbilled_gib_s)[cell]! += gib;
      if (outcome![i] !== FINISHED) continue;
      const size = lambdaSize(lambda, sizedMemory(functions, row));
      const duration = size === null ? null : lambdaDuration(lambda, size, runtime_s![i]!);
      if (size === null || duration === null) continue;
      on_lambda.gb_seconds += gbSeconds(size, duration);
      on_lambda.requests++;
      on_lambda.price_cpu_s += cpu * prices[price_class![i]!]!;
      on_lambda.gib_s += gib;
    }
    read += rows;
    onRead(read);
  }
  if (read !== functions.rows) throw notWhole(run.folder, `${name} has ${read} of ${functions.rows} rows`);
  return { scheduler, classes, sums, on_lambda };
}
