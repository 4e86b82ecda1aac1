import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";

const connection = (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();

/** What DuckDB answers: a row per object. */
export async function duckdb(sql: string): Promise<Record<string, DuckDBValue>[]> {
  return (await (await connection).runAndReadAll(sql)).getRowObjects();
}

/** A text as SQL has it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
