import { existsSync, readdirSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Invalid } from "../invalid.js";
import { TABLE_VERSION } from "../table/index.js";
import { VERSION } from "../version.js";
import { BadRows } from "./bad-rows.js";
import { detect } from "./detect.js";
import type { Format, Source } from "./format.js";
import { FORMATS } from "./formats.js";
import { listed } from "./notes.js";
import { isParquetTrace, readParquetTrace } from "./parquet-trace.js";
import { sniff } from "./sniff.js";
import type { TraceManifest } from "./trace.js";
import { isTraceFolder, MANIFEST } from "./trace-folder.js";
import { WORKLOAD_COLUMNS } from "./workload-fields.js";

/** How to read a provider's files. */
export interface IngestOptions {
  /** One of FORMATS; by default told from the files' columns. */
  readonly format?: string | undefined;
  /** The files' column names to ours. */
  readonly map?: Readonly<Record<string, string>> | undefined;
  /** A bad row stops with Invalid, or goes to rejects.csv and is counted. */
  readonly onBadRow: "stop" | "quarantine";
  /** Options that one format alone has (Format.options), by name. */
  readonly options?: Readonly<Record<string, string>> | undefined;
  /** The trace's name; by default that of the first path, without its ending. */
  readonly name?: string | undefined;
  /** Told of bytes of source files read, of how many in all. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/**
 * Reads provider's files, or folders of them, or a trace that was exported as Parquet, and writes a trace folder into
 * `outFolder`, which exists and is empty.
 * Throws Invalid for what is wrong with the paths, the options or the files; then `outFolder` is half written.
 */
export async function ingest(
  paths: readonly string[],
  options: IngestOptions,
  outFolder: string,
): Promise<TraceManifest> {
  const { format, map = {}, onBadRow } = options;
  if (format !== undefined && !FORMATS[format]) {
    throw new Invalid("format", format, "--format", `one of ${Object.keys(FORMATS).join(", ")}`);
  }
  if (paths.length === 1 && format === undefined && isParquetTrace(paths[0]!)) {
    return readParquetTrace(paths[0]!, outFolder, options);
  }
  const formats = format === undefined ? FORMATS : { [format]: FORMATS[format]! };
  const given = paths.map((path) => shortName(path)).join(", ");
  const { files, named } = filesOf(paths, Object.values(formats));
  const sources: Source[] = [];
  for (const path of files) sources.push(await sniff(path));
  for (const { path, name, what } of sources) {
    const wanted = named.has(path) || /\.csv(\.(gz|zst|xz))?$/i.test(name);
    if (what === "empty" && wanted) throw new Invalid("file", name, "empty", "a header and rows");
  }
  checkTheirs(map, sources);
  const renamed = sources.map((source) => ({ ...source, columns: source.columns.map((name) => map[name] ?? name) }));
  const explicit = new Set(renamed.filter(({ path }) => named.has(path)));
  const detected = detect(given, renamed, explicit, formats);
  checkOptions(options.options ?? {}, detected.name, detected.format);
  checkOurs(map, [...detected.sources.values()].flat(), detected.name);

  let bytes = 0;
  const total = [...detected.sources.values()].flat().reduce((sum, { path }) => sum + statSync(path).size, 0);
  const badRows = new BadRows(outFolder, onBadRow);
  try {
    const read = await detected.format.read({
      ...{ folder: outFolder, sources: detected.sources, badRows },
      ours: (theirs) => map[theirs] ?? theirs,
      option: (name) => options.options?.[name] ?? detected.format.options![name]!.default,
      onBytes: (more) => {
        bytes += more;
        options.onProgress?.(bytes, total);
      },
    });
    const aside = detected.aside.map(({ name }) => name).sort();
    const note = aside.length > 0 ? `left aside, no table of ${detected.name}: ${listed(aside)}` : "";
    const byName = [...read.sources].sort((a, b) => (a.name < b.name ? -1 : 1));
    const manifest: TraceManifest = {
      ...{ replaybook: VERSION, table_version: TABLE_VERSION },
      ...{ name: options.name ?? shortName(paths[0]!), kind: read.kind, format: detected.name },
      ...{ ...read, sources: byName, notes: [...read.notes, note].filter(Boolean) },
    };
    writeFileSync(join(outFolder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  } finally {
    badRows.close();
  }
}

/** The files that paths name, folders opened up (the folders in them only where a format says so), each once; and which were named themselves. */
function filesOf(paths: readonly string[], formats: readonly Format[]): { files: string[]; named: Set<string> } {
  if (paths.length === 0) throw new Invalid("trace", "", "no path given", "files or folders of a trace");
  const files = new Set<string>();
  const named = new Set<string>();
  for (const path of paths) {
    if (!existsSync(path)) throw new Invalid("trace", path, "no such file or folder", "a trace's files or folder");
    const real = realpathSync(path);
    if (isTraceFolder(real)) {
      throw new Invalid("trace", path, "a trace folder already, which can be replayed as it is", "a provider's files");
    }
    if (!statSync(real).isDirectory()) {
      named.add(real);
      files.add(real);
      continue;
    }
    const inside = filesIn(real, (name) => formats.some(({ folders }) => folders?.test(name)));
    if (inside.length === 0) throw new Invalid("trace", path, "a folder without files", "a trace's files or folder");
    for (const file of inside.sort()) files.add(file);
  }
  return { files: [...files], named };
}

/** The files in a folder and in those of its folders that are `wanted`, hidden ones aside. */
function filesIn(folder: string, wanted: (name: string) => boolean): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  return names.flatMap((name) => {
    const path = join(folder, name);
    const what = statSync(path, { throwIfNoEntry: false });
    if (what?.isFile()) return [path];
    return what?.isDirectory() && wanted(name) ? filesIn(path, () => false) : [];
  });
}

function checkOptions(given: Readonly<Record<string, string>>, name: string, format: Format): void {
  for (const [option, value] of Object.entries(given)) {
    if (format.options?.[option]) continue;
    const having = Object.entries(FORMATS).filter(([, { options }]) => options?.[option]);
    const where = `--${option}, which ${name} does not have`;
    throw new Invalid("option", value, where, `it only with ${listed(having.map(([of]) => of))}`);
  }
}

/** Columns of a message, at most. */
const MOST_SHOWN = 8;

/** A column that is to be renamed has to be somewhere, or be called as we do already. */
function checkTheirs(map: Readonly<Record<string, string>>, sources: readonly Source[]): void {
  const columns = new Set(sources.flatMap(({ columns }) => columns));
  if (columns.size === 0) return;
  const missing = Object.entries(map).find(([theirs, ours]) => !columns.has(theirs) && !columns.has(ours));
  if (!missing) return;
  const shown = [...columns].slice(0, MOST_SHOWN).join(", ");
  const expected = columns.size > MOST_SHOWN ? `one of their columns, such as ${shown}` : `one of ${shown}`;
  const where = sources.length > 1 ? "--map, in none of the files" : `--map, not in ${sources[0]!.name}`;
  throw new Invalid("column", missing[0], where, expected);
}

function checkOurs(map: Readonly<Record<string, string>>, sources: readonly Source[], format: string): void {
  const renamed = new Set(sources.flatMap(({ columns }) => columns));
  for (const [theirs, ours] of Object.entries(map)) {
    if (format === "workload" && !WORKLOAD_COLUMNS.includes(ours)) {
      throw new Invalid("column", ours, "--map", `one of ${WORKLOAD_COLUMNS.join(", ")}`);
    }
    if (renamed.has(ours)) continue;
    throw new Invalid("column", theirs, `--map, in no file of ${format}`, "one of their columns");
  }
}

function shortName(path: string): string {
  return basename(resolve(path))
    .replace(/\.(gz|zst|xz)$/i, "")
    .replace(/\.(csv|arrow|parquet|txt|log|json|jsonl|ndjson)$/i, "");
}
