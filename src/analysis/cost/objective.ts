import { Invalid } from "../../invalid.js";
import { parseDuration } from "../../units.js";
import { slowdownOf } from "./ended.js";

/** What a tenant wants: so large a share of a function's invocations within a slowdown or a latency. */
export interface Objective {
  /** 0 < q < 1. */
  readonly quantile: number;
  readonly of: "slowdown" | "latency";
  /** A ratio from 1 on, or seconds. */
  readonly at_most: number;
  readonly text: string;
}

/** Whether an invocation of a runtime above 0 is within it. */
export function isWithin({ of, at_most }: Objective, latency: number, runtime: number): boolean {
  const value = of === "slowdown" ? slowdownOf(latency, runtime) : latency;
  return value <= at_most * (1 + 1e-9);
}

const WANTED = "a quantile and what it may be, such as p99<=2 (slowdown) or p99<=5s (latency)";

/** "p99<=2", "p99.9<=500ms". Throws Invalid. */
export function parseObjective(text: string, where = "--objective"): Objective {
  const [, percent, limit] = /^p(\d{1,2}(?:\.\d+)?)\s*<=?\s*(\S+)$/.exec(text.trim()) ?? [];
  const quantile = Number((Number(percent) / 100).toPrecision(12));
  if (limit === undefined || !(quantile > 0)) throw new Invalid("objective", text, where, WANTED);
  if (/^[\d.]+$/.test(limit)) {
    const at_most = Number(limit);
    if (at_most >= 1) return { quantile, of: "slowdown", at_most, text: text.trim() };
    throw new Invalid("objective", text, where, "a slowdown of 1 or more, as none is less, or a time with its unit");
  }
  const at_most = parseDuration(limit, where);
  if (at_most > 0) return { quantile, of: "latency", at_most, text: text.trim() };
  throw new Invalid("objective", text, where, WANTED);
}
