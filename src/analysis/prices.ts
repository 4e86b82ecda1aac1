import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Invalid } from "../invalid.js";

/** The folder of catalogues that is read where none is named: prices and limits with their sources. */
export const PRICES = fileURLToPath(new URL("../../data/prices", import.meta.url));

/** A price that holds up to a cumulative quantity; null: without end. */
export interface Tier {
  readonly up_to: number | null;
  readonly value: number;
}

/** One figure of a catalogue; data/prices/README.md says what the fields are. */
export interface PriceItem {
  readonly id: string;
  readonly description?: string;
  readonly value: unknown;
  readonly unit: string;
  readonly as_of?: string;
  readonly confidence?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly tiers?: readonly Tier[];
}

/** A catalogue of prices: figures by id, each with its unit, date and whether somebody has checked it. */
export class Catalogue {
  readonly path: string;
  readonly items: readonly PriceItem[];

  constructor(path: string, items: readonly PriceItem[]) {
    this.path = path;
    this.items = items;
  }

  /** The item of an id. Throws Invalid where there is none. */
  item(id: string): PriceItem {
    const found = this.items.find((item) => item.id === id);
    if (found !== undefined) return found;
    throw new Invalid("price", "none", `${id} of ${this.path}`, "an item with that id");
  }

  /** The number of an id. Throws Invalid where there is none, or it is of another unit. */
  figure(id: string, unit: string): number {
    const item = this.item(id);
    if (item.unit === unit) return item.value as number;
    throw new Invalid("unit", item.unit, `${id} of ${this.path}`, unit);
  }

  /** The tiers of an id, ascending; its one price where it has none. Throws as figure does. */
  tiers(id: string, unit: string): readonly Tier[] {
    return this.item(id).tiers ?? [{ up_to: null, value: this.figure(id, unit) }];
  }

  /** Whether some figure of these ids is from memory or assumed, not seen in its source. */
  recalled(ids: readonly string[]): boolean {
    return ids.some((id) => this.item(id).confidence === "recalled" || id.endsWith("_assumed"));
  }
}

/** Reads a catalogue of a folder, such as "aws-lambda". Throws Invalid. */
export function catalogueNamed(name: string, folder: string = PRICES): Catalogue {
  return readCatalogue(join(folder, `${name}.json`));
}

/**
 * Reads a catalogue. Throws Invalid for a file that is none, and for a price or another figure that is missing, negative or
 * no number.
 */
export function readCatalogue(path: string): Catalogue {
  let catalogue: unknown;
  try {
    catalogue = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "not JSON";
    throw new Invalid("catalogue", path, why, "a JSON file such as data/prices/drives.json");
  }
  const items = (catalogue as { items?: unknown } | null)?.items;
  const good = (item: unknown): item is PriceItem =>
    typeof (item as PriceItem | null)?.id === "string" && typeof (item as PriceItem).unit === "string";
  if (!Array.isArray(items) || !items.every(good)) {
    throw new Invalid("catalogue", path, "no list of items with id and unit", "a file such as data/prices/drives.json");
  }
  for (const item of items) checkItem(item, path);
  return new Catalogue(path, items);
}

const CURRENCY = /^(USD|EUR|GBP|CHF|CNY|INR|JPY|NZD)\b/;

function checkItem({ id, value, unit, tiers }: PriceItem, path: string): void {
  if (unit === "date") return;
  const what = CURRENCY.test(unit) ? "price" : "figure";
  const wrong = (found: unknown) =>
    new Invalid(what, found === undefined ? "none" : found, `${id} of ${path}`, `a number of ${unit}, 0 or more`);
  if (!isFigure(value)) throw wrong(value);
  if (tiers === undefined) return;
  let before = 0;
  for (const [i, tier] of (Array.isArray(tiers) ? tiers : [tiers]).entries()) {
    if (!isFigure(tier?.value)) throw wrong(tier?.value);
    const last = i === tiers.length - 1;
    if (last ? tier.up_to !== null : !(isFigure(tier.up_to) && tier.up_to > before)) {
      const wanted = "tiers that ascend, the last one up to null";
      throw new Invalid("tier", JSON.stringify(tier), `${id} of ${path}`, wanted);
    }
    before = tier.up_to ?? before;
  }
}

function isFigure(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
