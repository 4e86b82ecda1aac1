import { Invalid } from "../invalid.js";
import type { RunOptions } from "../run.js";
import { SCHEDULERS, schedulerNamed } from "../scheduler/schedulers.js";
import { parseDuration, parseSize, parseSpan } from "../units.js";
import { formatArrivals, formatClasses, parseArrivals, parseClasses } from "../workload/index.js";
import { readJson } from "./json-file.js";
import { numberOf, wholeOf } from "./numbers.js";
import { formatBudget, parseXX, XX_OPTIONS } from "./xx-options.js";

/** One replay option as text: its default, what it says in --help, and its argument's name. */
interface TextOption {
  readonly default: string;
  readonly argument: string;
  readonly about: string;
}

/** Every replay option: the defaults, in one place. Flags, --config files and run.json use the same names and texts. */
export const REPLAY_OPTIONS = {
  scheduler: { default: "xx,hermod,edf", argument: "names", about: `of ${Object.keys(SCHEDULERS).join(", ")}` },
  machines: { default: "100", argument: "n", about: "machines of the cluster; auto: as few as carry --load" },
  cores: { default: "8", argument: "n", about: "cores of a machine" },
  ram: { default: "unlimited", argument: "size", about: "memory of a machine, such as 32GiB" },
  swap: { default: "unlimited", argument: "size", about: "swap space of a machine, such as 50GB; 0: none" },
  k: { default: "3", argument: "n", about: "machines polled for a placement" },
  shards: { default: "4", argument: "n", about: "global scheduler shards" },
  ...XX_OPTIONS,
  "swap-in-watermark": { default: "0.9", argument: "fraction", about: "share of RAM up to which swap comes back" },
  oom: {
    default: "off",
    argument: "policy",
    about: "whom all but xx kill when --ram is full: kill-newest or kill-largest; off: they ignore it",
  },
  prices: { default: "0.3,0.7,1,1.5,2", argument: "list", about: "price of each class, ascending" },
  "price-unit": { default: "1e-8", argument: "dollars", about: "dollars per unit of price and CPU second" },
  seed: { default: "1", argument: "n", about: "seed of every draw" },
  until: { default: "drained", argument: "time", about: "end of the run; drained: until nothing is left" },
  cut: { default: "all", argument: "span", about: "part of the trace, such as 8h..16h" },
  load: { default: "as-is", argument: "fraction", about: "offered CPU over the cluster's cores, by scaling the trace" },
  warmup: { default: "0", argument: "time", about: "start of the run that summaries leave out" },
  window: { default: "60s", argument: "time", about: "length of a row of windows.arrow" },
  "sample-every": { default: "auto", argument: "time", about: "length of a row of machines.arrow" },
  record: {
    default: "all",
    argument: "what",
    about: "rows kept: all, sample=0.01 or none; less than all streams a trace of any length, its quantiles sketched",
  },
  arrivals: { default: "uniform", argument: "how", about: "in a minute: uniform, equidistant, batch or gamma:CV" },
  timers: {
    default: "aligned",
    argument: "how",
    about: "timers fire at :00 (aligned) or at a moment of their own (spread)",
  },
  "cpu-fraction": { default: "1", argument: "fraction", about: "CPU seconds in a second of recorded duration" },
  "max-runtime": { default: "none", argument: "time", about: "longest runtime; longer ones are cut to it" },
  "app-memory": {
    default: "per-invocation",
    argument: "how",
    about: "an app's memory is what each invocation holds (per-invocation) or divide-by-functions",
  },
  classes: {
    default: "auto",
    argument: "rule",
    about: "trigger, weights:…, weights-per-invocation:… or a .csv; auto: by trigger, else the papers' shares",
  },
} as const satisfies Record<string, TextOption>;

export type OptionName = keyof typeof REPLAY_OPTIONS;
/** Every replay option as text, by name. */
export type OptionTexts = Readonly<Record<OptionName, string>>;

export const OPTION_NAMES = Object.keys(REPLAY_OPTIONS) as OptionName[];

/** Puts flags over a config's values over the defaults. */
export function resolveTexts(config: Partial<OptionTexts>, flags: Partial<OptionTexts>): OptionTexts {
  const entries = OPTION_NAMES.map((name) => [name, flags[name] ?? config[name] ?? REPLAY_OPTIONS[name].default]);
  return Object.fromEntries(entries) as unknown as OptionTexts;
}

/** Reads a --config file: a JSON object of option names and values. Throws Invalid. */
export function readConfig(path: string): Partial<OptionTexts> {
  return optionTexts(readJson(path, "config"), path);
}

/** Checks that an object holds only options; numbers and lists become the text a flag would have. Throws Invalid. */
export function optionTexts(object: Readonly<Record<string, unknown>>, where: string): Partial<OptionTexts> {
  const texts: Partial<Record<OptionName, string>> = {};
  for (const [key, value] of Object.entries(object)) {
    const name = OPTION_NAMES.find((option) => option === key);
    if (name === undefined) throw new Invalid("option", key, where, `some of ${OPTION_NAMES.join(", ")}`);
    const plain = Array.isArray(value) ? value : [value];
    if (!plain.every((item) => typeof item === "string" || typeof item === "number")) {
      throw new Invalid(name, JSON.stringify(value), where, "a text or a number");
    }
    texts[name] = plain.join(",");
  }
  return texts;
}

