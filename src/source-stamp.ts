import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Names, sizes and times of a file, or of the files in a folder, as text: what tells, without reading them, whether they
 * have changed. Empty where there is nothing.
 */
export function sourceStamp(path: string): string {
  if (!existsSync(path)) return "";
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: "utf8" }).sort() : [""];
  const files = inside.map((name) => {
    const { size, mtimeMs } = statSync(join(path, name));
    return { name, size, mtimeMs };
  });
  return `${JSON.stringify(files, null, 2)}\n`;
}
