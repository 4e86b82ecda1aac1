export { BILLS } from "./bill-tables.js";
export {
  ARRAYS,
  BATCH_ROWS,
  type Batch,
  type Column,
  type ColumnType,
  PART_ROWS,
  TABLE_VERSION,
  type Values,
} from "./column.js";
export { columnParts, readColumns } from "./columns.js";
export { type ForeignBatch, type ForeignRows, ForeignTable, type ForeignValues } from "./foreign.js";
export { ForeignParquet } from "./foreign-parquet.js";
export { type ParquetAbout, ParquetTableWriter } from "./parquet-writer.js";
export { batchesOf, partsOf } from "./parts.js";
export { type Rows, readTable, TableReader } from "./reader.js";
export {
  CLASSES,
  INVOCATIONS,
  MACHINES,
  OCCUPANCY,
  OUTCOMES,
  QUANTITIES,
  SKETCHES,
  SWAP_KINDS,
  SWAPS,
  WINDOWS,
  WORKLOAD,
} from "./run-tables.js";
export { SUMMARY, SUMMARY_RUN } from "./sweep-tables.js";
export {
  COUNTS,
  DURATIONS,
  FUNCTIONS,
  LAMBDA_COLUMNS,
  LLM_COLUMNS,
  MEMORY,
  TRACE_INVOCATIONS,
} from "./trace-tables.js";
export { type Dictionaries, TableWriter } from "./writer.js";
