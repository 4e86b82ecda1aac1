import { Invalid } from "../invalid.js";
import type { BudgetPlan, XXPlan } from "../scheduler/xx/plan.js";
import { type MiB, parseDuration, parseRate, parseSize } from "../units.js";
import { jsonObject, readJson } from "./json-file.js";
import { numberOf, wholeOf } from "./numbers.js";

/** The replay options that are xx's alone; see REPLAY_OPTIONS. */
export const XX_OPTIONS = {
  "idle-threshold": { default: "off", argument: "size", about: "xx: free memory that puts a machine on an idle list" },
  "idle-list-rule": {
    default: "guarded",
    argument: "rule",
    about: "xx: guarded passes over listed machines whose cores are taken; literal is the drafts' rule",
  },
  "idle-staleness": {
    default: "off",
    argument: "size",
    about: "xx: lists show a machine as when its free memory last changed by more than this",
  },
  "lookup-time": { default: "0", argument: "time", about: "xx: time a shard takes to look at its idle list" },
  "poll-time": { default: "0", argument: "time", about: "xx: time a shard takes to poll, all k machines at once" },
  "load-counts": {
    default: "all",
    argument: "what",
    about: "xx: a machine's load when one is chosen: all or same-or-higher classes",
  },
  retries: { default: "0", argument: "n", about: "xx: times that a killed invocation is placed anew" },
  children: {
    default: "recorded",
    argument: "when",
    about: "xx: invocations with a parent arrive as recorded, or follow: after its start as after its arrival",
  },
  "context-switch": {
    default: "0",
    argument: "time",
    about: "xx: time a core takes to change hands for a preemption, and when the preempted one gets a core again",
  },
  startup: { default: "0", argument: "time", about: "xx: time a new sandbox takes to start; it needs no core" },
  "keep-alive": {
    default: "0",
    argument: "time",
    about: "xx: a sandbox is kept so long for the next of its function on its machine",
  },
  "swap-bandwidth": {
    default: "off",
    argument: "rate",
    about: "xx: a machine moves so much to and from swap in a second, one invocation at a time; off: in no time",
  },
  budget: {
    default: "none",
    argument: "file",
    about: "xx: dollars a month by owner: a .json, or the JSON object itself",
  },
  "budget-default": { default: "none", argument: "dollars", about: "xx: dollars a month of every other owner" },
  "budget-rule": {
    default: "demote",
    argument: "rule",
    about: "xx: demote (to class 0), delay or reject arrivals of an owner over its budget",
  },
  "budget-burst": {
    default: "1d",
    argument: "time",
    about: "xx: the budget's share for so long is there at the start",
  },
  "memory-price": {
    default: "1e-9",
    argument: "dollars",
    about: "dollars per GiB and second of running, beside --price-unit, in what budgets count as spent",
  },
} as const;

type XXTexts = Readonly<Record<keyof typeof XX_OPTIONS, string>>;

const DOLLARS = "dollars a month, 0 or more, such as 25";

/** What the texts of xx's options say; `ram` is what --ram says. Throws Invalid naming the option's flag. */
export function parseXX(texts: XXTexts & { readonly ram: string }, ram: MiB): XXPlan {
  const plan: XXPlan = {
    idleThreshold: thresholdOf(texts, ram),
    idleListRule: oneOf(texts, "idle-list-rule", ["guarded", "literal"]),
    idleStaleness: texts["idle-staleness"] === "off" ? 0 : sizeOf(texts, "idle-staleness"),
    lookupTime: parseDuration(texts["lookup-time"], "--lookup-time"),
    pollTime: parseDuration(texts["poll-time"], "--poll-time"),
    loadCounts: oneOf(texts, "load-counts", ["all", "same-or-higher"]),
    retries: wholeOf("retries", texts.retries, "--retries", 0, 1000),
    children: oneOf(texts, "children", ["recorded", "follow"]),
    contextSwitch: parseDuration(texts["context-switch"], "--context-switch"),
    ...sandboxesOf(texts),
    swapBandwidth: bandwidthOf(texts, ram),
    budgets: budgetsOf(texts),
  };
  for (const [name, without] of NEEDS) if (without(texts)) refuseAlone(texts, name);
  return plan;
}

type XXName = keyof typeof XX_OPTIONS;

const noLists = (texts: XXTexts) => texts["idle-threshold"] === "off";
const noBudgets = (texts: XXTexts) => texts.budget === "none" && texts["budget-default"] === "none";

