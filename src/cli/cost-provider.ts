import type { CostAnalysis, SchedulerCost } from "../analysis/cost/answer.js";
import type { Reading } from "../analysis/cost/readings.js";
import type { DriveVerdict } from "../analysis/swap/drives.js";
import { fitting, near, number } from "./cost-text.js";
import { finely } from "./money.js";
import { plainTime } from "./plain.js";
import { wrapped } from "./text-table.js";

/** Whether the provider earns, by the month: revenue at the unit asked for and at the three readings of it, against cost. */
export function provider(of: CostAnalysis): string[] {
  const groups = alike(of.schedulers);
  const titles = ["unit read as", "price unit", "CPU hour", "revenue", "cost", "profit"];
  const rows = groups.flatMap((group) => {
    const [{ asked, readings }] = group as [SchedulerCost];
    const own = readings.some(({ reading }) => reading === asked.reading || sameUnit(asked, readings)) ? [] : [asked];
    const name = groups.length > 1 ? `, ${group[0]!.scheduler}` : "";
    return [...own, ...readings].map((reading) => row(reading, group[0]!, name));
  });
  return [
    "Does the provider earn? By the month",
    ...fitting([titles, ...rows]),
    ...wrapped(
      "  CPU hour: at the mean price, weighted by CPU; lambda-equal: as dear as AWS Lambda, x86, for what it can run",
      2,
    ),
    ...merged(groups),
    ...costs(of),
  ];
}

/** Which schedulers are shown as another's. */
function merged(groups: readonly (readonly SchedulerCost[])[]): string[] {
  const same = groups
    .filter(({ length }) => length > 1)
    .map(([first, ...rest]) => {
      return `${rest.map(({ scheduler }) => scheduler).join(", ")}: as ${first!.scheduler}, within a percent`;
    });
  return same.length > 0 ? wrapped(`  ${same.join("; ")}`, 2) : [];
}

function sameUnit(asked: Reading, [drafts]: readonly Reading[]): boolean {
  const [a, b] = [asked.tariff, drafts?.tariff];
  return a != null && b != null && near(a.price_unit, b.price_unit) && near(a.memory_price, b.memory_price);
}

function row(
  { reading, tariff, cpu_hour, revenue, profit }: Reading,
  { provider, months }: SchedulerCost,
  name: string,
) {
  const a = (dollars: number | null) => (dollars === null ? "-" : finely(dollars / months));
  const shown = profit !== null && Math.abs(profit) <= 1e-9 * provider.total ? 0 : profit;
  return [
    `${/^[\d.]/.test(reading) ? "asked for" : reading}${name}`,
    tariff === null ? "none" : number(tariff.price_unit),
    cpu_hour === null ? "-" : `$${number(cpu_hour)}`,
    a(revenue),
    a(provider.total),
    a(shown),
  ];
}

/** A share by which figures may differ that are shown as one scheduler's. */
const ALIKE = 0.01;

/** Schedulers under which revenue and cost are the same but for a percent. */
function alike(schedulers: readonly SchedulerCost[]): SchedulerCost[][] {
  const groups: SchedulerCost[][] = [];
  const figures = ({ asked, readings, provider }: SchedulerCost) =>
    [asked, ...readings].flatMap(({ revenue }) => revenue ?? -1).concat(provider.total);
  for (const scheduler of schedulers) {
    const group = groups.find(([first]) => figures(first!).every((x, i) => near(x, figures(scheduler)[i]!, ALIKE)));
    if (group) group.push(scheduler);
    else groups.push([scheduler]);
  }
  return groups;
}

/** What the cost is made of, and what other machines would cost. */
function costs(of: CostAnalysis): string[] {
  const { machine, other_machines, machines, schedulers } = of;
  const lines = alike(schedulers).map((group) => {
    const [{ provider, months }] = group as [SchedulerCost];
    const month = (dollars: number) => finely(dollars / months);
    const { drive } = provider;
    const drives =
      drive === null
        ? "drives none, as nothing was swapped"
        : `drives ${month(provider.drives)}, ${drive.needed ?? ""} x ${drive.drive}${drive.recalled ? "*" : ""} a machine in five years${failing(drive)}`;
    const name = schedulers.length > group.length ? ` (${group[0]!.scheduler})` : "";
    const stretched = provider.stretched
      ? `; for ${plainTime(provider.span_s)}, as the machines cannot do the work in the time that it came in`
      : "";
    return `  cost${name}: machines ${month(provider.machines)}, power ${month(provider.power)}, ${drives}${stretched}`;
  });
  const about = `  ${machines} machines as ${machine.id}${star(machine)} (${machine.title}, ${machine.as_of}): ${finely(machine.machine + machine.power)} each a month of 730 h`;
  const others = other_machines
    .filter(({ id }) => id !== machine.id)
    .map(
      (other) =>
        `${other.id}${star(other)} ${finely(other.machine + other.power)} (${other.break_even_unit === null ? "-" : number(other.break_even_unit)})`,
    );
  return [...lines, about, `  other machines, and their break-even unit: ${others.join(", ")}`].flatMap((line) =>
    wrapped(line, 2),
  );
}

/** Why one drive does not do. */
function failing({ fails_on }: DriveVerdict): string {
  return fails_on.length > 0 ? `, as one fails on ${fails_on.join(" and ")}` : "";
}

function star({ recalled }: { readonly recalled: boolean }): string {
  return recalled ? "*" : "";
}
