import { Invalid } from "../invalid.js";

/** Options of replays by the names of their flags, and `trace`. What a value may be, the options and traceOf say. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * What to sweep over, as PLAN.json has it: every combination of the grid's values, for each of `cells` (one without
 * settings of its own by default), each over `options`, which all of them share.
 *
 * @example { options: { trace: "paper.arrow" }, grid: { scheduler: ["xx", "edf"], load: [0.5, 0.9], seed: [1, 2] } }
 */
export interface Plan {
  readonly options?: Settings | undefined;
  readonly grid?: Readonly<Record<string, readonly unknown[]>> | undefined;
  readonly cells?: readonly Settings[] | undefined;
}

/** One combination of a plan: what it says itself, and that over the plan's options. */
export interface Point {
  /** Where it is, for errors: "cell 3: load 0.5, seed 1". */
  readonly label: string;
  readonly settings: Settings;
}

const KEYS = ["options", "grid", "cells"];
const MOST_CELLS = 1_000_000;

/** Checks that JSON is a plan whose settings are among `names`. Throws Invalid. `where` names the file. */
export function parsePlan(json: unknown, names: readonly string[], where: string): Plan {
  const plan = objectOf("plan", json, where);
  for (const key of Object.keys(plan)) {
    if (!KEYS.includes(key)) throw new Invalid("key", key, where, "options, grid or cells");
  }
  const { options = {}, grid: given = {}, cells } = plan as { options?: unknown; grid?: unknown; cells?: unknown };
  const grid = objectOf("grid", given, where);
  checkNames(objectOf("options", options, where), names, `${where}, options`);
  checkNames(grid, names, `${where}, grid`);
  if (plan["grid"] !== undefined && Object.keys(grid).length === 0) {
    throw new Invalid("grid", "{}", where, "an object of one or more options, each with a list of values");
  }
  for (const [name, values] of Object.entries(grid)) checkValues(name, values, `${where}, grid`);
  if (cells !== undefined) {
    if (!Array.isArray(cells) || cells.length === 0) {
      throw new Invalid("cells", JSON.stringify(cells), where, "a list of one or more objects of options");
    }
    for (const [i, cell] of cells.entries()) {
      const at = `${where}, cell ${i + 1}`;
      checkNames(objectOf("cell", cell, at), names, at);
      const both = Object.keys(cell as object).find((name) => name in grid);
      if (both !== undefined) throw new Invalid("option", both, `${at}, and in grid`, "it in one of the two");
    }
  }
  const combinations = Object.values(grid).reduce((n: number, values) => n * (values as unknown[]).length, 1);
  const count = combinations * (Array.isArray(cells) ? cells.length : 1);
  if (count > MOST_CELLS) throw new Invalid("grid", `${count} cells`, where, `at most ${MOST_CELLS}`);
  return plan as Plan;
}

/** Every combination, the first option of the grid varying slowest. */
export function pointsOf({ options = {}, grid = {}, cells = [{}] }: Plan): Point[] {
  let own: Settings[] = [...cells];
  for (const [name, values] of Object.entries(grid)) {
    own = own.flatMap((settings) => values.map((value) => ({ ...settings, [name]: value })));
  }
  return own.map((settings, i) => {
    const said = Object.entries(settings).map(([name, value]) => `${name} ${plainly(value)}`);
    return {
      label: [`cell ${i + 1}`, said.join(", ")].filter(Boolean).join(": "),
      settings: { ...options, ...settings },
    };
  });
}

/** Names of the options that cells and grid say, in the order of the plan: what a sweep varies. */
export function variedBy({ grid = {}, cells = [] }: Plan): string[] {
  return [...new Set([...cells.flatMap((cell) => Object.keys(cell)), ...Object.keys(grid)])];
}

/** A value of a setting on one line. */
export function plainly(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function checkNames(settings: object, names: readonly string[], where: string): void {
  const unknown = Object.keys(settings).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Invalid("option", unknown, where, `some of ${names.join(", ")}`);
}

function checkValues(name: string, values: unknown, where: string): void {
  if (!Array.isArray(values) || values.length === 0) {
    throw new Invalid(name, JSON.stringify(values), where, "a list of one or more values");
  }
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((text, i) => texts.indexOf(text) !== i);
  if (twice !== undefined) throw new Invalid(name, twice, `${where}, twice`, "each value once");
}

function objectOf(what: string, value: unknown, where: string): Settings {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Settings;
  throw new Invalid(what, JSON.stringify(value), where, "a JSON object");
}
