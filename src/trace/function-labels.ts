import { Labels } from "./labels.js";

/** Labels of a trace's functions, by kind. */
export interface FunctionLabels {
  readonly owner: Labels;
  readonly app: Labels;
  readonly function: Labels;
  readonly trigger: Labels;
}

/** No labels yet. */
export function functionLabels(): FunctionLabels {
  return { owner: new Labels(), app: new Labels(), function: new Labels(), trigger: new Labels() };
}
