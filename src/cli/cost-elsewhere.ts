import type { CostAnalysis } from "../analysis/cost/answer.js";
import { compactCount, compactRatio, compactShare } from "./compact.js";
import { fitting, number } from "./cost-text.js";
import { finely } from "./money.js";
import { plainTime, plural } from "./plain.js";
import { wrapped } from "./text-table.js";

/** Whether the run ended (--until) before all that was to be replayed had come. */
export function cutShort({ months, schedulers }: CostAnalysis): boolean {
  return schedulers[0]!.months < months * (1 - 1e-9);
}

/** The same work at other providers and on reserved machines, by the month. */
export function elsewhere(of: CostAnalysis): string[] {
  const { schedulers, elsewhere: clouds, reserved, cpu_s, months } = of;
  const first = schedulers[0]!;
  const { scheduler, all, asked, provider } = first;
  const cost = provider.total / first.months;
  const times = (month: number) => (cost > 0 ? compactRatio(month / cost) : "-");
  const cpu = all.cpu_s + all.unbilled_cpu_s;
  const here = (what: string, month: number) => [
    what,
    finely(month),
    perHour(month * first.months, cpu),
    times(month),
    "0",
    "",
  ];
  const rows = [
    here(`here, the bill (${asked.reading === "run" ? "the run's unit" : asked.reading})`, all.month),
    here(`here, at cost (${scheduler})`, cost),
    ...clouds.map((cloud) => [
      `${cloud.provider}${cloud.recalled ? "*" : ""}`,
      finely(cloud.month),
      perHour(cloud.dollars, cloud.cpu_s),
      times(cloud.month),
      compactCount(cloud.too_large),
      compactCount(cloud.too_long),
    ]),
    ...reserved.fleets.map(({ quantile, instances, month }) => [
      `${instances} reserved, for ${quantile}${reserved.recalled ? "*" : ""}`,
      finely(month),
      perHour(month * months, cpu_s),
      times(month),
      "0",
      "",
    ]),
  ];
  const titles = ["", "a month", "CPU hour", "x cost", "too large", "too long"];
  return [
    cutShort(of)
      ? `The same elsewhere: all ${plural(of.invocations, "invocation")} of ${plainTime(of.span_s)}, finished`
      : "The same work elsewhere, all of it finished",
    ...fitting([titles, ...rows.map((row) => row.map((cell, i) => (i === 5 && cell === "" ? "0" : cell)))]),
    ...breakEven(of),
  ];
}

function perHour(dollars: number, cpu_s: number): string {
  return cpu_s > 0 ? `$${number((3600 * dollars) / cpu_s)}` : "-";
}

function breakEven({ reserved, elsewhere: [lambda] }: CostAnalysis): string[] {
  const { instance, vcpu, hour, fleets, break_even_busy } = reserved;
  const last = fleets.at(-1)!;
  const sized = `p50, p95, p99: enough for the cores at work in so many of the seconds, as ${instance} (${vcpu} vCPUs, $${number(hour)} an hour)`;
  const busy =
    break_even_busy === null
      ? []
      : [
          `a reserved vCPU beats Lambda where it is busy more than ${compactShare(Math.min(1, break_even_busy))} of the time; the fleet for p99 would be ${compactShare(Math.min(1, last.busy))}`,
        ];
  const times =
    last.break_even === null || lambda === undefined
      ? []
      : [`the fleet for p99 costs as much as Lambda with ${compactRatio(last.break_even)} times the invocations`];
  return wrapped(`  ${[sized, ...busy, ...times].join("; ")}`, 2);
}

/** What the figures rest on. */
export function notes({
  elsewhere: clouds,
  memory_unknown,
  machine,
  reserved,
  other_machines,
  schedulers,
}: CostAnalysis): string[] {
  const dates = clouds.map(({ provider, as_of }) => `${provider} ${as_of}`).filter((_, i) => i !== 1);
  const recalled =
    [machine, reserved, ...clouds, ...other_machines].some((of) => of.recalled) ||
    schedulers.some(({ provider }) => provider.drive?.recalled);
  const said = [
    `prices of ${dates.join(", ")}, ${reserved.instance} ${reserved.as_of}`,
    "Lambda: sized by the function's largest memory; below 1,769 MB a share of a vCPU, so longer; without free tiers",
    "too large, too long: invocations that cannot run there, left out of the sum",
    ...(memory_unknown ? ["no memory is known: the least size there is was taken"] : []),
    ...(recalled ? ["* some figure is from memory: check it before quoting"] : []),
  ];
  return wrapped(said.join("; "));
}
