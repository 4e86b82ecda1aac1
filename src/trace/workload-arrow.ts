import { ForeignTable } from "../table/index.js";
import type { Source } from "./format.js";
import type { SourceFile } from "./trace.js";
import { readWorkloadColumns } from "./workload-columns.js";
import type { Into } from "./workload-csv.js";

/** Reads a workload table from an Arrow file or stream. */
export async function readWorkloadArrow(source: Source, into: Into): Promise<SourceFile> {
  return readWorkloadColumns(await ForeignTable.open(source.path), source, into);
}
