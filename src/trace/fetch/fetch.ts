import { copyFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Invalid } from "../../invalid.js";
import type { Output } from "../../output.js";
import type { Dataset } from "./datasets.js";
import { download, PATIENCE, type Patience, sha256Of } from "./download.js";
import type { Source } from "./sources.js";
import { unpackRar } from "./unpack-rar.js";
import { unpackTarXz } from "./unpack-tar-xz.js";

/** Which part of a data set, and what becomes of its archive. */
export interface FetchOptions {
  /** Names of the files to unpack from an archive of days; empty for other data sets. */
  readonly files: readonly string[];
  /** Where the archive is left, under its own name, beside the output; one that was there before always is. */
  readonly keepArchive: boolean;
  readonly patience?: Patience;
  /** Told of bytes done, of how many. */
  readonly onProgress: (stage: "fetching" | "checking" | "unpacking", bytes: number, total: number) => void;
  /** Told in a line what went wrong and what is tried. */
  readonly onNote: (text: string) => void;
}

/** What came. */
export interface Fetched {
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Where the archive lies now; null: nowhere, or there is none. */
  readonly archive: string | null;
}

/**
 * Downloads what is missing, checks every byte against the sha256, puts the files asked for into `output` and commits it.
 * A download lies beside the output as `<name>.partial` until then: an interrupt leaves it there, and the next fetch goes
 * on behind it. Throws Invalid for a local file that is not what it should be, an Error for what cannot be fetched.
 */
export async function fetchDataset(
  dataset: Dataset,
  sources: readonly Source[],
  output: Output,
  options: FetchOptions,
): Promise<Fetched> {
  const whole: string[] = [];
  for (const source of sources) whole.push(await checked(source, options));
  const [first] = sources;
  const [archive] = whole;
  if (dataset.archive === null) {
    sources.forEach(({ file, local }, i) => {
      const target = join(output.path, file.name);
      if (local === null) renameSync(whole[i]!, target);
      else copyFileSync(local, target);
    });
  } else {
    await unpack(dataset.archive, archive!, output.path, options).catch((error: Error) => {
      if (!/\bENOSPC\b/.test(error.message)) throw error;
      throw new Error(`the disk is full; ${archive} is whole and stays, for the next try`);
    });
  }
  const files = readdirSync(output.path).sort();
  const fetched = files.map((name) => ({ name, bytes: statSync(join(output.path, name)).size }));
  output.commit();
  if (dataset.archive === null) return { files: fetched, archive: null };
  return { files: fetched, archive: settle(first!, options.keepArchive) };
}

/** The path of a whole file whose content is right. */
async function checked({ file, local, address, partial }: Source, options: FetchOptions): Promise<string> {
  const onBytes = (stage: "fetching" | "checking", bytes: number) => options.onProgress(stage, bytes, file.bytes);
  if (local === null) {
    const told = { onBytes, onNote: options.onNote };
    await download(file, address, partial, options.patience ?? PATIENCE, told);
    return partial;
  }
  const sha256 = await sha256Of(local, (bytes) => onBytes("checking", bytes));
  if (sha256 === file.sha256) return local;
  throw new Invalid("file", local, `sha256 ${sha256}`, `the ${file.name} with sha256 ${file.sha256}`);
}

async function unpack(
  kind: NonNullable<Dataset["archive"]>,
  archive: string,
  folder: string,
  options: FetchOptions,
): Promise<void> {
  const progress = (total: number) => (bytes: number) => options.onProgress("unpacking", bytes, total);
  if (kind.kind === "tar.xz") return unpackTarXz(archive, options.files, folder, progress(statSync(archive).size));
  const { name, bytes, sha256 } = kind.file;
  try {
    await unpackRar({ archive, name, bytes, folder }, progress(bytes));
    const found = await sha256Of(join(folder, name), () => {});
    if (found !== sha256) throw new Error(`${name} has sha256 ${found}, not ${sha256}`);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message}; RARLAB's unrar may unpack it: unrar x ${archive}`);
  }
}

/** Leaves the archive that was downloaded under its own name, or removes it. Where it is then; null: nowhere. */
function settle({ file, local, partial }: Source, keep: boolean): string | null {
  if (local !== null) return local;
  if (!keep) {
    rmSync(partial);
    return null;
  }
  const kept = join(dirname(partial), file.name);
  renameSync(partial, kept);
  return kept;
}
