import type { MiB } from "../../units.js";
import { MIB_PER_GB } from "./history.js";

const MOST = 10;

/** Round sizes in GB, up to half as much again as the most there was; ascending, at most ten. */
export function niceSizes(most: MiB): MiB[] {
  const range = (1.5 * most) / MIB_PER_GB;
  if (!(range > 0)) return [];
  const power = Math.floor(Math.log10(range / MOST));
  const steps = [1, 2, 5, 10].map((digit) => Number(`${digit}e${power}`));
  const step = steps.find((of) => range / of <= MOST)!;
  return Array.from({ length: Math.max(1, Math.floor(range / step)) }, (_, i) => (i + 1) * step * MIB_PER_GB);
}
