import { rmSync } from "node:fs";
import type { BillingRule, Tariff } from "../analysis/cost/billing.js";
import { billLabels, bills } from "../analysis/cost/bills.js";
import { workloadFunctions } from "../analysis/cost/functions.js";
import type { RunFolder } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import { BILLS, TableWriter } from "../table/index.js";
import { VERSION } from "../version.js";
import { FORMAT_NAMES, type TableFormat, tableFormat } from "./export-formats.js";
import type { ProgressDisplay } from "./progress.js";

/** The format of a file by its name's end. Throws Invalid. */
export function billsFormat(path: string): TableFormat {
  const ending = /\.([a-z]+)$/.exec(path)?.[1];
  if (ending !== undefined && FORMAT_NAMES.split(", ").includes(ending)) return tableFormat(ending);
  throw new Invalid("table format", path, "-o", `a name that ends in one of ${FORMAT_NAMES}`);
}

/** Writes the bill of every invocation under some schedulers to a new file. Gives the rows. */
export async function writeBills(
  run: RunFolder,
  rule: BillingRule,
  tariffs: ReadonlyMap<string, Tariff>,
  path: string,
  format: TableFormat,
  display: ProgressDisplay,
): Promise<number> {
  const functions = await workloadFunctions(run);
  const { seed, trace, workload } = run.manifest;
  const metadata = {
    ...{ table: "bills", replaybook: VERSION, run: run.name, seed: String(seed) },
    ...{ trace_sha256: trace.sha256, workload_sha256: workload.sha256 },
    config: JSON.stringify({ ...rule, prices: run.prices, tariffs: Object.fromEntries(tariffs) }),
  };
  const arrow = format.name === "arrow" ? path : `${path}.arrow`;
  const total = functions.rows * tariffs.size;
  const table = await TableWriter.create(arrow, BILLS, metadata, billLabels(functions, [...tariffs.keys()]));
  try {
    for await (const { rows, columns } of bills(run, rule, tariffs, functions)) {
      await table.write(columns, rows);
      display.show("bills", table.rows, total, "bills");
    }
    await table.close();
    if (arrow !== path) await format.write([arrow], path, () => {});
    return table.rows;
  } catch (error) {
    await table.abandon();
    throw error;
  } finally {
    display.end();
    if (arrow !== path) rmSync(arrow, { force: true });
  }
}
