import type { OptionReader, Resolved } from "../sweep/grid.js";
import type { Column } from "../table/index.js";
import { parseDuration, parseRate, parseSize } from "../units.js";
import {
  canonicalTexts,
  OPTION_NAMES,
  type OptionName,
  type OptionTexts,
  optionTexts,
  parseOptions,
  REPLAY_OPTIONS,
  resolveTexts,
} from "./run-options.js";

/** The unit that a text of an option comes down to, by what its argument is called, and how. */
const QUANTITIES: Readonly<Record<string, { readonly unit: string; readonly parse: (text: string) => number }>> = {
  size: { unit: "MiB", parse: (text) => (text === "unlimited" ? Number.POSITIVE_INFINITY : parseSize(text, "")) },
  rate: { unit: "MiB/s", parse: (text) => (text === "off" ? Number.POSITIVE_INFINITY : parseRate(text, "")) },
  time: { unit: "s", parse: (text) => parseDuration(text, "") },
  dollars: { unit: "$", parse: Number },
};
const PLAIN = { unit: "", parse: Number };

/** Replay's options as a sweep sees them: read, defaulted and checked as flags are. */
export const SWEEP_OPTIONS: OptionReader = {
  names: OPTION_NAMES,
  textOf: (name, value, where) => optionTexts({ [name]: value }, where)[name as OptionName]!,
  resolve(texts): Resolved {
    const all = resolveTexts({}, texts as Partial<OptionTexts>);
    const options = parseOptions(all);
    return { texts: canonicalTexts(all, options), options };
  },
  column(name): Column {
    const { unit } = quantityOf(name);
    const ending = /^\w/.test(unit) ? `_${unit.toLowerCase().replace("/", "_per_")}` : "";
    const about = `Replay's --${name}: ${REPLAY_OPTIONS[name as OptionName].about}.`;
    return { name: name.replaceAll("-", "_") + ending, type: "float64", unit, about };
  },
  valueIn(name, { texts }) {
    const text = texts[name]!;
    const value = /^0+$/.test(text) ? 0 : parsed(text, quantityOf(name).parse);
    return Number.isNaN(value) ? text : value;
  },
};

function quantityOf(name: string): (typeof QUANTITIES)[string] {
  return QUANTITIES[REPLAY_OPTIONS[name as OptionName].argument] ?? PLAIN;
}

function parsed(text: string, parse: (text: string) => number): number {
  try {
    return parse(text);
  } catch {
    return Number.NaN;
  }
}
