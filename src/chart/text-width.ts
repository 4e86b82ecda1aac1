/** Advance widths of DejaVu Sans for the characters from space to ~, in thousandths of the font size. */
const WIDTHS = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];
const FIRST = 32;
/** Of every other character, and by how much bold is wider. */
const OTHERS = 838;
const BOLD = 1.1;

/** Width in pixels of a line of text in the charts' font, which needs no canvas. */
export function textWidth(text: string, size: number, bold: boolean): number {
  let width = 0;
  for (const character of text) width += WIDTHS[character.codePointAt(0)! - FIRST] ?? OTHERS;
  return (width / 1000) * size * (bold ? BOLD : 1);
}
