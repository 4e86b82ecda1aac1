import type { CostAnalysis } from "../analysis/cost/answer.js";
import type { ClassChoice, ClassOffer } from "../analysis/cost/cheapest-class.js";
import type { Objective } from "../analysis/cost/objective.js";
import type { MoveError, ValidatedMove } from "../analysis/cost/observed.js";
import { compactCount, compactRatio, compactShare } from "./compact.js";
import { head } from "./cost-report.js";
import { fitting, hours } from "./cost-text.js";
import { shortLabel } from "./labels.js";
import { finely } from "./money.js";
import { plural, whole } from "./plain.js";
import { wrapped } from "./text-table.js";

/** The cheapest class of every function under a scheduler, and what replays made of the largest moves; null: none were asked for. */
export interface ChoiceAnswer {
  readonly scheduler: string;
  readonly objective: Objective;
  readonly choices: readonly ClassChoice[];
  readonly validation: readonly ValidatedMove[] | null;
}

/** What cost --objective says on the terminal, 80 columns. */
export function choiceReport(of: ChoiceAnswer, analysis: CostAnalysis, top: number): string {
  const parts = [head(analysis), chosen(of, analysis, top), validation(of)];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function offerOf({ offers }: ClassChoice, priceClass: number | null): ClassOffer | undefined {
  return offers.find(({ price_class }) => price_class === priceClass);
}

function chosen({ scheduler, objective, choices }: ChoiceAnswer, analysis: CostAnalysis, top: number): string[] {
  const { months } = analysis;
  const quantile = objective.text.split("<")[0]!.trim();
  const titles = ["function", "CPU h", "count", "class", "within", "cheapest", "foretold", quantile, "bill a month"];
  const rows = choices.slice(0, top).map((choice) => {
    const [now, then] = [offerOf(choice, choice.current), offerOf(choice, choice.cheapest)];
    const bill = then && now ? `${finely(now.dollars / months)}→${finely(then.dollars / months)}` : "-";
    return [
      shortLabel(choice.function, 12),
      ...[
        hours(choice.cpu_s),
        compactCount(choice.invocations),
        String(choice.current),
        compactShare(choice.share_seen),
      ],
      ...[
        choice.cheapest === null ? (choice.offers.length > 0 ? "none" : "-") : String(choice.cheapest),
        ...seen(then),
        bill,
      ],
    ];
  });
  const count = (what: (choice: ClassChoice) => boolean) => whole(choices.filter(what).length);
  const moved = choices.filter(({ cheapest, current }) => cheapest !== null && cheapest !== current);
  const saved = moved.reduce((sum, choice) => {
    const [now, then] = [offerOf(choice, choice.current), offerOf(choice, choice.cheapest)!];
    return now === undefined ? sum : sum + now.dollars - then.dollars;
  }, 0);
  const said = [
    `of ${plural(choices.length, "function")} ${count(({ cheapest, current }) => cheapest !== null && cheapest < current)} could go down, ${count(({ cheapest, current }) => cheapest !== null && cheapest > current)} must go up, ${count(({ cheapest, current }) => cheapest === current)} stay; no class does for ${count(({ cheapest, offers }) => cheapest === null && offers.length > 0)}`,
    ...untold(choices, analysis, scheduler),
    `all moves: ${finely(Math.abs(saved) / months)} a month ${saved < 0 ? "more" : "saved"}, as long as nobody else is the worse for them`,
    `within: share of the invocations with ${objective.text.replace(/^.*<=?/, "<=").trim()}, as seen, and as foretold from the class's runtimes of the same decile; ${quantile}: slowdown there`,
  ];
  return [
    `The cheapest class with ${objective.text} (${objective.of}) under ${scheduler}, for who moves alone`,
    ...fitting([titles, ...rows]),
    ...wrapped(`  ${said.join("; ")}`, 2),
  ];
}

/** The classes that somebody was in, but too few to say what it is like there. */
function untold(choices: readonly ClassChoice[], { schedulers }: CostAnalysis, scheduler: string): string[] {
  const told = new Set(choices[0]?.offers.map(({ price_class }) => price_class));
  const seen = schedulers.find((of) => of.scheduler === scheduler)?.classes ?? [];
  const few = seen.filter(({ price_class, invocations }) => invocations > 0 && !told.has(price_class!));
  if (choices.length === 0 || few.length === 0) return [];
  return [`too few invocations to tell what a class is like: ${few.map(({ group }) => group).join(", ")}`];
}

function seen(offer: ClassOffer | undefined): string[] {
  return offer === undefined ? ["-", "-"] : [compactShare(offer.share), compactRatio(offer.slowdown)];
}

function validation({ validation: moves, objective }: ChoiceAnswer): string[] {
  if (moves === null) return [];
  if (moves.length === 0) return ["Replayed: nothing, as no function would move"];
  const quantile = objective.text.split("<")[0]!.trim();
  const titles = ["function", "class", "foretold", quantile, "alone", quantile, "error", "together", quantile, "error"];
  const rows = moves.map(({ choice, to, predicted, alone, together, error }) => [
    shortLabel(choice.function, 12),
    `${choice.current}→${to}`,
    compactShare(predicted.share),
    compactRatio(predicted.slowdown),
    ...[compactShare(alone.share), slowdown(alone), points(error.alone)],
    ...[compactShare(together.share), slowdown(together), points(error.together)],
  ]);
  const bills = moves.map(({ error }) => Math.abs(error.together.dollars ?? 0));
  const worst = (of: "alone" | "together") => Math.max(...moves.map(({ error }) => Math.abs(error[of].share)));
  const said = [
    `largest error ${(100 * worst("alone")).toFixed(1)} points alone, ${(100 * worst("together")).toFixed(1)} together`,
    `bills are off by at most ${compactShare(Math.max(...bills))}`,
    "error: seen less foretold, of the share within the objective, in points",
    "alone: only this one moved; together: all of these",
  ];
  return [
    `Replayed with ${plural(moves.length, "function")} moved, most CPU first`,
    ...fitting([titles, ...rows]),
    ...wrapped(`  ${said.join("; ")}`, 2),
  ];
}

function slowdown({
  slowdown: of,
  lower_bound,
}: {
  readonly slowdown: number | null;
  readonly lower_bound: boolean;
}): string {
  return of === null ? "-" : `${lower_bound ? "≥" : ""}${compactRatio(of)}`;
}

function points({ share }: MoveError): string {
  const shown = (100 * share).toFixed(1);
  return share > 0 ? `+${shown}` : shown === "-0.0" ? "0.0" : shown;
}
