/**
 * What a person gave is wrong: a file, a row, an option. Its message is the whole story in one line;
 * the command line prints it without a stack trace and exits with 2.
 *
 * @example new Invalid("scheduler", "fifo", "--scheduler", "one of xx, hermod, edf")
 * // invalid scheduler: fifo (--scheduler); expected one of xx, hermod, edf
 */
export class Invalid extends Error {
  private readonly parts: readonly [what: string, value: unknown, where: string, expected: string];

  constructor(what: string, value: unknown, where: string, expected: string) {
    super(oneLine(`invalid ${what}: ${shown(value)} (${where}); expected ${expected}`));
    this.name = "Invalid";
    this.parts = [what, value, where, expected];
  }

  /** The same, at a place that whoever threw it does not know: `where` is followed by it. */
  within(place: string): Invalid {
    const [what, value, where, expected] = this.parts;
    return new Invalid(what, value, `${where}, ${place}`, expected);
  }
}

const LONGEST_SHOWN = 120;

/** A text as it may stand in a message: its line breaks and control characters, which files may hold, replaced. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, "\ufffd");
}

/** A value as it may stand in a message: cut when long, and seen when empty. */
function shown(value: unknown): string {
  const text = String(value);
  if (text === "") return '""';
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