/** The options that texts say. Throws Invalid naming the option's flag. */
export function parseOptions(texts: OptionTexts): RunOptions {
  const { load } = texts;
  const prices = parsePrices(texts.prices);
  const oom = oneOf(texts, "oom", ["off", "kill-newest", "kill-largest"]);
  if (oom !== "off" && texts.ram === "unlimited") {
    throw new Invalid("oom", oom, "--oom, with --ram unlimited", "a --ram, such as 32GiB, or --oom off");
  }
  const ram = sizeOf(texts, "ram", (mib) => mib > 0, "unlimited or a size above 0, such as 32GiB");
  const swap = sizeOf(texts, "swap", (mib) => mib >= 0, "unlimited, 0 or a size, such as 50GB");
  if (ram === Number.POSITIVE_INFINITY && swap !== ram) {
    throw new Invalid("swap", texts.swap, "--swap without --ram", "--ram with it, such as 32GiB");
  }
  return {
    schedulers: parseSchedulers(texts.scheduler),
    machines:
      texts.machines === "auto" ? "auto" : wholeOf("machines", texts.machines, "--machines", 1, 10_000_000, "auto or "),
    cores: wholeOf("cores", texts.cores, "--cores", 1, 1_000_000),
    k: wholeOf("k", texts.k, "--k", 1, 10_000_000),
    shards: wholeOf("shards", texts.shards, "--shards", 1, 1_000_000),
    ram,
    swap,
    swapInWatermark: numberOf(
      "swap-in-watermark",
      texts["swap-in-watermark"],
      (x) => x > 0 && x < 1,
      "a fraction between 0 and 1, neither of them, such as 0.9",
    ),
    oom,
    xx: parseXX(texts, ram),
    prices,
    priceUnit: numberOf("price-unit", texts["price-unit"], (x) => x > 0, "a number above 0, such as 1e-8"),
    seed: wholeOf("seed", texts.seed, "--seed", 0, Number.MAX_SAFE_INTEGER),
    until: texts.until === "drained" ? null : positiveTime(texts, "until"),
    cut: texts.cut === "all" ? null : parseSpan(texts.cut, "--cut"),
    load:
      load === "as-is"
        ? null
        : numberOf("load", load, (x) => x > 0 && x <= 1000, "as-is or a fraction above 0 and up to 1000, such as 0.9"),
    warmup: parseDuration(texts.warmup, "--warmup"),
    window: positiveTime(texts, "window"),
    record: parseRecord(texts.record),
    sampleEvery: texts["sample-every"] === "auto" ? "auto" : positiveTime(texts, "sample-every"),
    arrivals: parseArrivals(texts.arrivals),
    timers: oneOf(texts, "timers", ["aligned", "spread"]),
    cpuFraction: numberOf("cpu-fraction", texts["cpu-fraction"], (x) => x > 0 && x <= 1, "a fraction, 0 < f <= 1"),
    maxRuntime: texts["max-runtime"] === "none" ? Number.POSITIVE_INFINITY : positiveTime(texts, "max-runtime"),
    appMemory: oneOf(texts, "app-memory", ["per-invocation", "divide-by-functions"]),
    classes: texts.classes === "auto" ? null : parseClasses(texts.classes),
  };
}

/** The texts with every option as it was understood: the form that run.json keeps and --from repeats. */
export function canonicalTexts(texts: OptionTexts, options: RunOptions): OptionTexts {
  return {
    ...texts,
    scheduler: options.schedulers.join(","),
    prices: options.prices.join(","),
    record: formatRecord(options.record),
    budget: formatBudget(options.xx),
    arrivals: formatArrivals(options.arrivals),
    classes: options.classes === null ? "auto" : formatClasses(options.classes),
  };
}

function parseSchedulers(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const [i, name] of names.entries()) {
    schedulerNamed(name);
    if (names.indexOf(name) !== i) throw new Invalid("scheduler", name, "--scheduler, twice", "each scheduler once");
  }
  return names;
}

function parsePrices(text: string): number[] {
  const wanted = "1 to 256 prices above 0, ascending, such as 0.3,0.7,1,1.5,2";
  const prices = text.split(",").map((price) => numberOf("prices", price.trim(), (x) => x > 0, wanted));
  if (prices.length > 256 || prices.some((price, i) => i > 0 && price <= prices[i - 1]!)) {
    throw new Invalid("prices", text, "--prices", wanted);
  }
  return prices;
}

function positiveTime(texts: OptionTexts, name: OptionName): number {
  const seconds = parseDuration(texts[name], `--${name}`);
  if (!(seconds > 0)) throw new Invalid("time", texts[name], `--${name}`, "a time above 0, such as 60s");
  return seconds;
}

function sizeOf(texts: OptionTexts, name: OptionName, good: (mib: number) => boolean, wanted: string): number {
  const text = texts[name];
  if (text === "unlimited") return Number.POSITIVE_INFINITY;
  const mib = /^0+$/.test(text) ? 0 : parseSize(text, `--${name}`);
  if (!good(mib)) throw new Invalid(name, text, `--${name}`, wanted);
  return mib;
}

function oneOf<T extends string>(texts: OptionTexts, name: OptionName, values: readonly T[]): T {
  const found = values.find((value) => value === texts[name]);
  if (found === undefined)
    throw new Invalid(name, texts[name], `--${name}`, `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`);
  return found;
}

const SHARE = /^sample=((?:\d+(?:\.\d*)?|\.\d+)(?:e-?\d{1,3})?)$/i;

/** The share of the rows that is kept. */
function parseRecord(text: string): number {
  if (text === "all") return 1;
  if (text === "none") return 0;
  const share = Number(SHARE.exec(text)?.[1] ?? Number.NaN);
  if (share > 0 && share < 1) return share;
  const expected = "all, none or sample= and a fraction between 0 and 1, such as sample=0.01";
  throw new Invalid("record", text, "--record", expected);
}

function formatRecord(share: number): string {
  return share === 1 ? "all" : share === 0 ? "none" : `sample=${share}`;
}
