/** Columns of a terminal that reports keep to. */
export const WIDTH = 80;

export interface TableLayout {
  /** Columns flush left, from the first on; the others are flush right. 1 by default. */
  readonly left?: number;
  /** Spaces before every line; 2 by default. */
  readonly indent?: number;
  /** Spaces before each column but the first; 2 by default. */
  readonly gap?: number | ((column: number) => number);
}

/** Rows of equally many cells as lines with aligned columns, each as wide as its widest cell. */
export function textTable(rows: readonly (readonly string[])[], layout: TableLayout = {}): string[] {
  const { left = 1, indent = 2, gap = 2 } = layout;
  const before = (column: number) => " ".repeat(column === 0 ? indent : typeof gap === "number" ? gap : gap(column));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => {
    const cells = row.map((cell, i) => before(i) + (i < left ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    return cells.join("").trimEnd();
  });
}

/**
 * Text as lines of at most WIDTH columns, broken at spaces; the second and later ones begin with `indent` spaces. The
 * first begins as the text does.
 */
export function wrapped(text: string, indent = 0): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)![0];
  for (const word of text.trim().split(" ")) {
    if (line.trim() === "") line += word;
    else if (line.length + 1 + word.length <= WIDTH) line += ` ${word}`;
    else {
      lines.push(line);
      line = " ".repeat(indent) + word;
    }
  }
  return [...lines, line];
}
