import { Invalid } from "../invalid.js";
import { category, cumulative, PURPOSE } from "../random/index.js";
import type { Functions } from "../trace/trace.js";
import { readClassMap } from "./class-map.js";
import { formatClasses } from "./classes.js";
import type { FunctionKeys, Named } from "./function-keys.js";
import type { ClassRule, WorkloadOptions } from "./workload.js";

/** A rule at work on one trace. */
export interface PriceClasses {
  /** The rule, for the report. */
  readonly rule: string;
  /** Functions whose trigger is unknown and that have the lowest class for it. */
  readonly unknownTriggers: number;
  /** Class of an invocation by function, minute of the release and index in the minute. */
  of(functionId: number, minute: number, index: number): number;
}

/** Classes 0 to 4 of the papers' workload: weights 35, 25, 2, 15, 5 of 100, and what is left goes to the top. */
export const PAPER_SHARES: readonly number[] = [0.35, 0.25, 0.02, 0.15, 0.23];

/**
 * The price classes of a trace: by the rule given, else by trigger where any function has one, else the papers' shares,
 * drawn per invocation. Throws Invalid where rule and prices do not fit.
 *
 * trigger: http has the top class, queue, event and orchestration the middle one (the lower of two), all others the lowest.
 */
export async function priceClassesOf(
  trace: Named,
  keys: FunctionKeys,
  options: Pick<WorkloadOptions, "classes" | "prices">,
): Promise<PriceClasses> {
  const { functions } = trace;
  const classes = options.prices.length;
  if (options.classes) {
    const rule = formatClasses(options.classes);
    if (options.classes.kind === "trigger") return byTrigger(rule, functions, classes);
    if (options.classes.kind === "weights") return byWeights(rule, options.classes, functions, keys, classes);
    const fixed = await readClassMap(options.classes.path, functions, classes);
    return { rule, unknownTriggers: 0, of: (f) => fixed[f]! };
  }
  if (functions.trigger.some((trigger) => trigger !== null)) return byTrigger("trigger (default)", functions, classes);
  if (classes !== PAPER_SHARES.length) {
    const expected = `weights:… with ${classes} weights, as the trace has no triggers and the papers' shares are for 5 prices`;
    throw new Invalid("classes", "default", "--classes", expected);
  }
  const papers = { kind: "weights", weights: PAPER_SHARES, per: "invocation" } as const;
  return byWeights(`${formatClasses(papers)} (default, the papers' shares)`, papers, functions, keys, classes);
}

const MIDDLE = new Set(["queue", "event", "orchestration"]);

function byTrigger(rule: string, functions: Functions, classes: number): PriceClasses {
  let unknownTriggers = 0;
  const fixed = Uint8Array.from(functions.trigger, (trigger) => {
    if (trigger === null) unknownTriggers++;
    const name = trigger?.toLowerCase() ?? "";
    return name === "http" ? classes - 1 : MIDDLE.has(name) ? Math.floor((classes - 1) / 2) : 0;
  });
  return { rule, unknownTriggers, of: (f) => fixed[f]! };
}

function byWeights(
  rule: string,
  { weights, per }: ClassRule & { kind: "weights" },
  functions: Functions,
  keys: FunctionKeys,
  classes: number,
): PriceClasses {
  if (weights.length !== classes) {
    throw new Invalid("classes", rule, "--classes", `${classes} weights, one for each price`);
  }
  const ends = cumulative(weights);
  const draws = keys.of(PURPOSE.priceClass);
  if (per === "invocation") {
    return { rule, unknownTriggers: 0, of: (f, minute, index) => category(ends, draws(f).uniform(minute, index)) };
  }
  const fixed = Uint8Array.from(functions.function, (_, f) => category(ends, draws(f).uniform(0, 0)));
  return { rule, unknownTriggers: 0, of: (f) => fixed[f]! };
}
