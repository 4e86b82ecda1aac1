import type { CostAnalysis, SchedulerCost } from "../analysis/cost/answer.js";
import { MONTH_S } from "../analysis/cost/cost-analysis.js";
import type { GroupBill } from "../analysis/cost/groups.js";
import { compactCount } from "./compact.js";
import { cutShort, elsewhere, notes } from "./cost-elsewhere.js";
import { provider } from "./cost-provider.js";
import { fitting, hours, near, number } from "./cost-text.js";
import { shortLabel } from "./labels.js";
import { finely } from "./money.js";
import { plainTime, plural, whole } from "./plain.js";
import { textTable, wrapped } from "./text-table.js";

/** What cost says on the terminal, 80 columns: who pays what, whether the provider earns, what it costs elsewhere. */
export function costReport(of: CostAnalysis, top: number): string {
  const parts = [head(of), ...bills(of, top), provider(of), elsewhere(of), budgets(of, top), notes(of)];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** What is billed, of how long, and the prices. */
export function head(of: CostAnalysis): string[] {
  const { machines, cores, rule, schedulers } = of;
  const { tariff, asked } = schedulers[0]!;
  const cluster = `on ${plural(machines, "machine")} x ${cores} cores`;
  const lines = [`${of.run}: ${billed(of)} ${cluster}; a month: 30 days of such work`];
  const named = { run: "the run's", drafts: "the drafts'" }[asked.reading] ?? asked.reading;
  const unit = tariff === null ? "no price unit" : `$${number(tariff.price_unit)} a CPU second at price 1 (${named})`;
  const memory = tariff === null ? "" : `, $${number(tariff.memory_price)} a GiB second while ${rule.memory}`;
  const own =
    rule.price_unit === "break-even" || rule.price_unit === "lambda-equal" ? `, of ${schedulers[0]!.scheduler}` : "";
  return [...lines, `  ${unit}${memory}${own}`].flatMap((line) => wrapped(line, 2));
}

/** What bills are of: everything that was replayed, or what came before the run's end (--until). */
function billed(of: CostAnalysis): string {
  const { invocations, span_s, schedulers } = of;
  if (!cutShort(of)) return `${plural(invocations, "invocation")} in ${plainTime(span_s)}`;
  const { all, months } = schedulers[0]!;
  const came = `which came in the ${plainTime(months * MONTH_S)} to the run's end (--until)`;
  return `${plural(all.invocations, "invocation")} billed, ${came}, of ${whole(invocations)} in ${plainTime(span_s)},`;
}

/** The first scheduler's bills, and of the others what differs. */
function bills({ schedulers, by, memory_unknown }: CostAnalysis, top: number): string[][] {
  const [first, ...others] = schedulers as [SchedulerCost, ...SchedulerCost[]];
  const byClass = by === "class";
  const titles = [
    ...(byClass ? ["price"] : []),
    "count",
    "CPU h",
    "GiB h",
    "CPU",
    "memory",
    "bill",
    "a month",
    "a million",
  ];
  const cells = (of: GroupBill) => [
    ...(byClass ? [String(of.price ?? "")] : []),
    compactCount(of.invocations),
    hours(of.cpu_s),
    hours(of.gib_s),
    ...[of.cpu_dollars, of.memory_dollars, of.dollars, of.month].map(finely),
    of.dollars_per_million === null ? "-" : finely(of.dollars_per_million),
  ];
  const all = byClass ? [...first.classes].reverse().filter(({ invocations }) => invocations > 0) : first.groups;
  const shown = byClass ? all : all.slice(0, top);
  const rows = shown.map((of) => [shortLabel(of.group), ...cells(of)]);
  const table = fitting([[by, ...titles], ...rows, ["all", ...cells(first.all)]]);
  const left = all.length - shown.length;
  const rest = left > 0 ? [`  ${whole(left)} more: --top, or --json`] : [];
  const killed = first.all.killed > 0 ? [killedLine(first)] : [];
  const open =
    first.all.unfinished > 0
      ? [`${plural(first.all.unfinished, "invocation")} unfinished: billed for what they were given so far`]
      : [];
  const same = others.filter((other) => near(other.all.dollars, first.all.dollars));
  const else_ = others.filter((other) => !same.includes(other));
  const said = [
    ...killed,
    ...open,
    ...(memory_unknown ? ["no memory is known: its bill is 0"] : []),
    ...(same.length > 0 ? [`${same.map(({ scheduler }) => scheduler).join(", ")}: the same in all`] : []),
    ...else_.map(
      ({ scheduler, all }) =>
        `${scheduler}: ${finely(all.dollars)} in all${all.killed > 0 ? `, ${whole(all.killed)} killed` : ""}`,
    ),
  ];
  const notes = said.length > 0 ? wrapped(`  ${said.join("; ")}`, 2) : [];
  return [[`What tenants pay (${first.scheduler})`, ...table, ...rest, ...notes]];
}

function killedLine({ all }: SchedulerCost): string {
  const killed = plural(all.killed, "invocation");
  if (all.unbilled_cpu_s === 0) return `${killed} killed: billed for what they were given`;
  return `${killed} killed: not billed the ${hours(all.unbilled_cpu_s)} CPU hours (${finely(all.unbilled_dollars)}) they were given`;
}

function budgets({ schedulers }: CostAnalysis, top: number): string[] {
  return schedulers.flatMap(({ scheduler, budgets: of }) => {
    if (of === null) return [];
    const title = `Budgets (${scheduler}): ${whole(of.owners_over_it)} of ${plural(of.owners_with_a_budget, "owner")} went over`;
    const rows = of.owners
      .slice(0, top)
      .map((one) => [
        shortLabel(one.owner),
        ...[one.budget, one.allowance, one.spent, one.overrun].map(finely),
        ...[one.demoted, one.delayed, one.rejected].map(compactCount),
      ]);
    if (rows.length === 0) return [title];
    const titles = ["owner", "a month", "allowance", "spent", "overrun", "demoted", "delayed", "rejected"];
    const said = "allowance: by the run's end; overrun: the most spent above it at any time; in the run's own prices";
    return [title, ...textTable([titles, ...rows]), ...wrapped(`  ${said}`, 2)];
  });
}
