import { Command } from "commander";
import { vi } from "vitest";
import type { Register } from "../../src/cli/command.js";

/** Runs a command in this process; gives what it prints on stdout. Throws what the command throws. */
export async function call(register: Register, ...args: readonly string[]): Promise<string> {
  const program = new Command("replaybook").exitOverride();
  register(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  const printed: string[] = [];
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      if (name === "stdout") printed.push(String(text));
      return true;
    }),
  );
  try {
    await program.parseAsync(args, { from: "user" });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed.join("");
}
