const BARS = "▁▂▃▄▅▆▇█";

/**
 * Bars from the lowest for the least value to the highest for the most, each `width` characters wide. From bottom to top
 * it is a tenth of the most or more, so that what hardly changes looks level.
 */
export function sparkline(values: readonly number[], width = 1): string {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const range = Math.max(most - least, most / 10);
  const bottom = (least + most - range) / 2;
  const heights = values.map((value) => (range > 0 ? (value - bottom) / range : 0));
  return heights.map((height) => BARS[Math.round(height * (BARS.length - 1))]!.repeat(width)).join("");
}
