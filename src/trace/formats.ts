import { awsLambdaReport } from "./aws-lambda-report.js";
import { azureFunctions2019 } from "./azure-functions-2019.js";
import { azureFunctions2021 } from "./azure-functions-2021.js";
import { azureLlm2023 } from "./azure-llm-2023.js";
import type { Format } from "./format.js";
import { huawei2023 } from "./huawei-2023.js";
import { huawei2025 } from "./huawei-2025.js";
import { workloadTable } from "./workload-table.js";

/** Every format that ingest reads. To add one: a file, a line here, a test. */
export const FORMATS: Readonly<Record<string, Format>> = {
  "azure-functions-2019": azureFunctions2019,
  "azure-functions-2021": azureFunctions2021,
  "azure-llm-2023": azureLlm2023,
  "aws-lambda-report": awsLambdaReport,
  "huawei-2023": huawei2023,
  "huawei-2025": huawei2025,
  workload: workloadTable,
};

/** A trace folder, as ingest writes it, needs no reading; it has this name where formats are listed. */
export const TRACE_FOLDER = { name: "replaybook", about: "a trace folder that ingest has written" } as const;
