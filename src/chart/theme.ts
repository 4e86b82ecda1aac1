import type { Config, TopLevelSpec } from "vega-lite";

/** A Vega-Lite specification: plain JSON. */
export type Spec = TopLevelSpec;

/**
 * Colours for categories, in the order to use them. Okabe and Ito's set (2008), which colour-blind readers tell apart,
 * ordered so that neighbours differ in brightness too and survive a black-and-white printer.
 */
export const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#000000"] as const;

/** Dashes of lines that colour alone would tell apart, in the order to use them. */
export const DASHES = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
  [14, 4],
] as const;

/** Points likewise. */
export const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross"] as const;

export const INK = "#222222";
export const GREY = "#777777";
const FAINT = "#dddddd";

/** The look that all charts share. */
export const THEME: Config = {
  background: "white",
  font: "DejaVu Sans, Verdana, sans-serif",
  title: { anchor: "start", color: INK, fontSize: 14, subtitleColor: "#555555", subtitleFontSize: 11, offset: 12 },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelSeparation: 5,
    gridColor: FAINT,
  },
  legend: { labelColor: INK, titleColor: INK, labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal" },
  header: { labelColor: INK, labelFontSize: 11, titleColor: INK, titleFontSize: 11, titleFontWeight: "normal" },
  view: { stroke: null },
  range: { category: [...PALETTE] },
};

/** Version 5 of the language: what JupyterLab, VS Code and nbviewer can draw. */
export const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";
