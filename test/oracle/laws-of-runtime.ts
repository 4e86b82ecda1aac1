/** A law of runtimes with mean 1: a value from a uniform in [0, 1). */
export interface RuntimeLaw {
  readonly name: string;
  /** Variance over the squared mean. */
  readonly scv: number;
  readonly draw: (uniform: number) => number;
}

export const EXPONENTIAL: RuntimeLaw = { name: "exponential", scv: 1, draw: (u) => -Math.log(1 - u) };

export const DETERMINISTIC: RuntimeLaw = { name: "deterministic", scv: 0, draw: () => 1 };

/** Two phases with balanced means: each has half of the work. */
export function hyperexponential(scv: number): RuntimeLaw {
  const short = (1 + Math.sqrt((scv - 1) / (scv + 1))) / 2;
  const draw = (u: number) =>
    u < short ? -Math.log(1 - u / short) / (2 * short) : -Math.log(1 - (u - short) / (1 - short)) / (2 * (1 - short));
  return { name: `hyperexponential of SCV ${scv}`, scv, draw };
}

/** Pareto of this tail index between two bounds. Its mean is not 1 but `boundedParetoMean`. */
export function boundedPareto(shape: number, least: number, most: number): RuntimeLaw {
  const cut = 1 - (least / most) ** shape;
  return { name: "bounded Pareto", scv: Number.NaN, draw: (u) => least * (1 - u * cut) ** (-1 / shape) };
}

/** Mean of a bounded Pareto law, shape other than 1. */
export function boundedParetoMean(shape: number, least: number, most: number): number {
  const cut = 1 - (least / most) ** shape;
  return ((shape * least ** shape) / cut) * ((least ** (1 - shape) - most ** (1 - shape)) / (shape - 1));
}
