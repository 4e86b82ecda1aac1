import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BillingRule, Tariff } from "../analysis/cost/billing.js";
import type { ClassChoice } from "../analysis/cost/cheapest-class.js";
import { workloadFunctions } from "../analysis/cost/functions.js";
import type { Objective } from "../analysis/cost/objective.js";
import { type ObservedFunction, observeFunctions, type ValidatedMove, validated } from "../analysis/cost/observed.js";
import type { RunFolder } from "../analysis/run-folder.js";
import type { ProgressDisplay } from "./progress.js";
import { replayWithClasses } from "./replay-with-classes.js";

/** Replays with each function moved alone, and with all of them moved together, and sets both against what was foretold. */
export async function validateMoves(
  run: RunFolder,
  scheduler: string,
  moved: readonly ClassChoice[],
  objective: Objective,
  tariff: Tariff,
  rule: BillingRule,
  display: ProgressDisplay,
): Promise<ValidatedMove[]> {
  if (moved.length === 0) return [];
  const functions = await workloadFunctions(run);
  const target = mkdtempSync(join(tmpdir(), "replaybook-cost-"));
  const ids = moved.map(({ id }) => id);
  const observe = (of: RunFolder) => observeFunctions(of, scheduler, functions, ids, objective, tariff, rule);
  const replayed = async (who: readonly ClassChoice[], name: string): Promise<ObservedFunction[]> => {
    const to = new Map(who.map(({ id, cheapest }) => [id, cheapest!]));
    const classOf = (row: number, own: number) => to.get(functions.of[row]!) ?? own;
    const after = await replayWithClasses(run, scheduler, classOf, target, name, display);
    const seen = await observe(after);
    rmSync(join(target, name), { recursive: true });
    return seen;
  };
  try {
    const before = await observe(run);
    const alone: ObservedFunction[] = [];
    for (const [i, choice] of moved.entries()) {
      alone.push((await replayed([choice], `move ${i + 1} of ${moved.length}`))[i]!);
    }
    const together = moved.length > 1 ? await replayed(moved, "all moves") : alone;
    return moved.map((choice, i) => validated(choice, [before[i]!, alone[i]!, together[i]!]));
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}
