import { Invalid } from "../invalid.js";
import type { ClassRule } from "./workload.js";

const EXPECTED =
  "trigger, weights:35,25,2,15,5, weights-per-invocation:35,25,2,15,5 or a .csv file with a price_class column";
const NUMBER = /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?$/i;

/**
 * "trigger"; "weights:35,25,2,15,5", a class per function, drawn by weights from class 0 up; "weights-per-invocation:…", one
 * per invocation; or the path of a mapping file, told by its name's end, .csv. Throws Invalid.
 */
export function parseClasses(text: string): ClassRule {
  if (text === "trigger") return { kind: "trigger" };
  if (/\.csv$/i.test(text)) return { kind: "mapping", path: text };
  const [, per, list] = /^weights(-per-invocation)?:(.+)$/.exec(text) ?? [];
  if (list === undefined) throw new Invalid("classes", text, "--classes", EXPECTED);
  const parts = list.split(",").map((part) => part.trim());
  const weights = parts.map((part) => (NUMBER.test(part) ? Number(part) : Number.NaN));
  if (weights.some(Number.isNaN) || !weights.some((weight) => weight > 0)) {
    throw new Invalid("classes", text, "--classes", "weights of 0 or more, not all 0, such as weights:35,25,2,15,5");
  }
  return { kind: "weights", weights, per: per ? "invocation" : "function" };
}

/** The text that parseClasses reads. */
export function formatClasses(rule: ClassRule): string {
  if (rule.kind === "trigger") return "trigger";
  if (rule.kind === "mapping") return rule.path;
  return `weights${rule.per === "invocation" ? "-per-invocation" : ""}:${rule.weights.join(",")}`;
}
