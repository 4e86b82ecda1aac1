import { createInterface } from "node:readline/promises";

/** Asks a question that wants yes or no. */
export type Ask = (question: string) => Promise<boolean>;

/** Asks on the terminal, on stderr; null where there is no terminal to ask on. What is not a yes is a no. */
export function terminalAsk(): Ask | null {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return null;
  return async (question) => {
    const lines = createInterface({ input: stdin, output: stderr });
    lines.on("SIGINT", () => process.exit(130));
    const ended = new Promise<string>((resolve) => lines.on("close", () => resolve("")));
    try {
      return /^\s*y(es)?\s*$/i.test(await Promise.race([lines.question(`${question} [y/N] `), ended]));
    } finally {
      lines.close();
    }
  };
}
