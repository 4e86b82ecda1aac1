import { batchesOf } from "../../table/index.js";
import type { Dollars, MiB, Seconds } from "../../units.js";
import type { RunFolder } from "../run-folder.js";
import { type AzurePrices, azureBill, azureGbSeconds } from "./azure.js";
import type { WorkloadFunctions } from "./functions.js";
import { gbSeconds, type LambdaPrices, lambdaDuration, lambdaMonth, lambdaSize } from "./lambda.js";

/** The same work at another provider, billed by use. */
export interface ElsewhereBill {
  readonly provider: string;
  /** Invocations that it can run, and those that need more memory or more time than it has. */
  readonly invocations: number;
  readonly too_large: number;
  readonly too_long: number;
  /** CPU seconds of what it can run. */
  readonly cpu_s: Seconds;
  readonly gb_seconds: number;
  /** A month of such work, the tiers being those of the whole month; and what was replayed at its rate. */
  readonly month: Dollars;
  readonly dollars: Dollars;
  readonly as_of: string;
  readonly recalled: boolean;
}

/** The memory by which an invocation's function is sized: the function's largest; its own where the function is unknown. */
export function sizedMemory({ of, names, largest, peak }: WorkloadFunctions, row: number): MiB {
  const id = of[row]!;
  return names[id]!.function === null ? peak[row]! : largest[id]!;
}

/**
 * Every invocation of the workload, as if it had finished, on AWS Lambda and on Azure Functions; and the CPU that all of them need. `months` is how many months
 * the replayed part lasts.
 */
export async function billElsewhere(
  run: RunFolder,
  functions: WorkloadFunctions,
  lambdas: readonly LambdaPrices[],
  azure: AzurePrices,
  months: number,
): Promise<{ bills: ElsewhereBill[]; cpu_s: Seconds }> {
  const sums = [...lambdas, azure].map(() => ({ invocations: 0, too_large: 0, too_long: 0, cpu_s: 0, gb_seconds: 0 }));
  let row = 0;
  let cpu_s = 0;
  for await (const { rows, columns } of batchesOf(run.table("workload").files, ["runtime_s"])) {
    const runtime = columns["runtime_s"]!;
    for (let i = 0; i < rows; i++, row++) {
      const cpu = runtime[i]!;
      cpu_s += cpu;
      const memory = sizedMemory(functions, row);
      for (const [at, prices] of lambdas.entries()) {
        const sum = sums[at]!;
        const size = lambdaSize(prices, memory);
        const duration = size === null ? null : lambdaDuration(prices, size, cpu);
        if (size === null) sum.too_large++;
        else if (duration === null) sum.too_long++;
        else add(sum, cpu, gbSeconds(size, duration));
      }
      const sum = sums[lambdas.length]!;
      const used = azureGbSeconds(azure, functions.initial[row]!, functions.peak[row]!, cpu);
      if (used !== null) add(sum, cpu, used);
      else if (functions.peak[row]! > azure.most_mib) sum.too_large++;
      else sum.too_long++;
    }
  }
  const onLambda = lambdas.map((prices, at): ElsewhereBill => {
    const sum = sums[at]!;
    const month = lambdaMonth(prices, sum.gb_seconds / months, sum.invocations / months);
    const { as_of, recalled } = prices;
    return { provider: `AWS Lambda, ${prices.arch}`, ...sum, month, dollars: month * months, as_of, recalled };
  });
  const sum = sums[lambdas.length]!;
  const dollars = azureBill(azure, sum.gb_seconds, sum.invocations);
  const { as_of, recalled } = azure;
  const onAzure = {
    provider: "Azure Functions, consumption",
    ...sum,
    month: dollars / months,
    dollars,
    as_of,
    recalled,
  };
  return { bills: [...onLambda, onAzure], cpu_s };
}

function add(sum: { invocations: number; cpu_s: number; gb_seconds: number }, cpu: Seconds, gb_seconds: number): void {
  sum.invocations++;
  sum.cpu_s += cpu;
  sum.gb_seconds += gb_seconds;
}
