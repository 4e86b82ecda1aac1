import { basename } from "node:path";
import { isMainThread, parentPort, workerData } from "node:worker_threads";

/** Which file of a RAR archive to write where. */
export interface RarTask {
  readonly archive: string;
  /** The file is told by its length, in bytes. */
  readonly bytes: number;
  /** Under this name, in this folder. */
  readonly name: string;
  readonly folder: string;
}

/** Unpacks it; blocks its thread while it does. Gives null, or in words why it cannot. */
export async function unrar({ archive, bytes, name, folder }: RarTask): Promise<string | null> {
  // Loading it hooks into the process, so it is loaded only here.
  const { createExtractorFromFile, UnrarError } = await import("node-unrar-js");
  try {
    const extractor = await createExtractorFromFile({
      ...{ filepath: archive, targetPath: folder },
      filenameTransform: () => name,
    });
    const { files } = extractor.extract({ files: ({ unpSize, flags }) => unpSize === bytes && !flags.directory });
    // The library frees the archive at the end of the list.
    const [first] = [...files];
    return first ? null : `${basename(archive)} has no file of ${bytes} bytes`;
  } catch (error) {
    if (error instanceof UnrarError) return `${basename(archive)}: ${error.message}`;
    return (error as Error).message;
  }
}

if (!isMainThread && (workerData as { readonly unrar?: RarTask } | null)?.unrar) {
  parentPort?.postMessage(await unrar((workerData as { readonly unrar: RarTask }).unrar));
}
