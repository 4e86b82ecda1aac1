import type { Command } from "commander";
import { Invalid } from "../invalid.js";
import { parseSize } from "../units.js";
import { PAPER, type PaperConstants, type PaperOptions } from "../workload/index.js";
import { numberOf } from "./numbers.js";

/** Flags of `generate paper` that change what its workload is drawn from. */
export interface ConstantFlags {
  readonly tail: string;
  readonly minimumMean: string;
  readonly minimumDeviation: string;
  readonly minimumFloor: string;
  readonly minimumCeiling: string;
  readonly shares: string;
  readonly memory: string;
}

const SHARES = PAPER.shares.map((share) => Math.round(100 * share)).join(",");
const MEMORY = `${PAPER.memoryInitial}MiB..${PAPER.memoryMost}MiB`;

/** Adds them to the command. */
export function addPaperConstants(command: Command): Command {
  return command
    .option("--tail <alpha>", "runtime: tail index of a Pareto law over a minimum of its own", `${PAPER.tail}`)
    .option("--minimum-mean <ticks>", "the minimum's normal law: mean", `${PAPER.minimumMean}`)
    .option("--minimum-deviation <ticks>", "and standard deviation", `${PAPER.minimumDeviation}`)
    .option("--minimum-floor <ticks>", "the minimum is raised to this", `${PAPER.minimumFloor}`)
    .option("--minimum-ceiling <ticks>", "and cut to this", `${PAPER.minimumCeiling}`)
    .option("--shares <list>", "weight of each price class, from the lowest up", SHARES)
    .option("--memory <from..most>", "held at the start; at the end uniform between both", MEMORY);
}

/** Those that are not the papers' own; nothing where all are. Throws Invalid. */
export function paperConstants(flags: ConstantFlags): Pick<PaperOptions, "constants"> {
  const above0 = (name: string, text: string) => numberOf(name, text, (value) => value > 0, "a number above 0");
  const [initial, most] = memoryOf(flags.memory);
  const given: PaperConstants = {
    tail: above0("tail", flags.tail),
    minimumMean: numberOf("minimum-mean", flags.minimumMean, () => true, "ticks, 0 or more"),
    minimumDeviation: numberOf("minimum-deviation", flags.minimumDeviation, () => true, "ticks, 0 or more"),
    minimumFloor: above0("minimum-floor", flags.minimumFloor),
    minimumCeiling: above0("minimum-ceiling", flags.minimumCeiling),
    shares: flags.shares === SHARES ? PAPER.shares : sharesOf(flags.shares),
    memoryInitial: initial,
    memoryMost: most,
  };
  if (given.minimumCeiling < given.minimumFloor) {
    const expected = `at least the floor, ${given.minimumFloor} ticks`;
    throw new Invalid("ticks", flags.minimumCeiling, "--minimum-ceiling", expected);
  }
  const changed = Object.entries(given).filter(([name, value]) => value !== PAPER[name as keyof PaperConstants]);
  return changed.length === 0 ? {} : { constants: Object.fromEntries(changed) };
}

function sharesOf(text: string): number[] {
  const weights = text.split(",").map((part) => (/^\s*\d+(\.\d+)?\s*$/.test(part) ? Number(part) : Number.NaN));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum > 0 && weights.length <= 256) return weights.map((weight) => weight / sum);
  throw new Invalid("weights", text, "--shares", "numbers of 0 or more, not all 0, such as 35,25,2,15,23");
}

function memoryOf(text: string): [initial: number, most: number] {
  const [from, to, ...more] = text.split("..");
  const expected = "two sizes, the second no smaller, such as 100MiB..10000MiB";
  if (from === undefined || to === undefined || more.length > 0)
    throw new Invalid("memory", text, "--memory", expected);
  const sizes: [number, number] = [parseSize(from, "--memory"), parseSize(to, "--memory")];
  if (sizes[1] < sizes[0]) throw new Invalid("memory", text, "--memory", expected);
  return sizes;
}
