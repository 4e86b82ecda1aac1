import type { Command } from "commander";
import { SCHEDULERS } from "../scheduler/schedulers.js";
import type { Register } from "./command.js";
import { textTable } from "./text-table.js";

/** `replaybook schedulers`: what a trace can be replayed through, a line each. */
export const register: Register = (program: Command): void => {
  program
    .command("schedulers")
    .description("the schedulers there are, a line each")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  $ npx replaybook schedulers")
    .action(({ json }: { json?: boolean }) => {
      const schedulers = Object.entries(SCHEDULERS).map(([name, { about, uses }]) => ({ name, about, uses }));
      const lines = textTable(
        schedulers.map(({ name, about }) => [name, about]),
        { left: 2, indent: 0 },
      );
      process.stdout.write(json ? `${JSON.stringify(schedulers, null, 2)}\n` : `${lines.join("\n")}\n`);
    });
};
