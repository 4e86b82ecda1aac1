import * as aq from "arquero";
import type { CostQuestion } from "../analysis/cost/answer.js";
import type { ValidatedMove } from "../analysis/cost/observed.js";
import { replaybook } from "./child.js";
import { flagsOf } from "./flags.js";
import { type AnyRun, folderOf } from "./latency.js";
import { type Progress, ProgressLine, plainSeconds } from "./progress-line.js";

/**
 * Checks `cheapest` by replays, in a process of its own: the five functions that use most CPU and would move are moved, each
 * alone and all together. A row per function: the share within the objective as foretold and as seen, the errors in points.
 * Throws Invalid as `replaybook cost --validate` does.
 */
export async function validated(
  run: AnyRun,
  objective: string,
  scheduler?: string,
  question: CostQuestion = {},
  progress?: Progress,
): Promise<aq.ColumnTable> {
  const line = new ProgressLine(progress);
  const flags = flagsOf({ objective, validate: true, ...costFlags(question), ...(scheduler && { scheduler }) });
  const { stdout } = await replaybook(["cost", ...flags, "--json", "--", folderOf(run).folder], line);
  const { objective: answer } = JSON.parse(stdout, (_, value) => (value === "Infinity" ? Infinity : value));
  const moves: readonly ValidatedMove[] = answer.validation;
  line.end(`${moves.length} functions moved, alone and together (${plainSeconds(line.seconds)})`);
  return aq.from(moves.map(rowOf));
}

/** A question as the command line has it. */
function costFlags({ bill_killed = true, schedulers, ...rest }: CostQuestion): Record<string, unknown> {
  const named = Object.entries(rest).map(([name, value]) => [name.replace(/_/g, "-"), value]);
  return { ...(schedulers && { scheduler: schedulers }), ...Object.fromEntries(named), "no-bill-killed": !bill_killed };
}

function rowOf({ choice, to, predicted, before, alone, together, error }: ValidatedMove) {
  const points = (share: number) => 100 * share;
  return {
    ...{ owner: choice.owner, app: choice.app, function: choice.function, invocations: choice.invocations },
    ...{ price_class: choice.current, to },
    ...{ share_before: before.share, share_foretold: predicted.share },
    ...{ share_alone: alone.share, share_together: together.share },
    ...{ error_alone_points: points(error.alone.share), error_together_points: points(error.together.share) },
    ...{ slowdown_before: before.slowdown, slowdown_foretold: predicted.slowdown },
    ...{ slowdown_alone: alone.slowdown, slowdown_together: together.slowdown },
    ...{ dollars_before: before.dollars, dollars_foretold: predicted.dollars, dollars_alone: alone.dollars },
  };
}
