import { Invalid } from "../invalid.js";

/** A row of one seed, which it may name. */
interface OfASeed {
  readonly scheduler: string;
  readonly load: number;
  readonly seed?: number;
}

/**
 * Rows that tell of the same but for the seed, by what `key` says, in the order in which they first come. Throws Invalid
 * where two of them name the same seed: they differ in something that no chart by load can show.
 */
export function seedsApart<Row extends OfASeed>(rows: readonly Row[], key: (row: Row) => readonly unknown[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = JSON.stringify(key(row));
    const group = groups.get(name) ?? [];
    if (row.seed !== undefined && group.some(({ seed }) => seed === row.seed)) {
      const where = `${row.scheduler} at load ${row.load}, twice`;
      throw new Invalid("seed", row.seed, where, "rows that differ in load, or in the seed at a load");
    }
    group.push(row);
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** How many seeds groups have: "6 seeds", "4 to 6 seeds"; null where none has several. */
export function seedsShown(counts: readonly number[]): string | null {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (!(most > 1)) return null;
  return least === most ? `${most} seeds` : `${least} to ${most} seeds`;
}
