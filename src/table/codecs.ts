import * as zlib from "node:zlib";
import { CompressionType, compressionRegistry } from "apache-arrow";
import { unpackLz4 } from "./lz4.js";

let registered = false;

/** Lets Apache Arrow read tables packed with lz4, and with zstd where Node has it (22.15 and later). */
export function registerCodecs(): void {
  if (registered) return;
  registered = true;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackLz4 });
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array };
  if (!zstdDecompressSync) return;
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => Uint8Array.from(zstdDecompressSync(bytes)) });
}
