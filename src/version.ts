import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** This version of replaybook, as in package.json. */
export const VERSION = "0.1.0";

/** sha256 of all of replaybook's code: a state that other code has saved may have another form, whatever the version. */
export function codeDigest(): string {
  const hash = createHash("sha256");
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
  for (const name of files.filter((file) => /(?<!\.d)\.[jt]s$/.test(file)).sort()) {
    hash.update(name).update(readFileSync(join(import.meta.dirname, name)));
  }
  return hash.digest("hex");
}
