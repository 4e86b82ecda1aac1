export { type Batch, BATCH_ROWS, type Column, type ColumnType, PART_ROWS, TABLE_VERSION, type Values } from "./column.js";
export { readTable, type Rows, TableReader } from "./reader.js";
export { INVOCATIONS, MACHINES, OUTCOMES, WINDOWS, WORKLOAD } from "./run-tables.js";
export { COUNTS, DURATIONS, FUNCTIONS, MEMORY, TRACE_INVOCATIONS } from "./trace-tables.js";
export { type Dictionaries, TableWriter } from "./writer.js";
