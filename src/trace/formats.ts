import { azureFunctions2019 } from "./azure-functions-2019.js";
import { azureFunctions2021 } from "./azure-functions-2021.js";
import type { Format } from "./format.js";
import { workloadTable } from "./workload-table.js";

/** Every format that ingest reads. To add one: a file, a line here, a test. */
export const FORMATS: Readonly<Record<string, Format>> = {
  "azure-functions-2019": azureFunctions2019,
  "azure-functions-2021": azureFunctions2021,
  workload: workloadTable,
};

/** A trace folder, as ingest writes it, needs no reading; it has this name where formats are listed. */
export const TRACE_FOLDER = { name: "replaybook", about: "a trace folder that ingest has written" } as const;
