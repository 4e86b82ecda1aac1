import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import { compile } from "vega-lite";
import { textWidth } from "./text-width.js";
import type { Spec } from "./theme.js";

/** What Vega's own types leave out: how wide it takes text to be. Without a canvas it guesses, far too wide. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
const SIZE = 11;
const BOLD_FROM = 600;

textMetrics.width = ({ fontSize = SIZE, fontWeight }, text) =>
  textWidth(String(text ?? ""), fontSize, fontWeight === "bold" || Number(fontWeight) >= BOLD_FROM);

/** A chart as SVG text. A browser or a printer brings the font. */
export async function toSvg(spec: Spec): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none", logLevel: vega.Error });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/**
 * A chart as PNG bytes, on white, `zoom` pixels to one of the specification's. All its text is in the DejaVu Sans that
 * comes with the package, so that every machine draws the same; letters that DejaVu lacks are left out.
 */
export async function toPng(spec: Spec, zoom = 2): Promise<Uint8Array> {
  const font = { ...FONT, fontFiles: fontFiles() };
  const resvg = new Resvg(await toSvg(spec), { font, fitTo: { mode: "zoom", value: zoom }, background: "white" });
  return resvg.render().asPng();
}

const FAMILY = "DejaVu Sans";
const FONT = { loadSystemFonts: false, defaultFontFamily: FAMILY, sansSerifFamily: FAMILY, serifFamily: FAMILY };
const { resolve } = createRequire(import.meta.url);

/** resvg leaves out all text without a word where it has no font: better to stop here. */
function fontFiles(): string[] {
  try {
    return ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`));
  } catch {
    throw new Error("the font of the charts is missing, and they would have no labels: run npm ci");
  }
}
