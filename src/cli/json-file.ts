import { readFileSync } from "node:fs";
import { Invalid } from "../invalid.js";

/** Reads a JSON object, of `members`, from a file. Throws Invalid naming `what`. */
export function readJson(path: string, what: string, members = "options"): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Invalid(what, path, (error as NodeJS.ErrnoException).code ?? "cannot be read", "a JSON file");
  }
  return jsonObject(text, what, path, members);
}

/** The JSON object that a text says; `given` stands for it in messages. Throws Invalid naming `what`. */
export function jsonObject(text: string, what: string, given: string, members = "options"): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Invalid(what, given, "not JSON", `a JSON object of ${members}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Invalid(what, given, "no JSON object", `a JSON object of ${members}`);
}
