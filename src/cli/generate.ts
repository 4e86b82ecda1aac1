import { type Command, Option } from "commander";
import { Invalid } from "../invalid.js";
import { Output } from "../output.js";
import { parseDuration } from "../units.js";
import { type PaperOptions, paperBatches } from "../workload/index.js";
import type { Register } from "./command.js";
import { registerAzure } from "./generate-azure.js";
import { wholeOf } from "./numbers.js";
import { addPaperConstants, type ConstantFlags, paperConstants } from "./paper-constants.js";
import { writePaper } from "./write-paper.js";

interface Flags extends ConstantFlags {
  readonly output: string;
  readonly load: string;
  readonly ticks: string;
  readonly tick: string;
  readonly arrivals: string;
  readonly step?: string;
  readonly seed: string;
  readonly force?: boolean;
}

/** `replaybook generate paper|azure`: a synthetic workload table, or a synthetic provider's trace. */
export const register: Register = (program: Command): void => {
  const generate = program.command("generate").description("write a synthetic workload or trace, from a seed");
  registerAzure(generate);
  const paper = generate
    .command("paper")
    .description("the papers' workload: invocations of five price classes at every tick, with long-tailed runtimes")
    .requiredOption("-o, --output <path>", "the workload table to write, .arrow or .csv")
    .option("--load <n>", "invocations per tick; 238 fill 100 machines x 8 cores", "200")
    .option("--ticks <n>", "length of the run, in ticks", "200")
    .option("--tick <time>", "length of a tick", "1s")
    .addOption(new Option("--arrivals <pattern>", "batch, all when a tick begins, or poisson").default("batch"))
    .option("--step <from..to:load>", "another load from one tick up to another, such as 50..80:230")
    .option("--seed <n>", "seed of every draw", "1");
  addPaperConstants(paper)
    .option("--force", "replace the output if it exists")
    .addHelpText("after", "\nExample:\n  $ npx replaybook generate paper -o step.arrow --load 150 --step 50..80:230")
    .action(async (flags: Flags) => {
      const format = /\.(arrow|csv)$/i.exec(flags.output)?.[1]?.toLowerCase();
      if (format === undefined) throw new Invalid("output", flags.output, "-o", "a name ending in .arrow or .csv");
      const options = paperOptions(flags);
      const output = Output.file(flags.output, flags.force ?? false);
      try {
        const rows = await writePaper(output.path, format as "arrow" | "csv", options, paperBatches(options));
        output.commit();
        process.stdout.write(`${flags.output}: ${rows} invocations in ${options.ticks * options.tick} s\n`);
      } catch (error) {
        output.abandon();
        throw error;
      }
    });
};

function paperOptions(flags: Flags): PaperOptions {
  const { arrivals } = flags;
  if (arrivals !== "batch" && arrivals !== "poisson") {
    throw new Invalid("arrivals", arrivals, "--arrivals", "batch or poisson");
  }
  const tick = parseDuration(flags.tick, "--tick");
  if (!(tick > 0)) throw new Invalid("time", flags.tick, "--tick", "a length above 0, such as 1s");
  const ticks = wholeOf("number of ticks", flags.ticks, "--ticks", 1, 1e9);
  return {
    seed: wholeOf("seed", flags.seed, "--seed", 0, Number.MAX_SAFE_INTEGER),
    load: wholeOf("load", flags.load, "--load", 1, 1e9),
    ticks,
    tick,
    arrivals,
    step: flags.step === undefined ? null : parseStep(flags.step, ticks),
    ...paperConstants(flags),
  };
}

function parseStep(text: string, ticks: number): PaperOptions["step"] {
  const [, from, to, load] = (/^(\d{1,9})\.\.(\d{1,9}):(\d{1,9})$/.exec(text) ?? []).map(Number);
  if (from === undefined || !(from < to! && to! <= ticks && load! >= 1)) {
    throw new Invalid(
      "step",
      text,
      "--step",
      `FROM..TO:LOAD with 0 <= FROM < TO <= ${ticks} ticks, such as 50..80:230`,
    );
  }
  return { from, to: to!, load: load! };
}
