/** A note on how many there are of something, "" for none: noted(2, "row was", "rows were", "merged") is "2 rows were merged". */
export function noted(number: number, one: string, many: string, rest: string): string {
  if (number === 0) return "";
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many} ${rest}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A note on columns that are not read; "" where there are none. */
export function unread(columns: Iterable<string>): string {
  const names = [...new Set(columns)].map((name) => name || '""').sort();
  if (names.length === 0) return "";
  return `${names.length === 1 ? "column" : "columns"} not read: ${listed(names)}`;
}
