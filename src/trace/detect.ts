import { Invalid } from "../invalid.js";
import { type Family, type Format, missingColumn, placeOf, type Source, shownColumns } from "./format.js";

/** Which format some sources are of, and which file is of which family. */
export interface Detected {
  readonly name: string;
  readonly format: Format;
  readonly sources: ReadonlyMap<string, readonly Source[]>;
  /** Files of a folder that are of no family of the format. */
  readonly aside: readonly Source[];
}

interface Claims {
  readonly name: string;
  readonly format: Format;
  readonly byFamily: Map<string, Source[]>;
  readonly aside: Source[];
}

/**
 * Tells the format by the files' columns. `given` names what the user gave, `explicit` the files that were named one by
 * one, each of which has to be of the format. Throws Invalid where no format or more than one fits.
 */
export function detect(
  given: string,
  sources: readonly Source[],
  explicit: ReadonlySet<Source>,
  formats: Readonly<Record<string, Format>>,
): Detected {
  const claims = Object.entries(formats).map(([name, format]) => claim(name, format, sources));
  const whole = claims.filter(({ format, byFamily }) => byFamily.has(format.families[0]!.name));
  const fits = whole.filter(({ aside }) => !aside.some((source) => explicit.has(source)));
  if (fits.length > 1) {
    const names = fits.map(({ name }) => name).join(" and ");
    throw new Invalid("format", names, `${given}, which is both`, "one of them, given with --format");
  }
  const [one] = fits;
  if (one) return { name: one.name, format: one.format, sources: one.byFamily, aside: one.aside };
  throw misfit(given, sources, explicit, claims, Object.keys(formats));
}

function familyOf(format: Format, source: Source): Family | undefined {
  return format.families.find(
    (family) =>
      family.kinds.includes(source.kind) &&
      missingColumn(family, source.columns) === null &&
      (family.place?.test(placeOf(source.path)) ?? true),
  );
}

function claim(name: string, format: Format, sources: readonly Source[]): Claims {
  const byFamily = new Map<string, Source[]>();
  const aside: Source[] = [];
  for (const source of sources) {
    const family = familyOf(format, source);
    if (family) byFamily.set(family.name, [...(byFamily.get(family.name) ?? []), source]);
    else aside.push(source);
  }
  return { name, format, byFamily, aside };
}

/** The most telling message: an odd file, a missing column, files of two formats, a missing family, or that nothing fits. */
function misfit(
  given: string,
  sources: readonly Source[],
  explicit: ReadonlySet<Source>,
  claims: readonly Claims[],
  names: readonly string[],
): Invalid {
  const known = names.length === 1 ? `files of ${names[0]}` : `files of one of ${names.join(", ")}`;
  const unclaimed = sources.filter((source) => claims.every(({ aside }) => aside.includes(source)));
  const odd = unclaimed.find((source) => explicit.has(source) && source.kind === "other");
  if (odd) return new Invalid("file", odd.name, odd.what, `${known}, as CSV, JSON, log text, Arrow or Parquet`);
  const near = nearest(unclaimed, claims, explicit);
  if (near) {
    const { source, family, missing } = near;
    const line = source.kind === "csv" ? " line 1" : "";
    return new Invalid("column", missing, `${source.name}${line}, missing`, `the columns ${shownColumns(family)}`);
  }
  const whole = claims.find(({ format, byFamily }) => byFamily.has(format.families[0]!.name));
  const foreign = whole?.aside.find((source) => explicit.has(source) && !unclaimed.includes(source));
  if (whole && foreign) {
    const other = claims.find(({ aside }) => !aside.includes(foreign))!;
    return new Invalid("file", foreign.name, `${other.name}, beside ${whole.name}`, "files of one format");
  }
  const partial = claims.find(({ byFamily }) => byFamily.size > 0);
  if (partial && unclaimed.every((source) => !explicit.has(source))) {
    const [first] = partial.format.families;
    const where = `${partial.name} without ${first!.name}`;
    return new Invalid("trace", given, where, `also a file with the columns ${shownColumns(first!)}`);
  }
  const file = unclaimed.find((source) => explicit.has(source));
  if (file) return new Invalid("format", file.name, `columns ${file.columns.slice(0, 8).join(", ")}`, known);
  return new Invalid("trace", given, "a folder of no known format", known);
}

/** The file that lacks one column of a family and has at least half of its others; named files before a folder's. */
function nearest(unclaimed: readonly Source[], claims: readonly Claims[], explicit: ReadonlySet<Source>) {
  let best: { source: Source; family: Family; missing: string; share: number } | null = null;
  for (const source of unclaimed) {
    for (const { format } of claims) {
      for (const family of format.families) {
        const missing = missingColumn(family, source.columns);
        if (missing === null || !family.kinds.includes(source.kind)) continue;
        const columns = family.columns.map((column) => ({ ...family, columns: [column] }));
        const have = columns.filter((column) => missingColumn(column, source.columns) === null).length;
        const share = have / columns.length + (explicit.has(source) ? 1 : 0);
        if (2 * have >= columns.length && share > (best?.share ?? 0)) best = { source, family, missing, share };
      }
    }
  }
  return best;
}
