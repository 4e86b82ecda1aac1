const TOLERANCE = 1e-9;

/** Whether what ended at `end` missed its deadline, by more than rounding. Seconds; Infinity: never ended. */
export function missed(end: number, deadline: number): boolean {
  return end - deadline > TOLERANCE * Math.max(1, end) || end === Number.POSITIVE_INFINITY;
}
