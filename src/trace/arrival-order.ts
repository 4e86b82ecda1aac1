const RUN = 32;

/**
 * The stable order of rows 0 … rows - 1 by arrival, ties by `tie` where it is given; null where they are in order as
 * they are. A merge sort that passes over what is in order already.
 */
export function arrivalOrder(
  arrival: Float64Array,
  rows: number,
  tie: (a: number, b: number) => number = () => 0,
): Uint32Array | null {
  const after = (a: number, b: number): boolean => {
    const difference = arrival[a]! - arrival[b]!;
    return difference > 0 || (difference === 0 && tie(a, b) > 0);
  };
  let sorted = true;
  for (let i = 1; i < rows && sorted; i++) sorted = !after(i - 1, i);
  if (sorted) return null;
  let from = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) from[i] = i;
  for (let start = 0; start < rows; start += RUN) insertionSort(from, start, Math.min(rows, start + RUN), after);
  let to = new Uint32Array(rows);
  for (let width = RUN; width < rows; width *= 2) {
    for (let start = 0; start < rows; start += 2 * width) {
      merge(from, to, start, Math.min(rows, start + width), Math.min(rows, start + 2 * width), after);
    }
    [from, to] = [to, from];
  }
  return from;
}

type After = (a: number, b: number) => boolean;

function insertionSort(order: Uint32Array, start: number, end: number, after: After): void {
  for (let i = start + 1; i < end; i++) {
    const row = order[i]!;
    let j = i;
    for (; j > start && after(order[j - 1]!, row); j--) order[j] = order[j - 1]!;
    order[j] = row;
  }
}

function merge(from: Uint32Array, to: Uint32Array, start: number, middle: number, end: number, after: After): void {
  if (middle === end || !after(from[middle - 1]!, from[middle]!)) {
    to.set(from.subarray(start, end), start);
    return;
  }
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takeRight = left === middle || (right < end && after(from[left]!, from[right]!));
    to[at] = takeRight ? from[right++]! : from[left++]!;
  }
}
