/**
 * What a person gave is wrong: a file, a row, an option. Its message is the whole story in one line;
 * the command line prints it without a stack trace and exits with 2.
 *
 * @example new Invalid("scheduler", "fifo", "--scheduler", "one of xx, hermod, edf")
 * // invalid scheduler: fifo (--scheduler); expected one of xx, hermod, edf
 */
export class Invalid extends Error {
  constructor(what: string, value: unknown, where: string, expected: string) {
    super(`invalid ${what}: ${shown(value)} (${where}); expected ${expected}`);
    this.name = "Invalid";
  }
}

const LONGEST_SHOWN = 120;

/** A value as it may stand in a one-line message: no line breaks or control characters, cut when long. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : String(value);
  const oneLine = text.replace(/[\p{Cc}\u2028\u2029]/gu, "\ufffd");
  if (oneLine === "") return '""';
  return oneLine.length > LONGEST_SHOWN ? `${oneLine.slice(0, LONGEST_SHOWN)}…` : oneLine;
}
