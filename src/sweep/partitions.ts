import type { Cell, OptionReader } from "./grid.js";

/** What a sweep's tables are split by: an option that its plan varies, as a column. */
export interface PartitionKey {
  /** The column's name, the same as in summary.arrow. */
  readonly name: string;
  readonly valueOf: (cell: Cell) => string;
}

/**
 * The keys that tell a plan's cells apart, but the scheduler, which is always the first: a number, its unit in the name
 * (`ram_mib`), or a text where a value is none. Where they do not tell all apart (one trace read in two ways), the run's
 * name is another.
 */
export function partitionKeys(varied: readonly string[], cells: readonly Cell[], reader: OptionReader): PartitionKey[] {
  const keys = varied.filter((option) => option !== "scheduler").map((option) => keyOf(option, cells, reader));
  const places = new Set(cells.map((cell) => partitionPath(keys, cell)));
  return places.size === cells.length ? keys : [...keys, { name: "run", valueOf: ({ name }) => name }];
}

function keyOf(option: string, cells: readonly Cell[], reader: OptionReader): PartitionKey {
  if (option === "trace") return { name: "trace", valueOf: ({ trace }) => trace.path };
  const numbers = cells.every((cell) => typeof reader.valueIn(option, cell) === "number");
  if (numbers) return { name: reader.column(option).name, valueOf: (cell) => String(reader.valueIn(option, cell)) };
  return { name: option.replaceAll("-", "_"), valueOf: ({ texts }) => texts[option]! };
}

/** The folders of a cell's partition, and of a scheduler where a table has one: `scheduler=xx/load=0.8/seed=1`. */
export function partitionPath(keys: readonly PartitionKey[], cell: Cell, scheduler?: string): string {
  const own = keys.map((key) => partition(key.name, key.valueOf(cell)));
  return [...(scheduler === undefined ? [] : [partition("scheduler", scheduler)]), ...own].join("/");
}

function partition(name: string, value: string): string {
  return `${name}=${value === "" ? "__HIVE_DEFAULT_PARTITION__" : escaped(value)}`;
}

/** A value as Hive writes it into a folder's name: what means something in a path or a pattern as %XX. */
function escaped(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Hive escapes them, too.
  return value.replace(/[\u0001-\u001f"#%'*/:=?\\\u007f{[\]^]/g, (letter) => {
    return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
