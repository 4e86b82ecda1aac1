/** A label of a trace as it may stand in a table: cut, without control characters, which files may hold; null is "-". */
export function shortLabel(label: string | null, width = 13): string {
  return label === null ? "-" : label.slice(0, width).replace(/\p{Cc}/gu, "\ufffd");
}
