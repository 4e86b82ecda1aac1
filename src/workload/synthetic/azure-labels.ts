import { createHash } from "node:crypto";

/** 64 hexadecimal digits that stand for a name, as the release's labels do. */
export function label(seed: number, ...names: readonly (string | number)[]): string {
  return createHash("sha256")
    .update(JSON.stringify(["replaybook", "azure", seed, ...names]))
    .digest("hex");
}
