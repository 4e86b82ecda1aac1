/** A label of a trace as it may stand in a table: cut, without control characters, which files may hold; null is "-". */
export function shortLabel(label: string | null, width = 13): string {
  return label === null
    ? "-"
    : [...label.slice(0, 2 * width)]
        .slice(0, width)
        .join("")
        .replace(/\p{Cc}/gu, "\ufffd");
}

/** Names, made distinct: the second of one name is "name (2)". */
export function distinctNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
