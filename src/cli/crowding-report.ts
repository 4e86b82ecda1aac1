import type { CrowdingRow } from "../analysis/crowding.js";
import type { Quantity } from "../analysis/question.js";
import type { RunFolder } from "../analysis/run-folder.js";
import type { Seconds } from "../units.js";
import { compactCount, compactRatio } from "./compact.js";
import { quantityText } from "./latency-report.js";
import { plainTime } from "./plain.js";
import { textTable, wrapped } from "./text-table.js";

/** What a load step was asked about, and the answers. */
export interface CrowdingAnswer {
  readonly of: Quantity;
  readonly step_s: readonly [Seconds, Seconds];
  readonly before_s: readonly [Seconds, Seconds];
  readonly ended_only: boolean;
  readonly rows: readonly CrowdingRow[];
}

/** How much a load step crowds each class, on the terminal, the top class first; 80 columns. */
export function crowdingReport(run: RunFolder, { of, step_s, before_s, ended_only, rows }: CrowdingAnswer): string {
  const own = rows.filter((row) => row.of === of);
  const there = own.filter(({ before_count, step_count }) => before_count + step_count > 0);
  const span = ([from, to]: readonly [Seconds, Seconds]) => `${plainTime(from)} to ${plainTime(to)}`;
  const title = `${run.name}: p99 ${of} from ${span(step_s)} over that from ${span(before_s)}`;
  const head = ["class", "price", "arrivals", "in step", "p99 before", "in step", "index", "95 % interval"];
  const schedulers = [...new Set(there.map(({ scheduler }) => scheduler))];
  const cells = schedulers.map((scheduler) =>
    there
      .filter((row) => row.scheduler === scheduler)
      .reverse()
      .map((row) => rowOf(run, of, row)),
  );
  const lines = textTable([head, ...cells.flat()]);
  const body = schedulers.flatMap((scheduler, i) => {
    const from = 1 + cells.slice(0, i).flat().length;
    return [scheduler, lines[0]!, ...lines.slice(from, from + cells[i]!.length), ""];
  });
  return [...wrapped(title, 2), "", ...body, ...legend(there, ended_only), ""].join("\n");
}

function rowOf(run: RunFolder, of: Quantity, row: CrowdingRow): string[] {
  const { before_p99, step_p99, index, low, high } = row;
  const p99 = (value: number | null) => (value === null ? "-" : quantityText(of, value));
  return [
    String(row.price_class),
    String(run.prices[row.price_class]),
    compactCount(row.before_count),
    compactCount(row.step_count),
    p99(before_p99),
    p99(step_p99),
    index === null ? "-" : `${row.lower_bound ? ">=" : ""}${compactRatio(index)}`,
    low === null || high === null ? "-" : `${compactRatio(low)} to ${compactRatio(high)}`,
  ];
}

function legend(rows: readonly CrowdingRow[], endedOnly: boolean): string[] {
  const signs = ["index: 1 is no change; interval: from blocks of time drawn again"];
  if (endedOnly) signs.push("of the finished alone");
  if (rows.some(({ lower_bound }) => lower_bound)) signs.push(">= some have not ended: at least this");
  if (rows.some(({ before_p99, step_p99 }) => before_p99 === null || step_p99 === null)) {
    signs.push("- too few to tell: p99 takes 1,000");
  }
  if (rows.some(({ step_p99 }) => step_p99 === Number.POSITIVE_INFINITY)) signs.push("∞ killed or rejected");
  const unbroken = signs.map((sign) => sign.replaceAll(" ", "\u00a0"));
  return wrapped(unbroken.join("; ")).map((line) => line.replaceAll("\u00a0", " "));
}
