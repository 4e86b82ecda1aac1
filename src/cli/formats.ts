import { FORMATS, TRACE_FOLDER } from "../trace/formats.js";
import type { Register } from "./command.js";

/** `replaybook formats`: what ingest and replay read, a line each. */
export const register: Register = (program) => {
  program
    .command("formats")
    .description("the trace formats there are, a line each")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  $ npx replaybook formats")
    .action(({ json }: { json?: boolean }) => {
      const formats = [...Object.entries(FORMATS).map(([name, { about }]) => ({ name, about })), TRACE_FOLDER];
      const longest = Math.max(...formats.map(({ name }) => name.length));
      const lines = formats.map(({ name, about }) => `${name.padEnd(longest)}  ${about}`);
      process.stdout.write(json ? `${JSON.stringify(formats, null, 2)}\n` : `${lines.join("\n")}\n`);
    });
};