/** Options that do nothing without another one, and whether that one is missing. */
const NEEDS: readonly (readonly [name: XXName, without: (texts: XXTexts) => boolean])[] = [
  ["idle-list-rule", noLists],
  ["idle-staleness", noLists],
  ["lookup-time", noLists],
  ["budget-rule", noBudgets],
  ["budget-burst", noBudgets],
];

function refuseAlone(texts: XXTexts, name: XXName): void {
  if (texts[name] === XX_OPTIONS[name].default) return;
  const needed = name.startsWith("budget") ? "--budget or --budget-default" : "--idle-threshold";
  throw new Invalid(name, texts[name], `--${name} without ${needed}`, `${needed} with it, or no --${name}`);
}

/** The text of --budget that says the budgets themselves, wherever they were read from. */
export function formatBudget({ budgets }: XXPlan): string {
  if (budgets === null || Object.keys(budgets.monthly).length === 0) return "none";
  return JSON.stringify(budgets.monthly);
}

function thresholdOf(texts: XXTexts & { readonly ram: string }, ram: MiB): MiB {
  const text = texts["idle-threshold"];
  if (text === "off") return Number.POSITIVE_INFINITY;
  const threshold = sizeOf(texts, "idle-threshold");
  if (ram === Number.POSITIVE_INFINITY) {
    throw new Invalid("idle-threshold", text, "--idle-threshold without --ram", "--ram with it, of that size or more");
  }
  if (threshold <= ram) return threshold;
  throw new Invalid("idle-threshold", text, "--idle-threshold", `no more than --ram, which is ${texts.ram}`);
}

function sandboxesOf(texts: XXTexts): Pick<XXPlan, "startup" | "keepAlive"> {
  const startup = parseDuration(texts.startup, "--startup");
  const keepAlive = parseDuration(texts["keep-alive"], "--keep-alive");
  if (keepAlive === 0 || startup > 0) return { startup, keepAlive };
  const where = "--keep-alive without --startup";
  throw new Invalid("keep-alive", texts["keep-alive"], where, "--startup with it, such as 500ms, or --keep-alive 0");
}

function bandwidthOf(texts: XXTexts, ram: MiB): number {
  const text = texts["swap-bandwidth"];
  if (text === "off") return Number.POSITIVE_INFINITY;
  const rate = parseRate(text, "--swap-bandwidth");
  if (rate === 0) {
    throw new Invalid("swap-bandwidth", text, "--swap-bandwidth", "off or a rate above 0, such as 500MB/s");
  }
  if (ram < Number.POSITIVE_INFINITY) return rate;
  throw new Invalid("swap-bandwidth", text, "--swap-bandwidth without --ram", "--ram with it, such as 32GiB");
}

function budgetsOf(texts: XXTexts): BudgetPlan | null {
  const rule = oneOf(texts, "budget-rule", ["demote", "delay", "reject"]);
  const burst = parseDuration(texts["budget-burst"], "--budget-burst");
  const price = "dollars per GiB and second, 0 or more, such as 1e-9";
  const memoryPrice = numberOf("memory-price", texts["memory-price"], (x) => x >= 0, price);
  const { budget, "budget-default": others } = texts;
  if (budget === "none" && others === "none") return null;
  const inline = budget.trim().startsWith("{");
  const where = inline ? "--budget" : budget;
  const members = "owners and dollars a month";
  const object =
    budget === "none"
      ? {}
      : inline
        ? jsonObject(budget, "budget", "--budget", members)
        : readJson(budget, "budget", members);
  const monthly = Object.entries(object).map(([owner, dollars]) => {
    if (typeof dollars === "number" && dollars >= 0 && dollars < Number.POSITIVE_INFINITY) return [owner, dollars];
    throw new Invalid(
      "budget",
      typeof dollars === "number" ? dollars : JSON.stringify(dollars),
      `${owner} in ${where}`,
      DOLLARS,
    );
  });
  const rest = others === "none" ? null : numberOf("budget-default", others, (x) => x >= 0, `none or ${DOLLARS}`);
  return { monthly: Object.fromEntries(monthly), where, others: rest, rule, burst, memoryPrice };
}

function sizeOf(texts: XXTexts, name: "idle-threshold" | "idle-staleness"): MiB {
  const size = parseSize(texts[name], `--${name}`);
  if (size > 0) return size;
  throw new Invalid(name, texts[name], `--${name}`, "off or a size above 0, such as 8GiB");
}

function oneOf<T extends string>(texts: XXTexts, name: keyof XXTexts, values: readonly T[]): T {
  const found = values.find((value) => value === texts[name]);
  if (found !== undefined) return found;
  throw new Invalid(name, texts[name], `--${name}`, `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`);
}
