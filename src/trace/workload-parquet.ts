import { ForeignParquet } from "../table/index.js";
import type { Source } from "./format.js";
import type { SourceFile } from "./trace.js";
import { readWorkloadColumns } from "./workload-columns.js";
import type { Into } from "./workload-csv.js";

/** Reads a workload table from a Parquet file. */
export async function readWorkloadParquet(source: Source, into: Into): Promise<SourceFile> {
  return readWorkloadColumns(await ForeignParquet.open(source.path), source, into);
}
