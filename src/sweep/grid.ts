import { createHash } from "node:crypto";
import { Invalid } from "../invalid.js";
import type { RunOptions } from "../run.js";
import type { Column } from "../table/index.js";
import { type Plan, type Point, pointsOf } from "./plan.js";
import { fileName, shortNameOf, type TraceSetting, traceOf } from "./trace-setting.js";

/** Replay's options as texts by name, every one of them: what run.json keeps. */
export type Texts = Readonly<Record<string, string>>;

/** Options that were understood, and their texts in canonical form. */
export interface Resolved {
  readonly texts: Texts;
  readonly options: RunOptions;
}

/** What a sweep must know of replay's options, which the command line defines. */
export interface OptionReader {
  /** Their names but `trace`, in order. */
  readonly names: readonly string[];
  /** A value of JSON as the text that its flag takes. Throws Invalid. */
  textOf(name: string, value: unknown, where: string): string;
  /** Texts over the defaults, validated. Throws Invalid. */
  resolve(texts: Texts): Resolved;
  /** An option as a column of numbers, such as ram_mib, and its value there; a text where it is no number. */
  column(name: string): Column;
  valueIn(name: string, resolved: Resolved): number | string;
}

/** One replay of a sweep: what one `replaybook replay` would do, with every scheduler that its workload goes through. */
export interface Cell extends Resolved {
  /** Of its run folder: its trace, the options that are not the defaults, and a hash of all of them. */
  readonly name: string;
  readonly trace: TraceSetting;
}

/**
 * The replays of a plan, in its order. Combinations that differ in nothing but the scheduler are one replay: their
 * workload is drawn once. Throws Invalid, naming the combination, for what replay would refuse.
 */
export function cellsOf(plan: Plan, reader: OptionReader, where: string): Cell[] {
  const groups = new Map<string, { trace: TraceSetting; texts: Texts; schedulers: string[]; point: Point }>();
  for (const point of pointsOf(plan)) {
    const at = `${where}, ${point.label}`;
    const { trace: given, ...settings } = point.settings;
    const trace = traceOf(given, at);
    const said = Object.entries(settings).map(([name, value]) => [name, reader.textOf(name, value, at)]);
    const { texts, options } = named(at, () => reader.resolve(Object.fromEntries(said)));
    const key = JSON.stringify([trace, { ...texts, scheduler: "" }]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { trace, texts, schedulers: [...options.schedulers], point });
    else {
      const twice = options.schedulers.find((scheduler) => group.schedulers.includes(scheduler));
      const same = `${at}, the same as ${group.point.label}`;
      if (twice !== undefined) throw new Invalid("scheduler", twice, same, "each combination once");
      group.schedulers.push(...options.schedulers);
    }
  }
  const defaults = reader.resolve({}).texts;
  return [...groups.values()].map(({ trace, texts, schedulers, point }) => {
    const all = { ...texts, scheduler: schedulers.join(",") };
    const resolved = named(`${where}, ${point.label}`, () => reader.resolve(all));
    return { name: nameOf(trace, resolved.texts, defaults), trace, ...resolved };
  });
}

const LONGEST_NAME = 100;

function nameOf(trace: TraceSetting, texts: Texts, defaults: Texts): string {
  const own = Object.keys(texts).filter((name) => name !== "scheduler" && texts[name] !== defaults[name]);
  const said = [shortNameOf(trace), ...own.map((name) => fileName(`${name}-${texts[name]}`))].join("_");
  return `${said.slice(0, LONGEST_NAME)}_${hashOf([trace, texts])}`;
}

/** Whether a run folder's name is that of a cell: the hash at its end is of the trace and every option. */
export function sameCell({ trace, texts }: Cell, name: string): boolean {
  return /^[A-Za-z0-9._-]+$/.test(name) && name.endsWith(`_${hashOf([trace, texts])}`);
}

/** Ten hexadecimal digits that tell values of JSON apart. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);
}

function named<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof Invalid ? error.within(place) : error;
  }
}
