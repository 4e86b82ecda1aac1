/** A value as JSON for other programs, which has no infinity: it becomes the text Infinity or -Infinity. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_key, of) => (Math.abs(of) === Number.POSITIVE_INFINITY ? String(of) : of), 2)}\n`;
}
