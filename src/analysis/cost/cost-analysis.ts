import { join } from "node:path";
import { Invalid } from "../../invalid.js";
import { PRICES } from "../prices.js";
import type { RunFolder } from "../run-folder.js";
import { type Drive, readDrives } from "../swap/drives.js";
import type { BudgetReport, CostAnalysis, CostQuestion, SchedulerCost } from "./answer.js";
import { azurePrices } from "./azure.js";
import { tariffOf } from "./billing.js";
import { billElsewhere } from "./elsewhere.js";
import { type WorkloadFunctions, workloadFunctions } from "./functions.js";
import { type Grouping, groupBills, totalBill } from "./groups.js";
import { type LambdaPrices, lambdaPrices } from "./lambda.js";
import { type MachineCost, machineCost, ownedMachines } from "./machines.js";
import { providerCost, spanOf } from "./provider.js";
import { type Billed, type MemoryPrice, readingOf, readings, tariffAt, tariffFor } from "./readings.js";
import { RESERVED, reservedFleets } from "./reserved.js";
import { type Usage, usageOf } from "./usage.js";

/** A month, as budgets have it. */
export const MONTH_S = 30 * 86400;
/** The drafts' drive. */
const DRIVE = "pny-cs900-500gb";
const MACHINE = "hamilton2010";

/**
 * What a run's work costs. Everybody pays, whatever the warm-up; what has not ended pays for what it was given. Throws Invalid for
 * a price that a catalogue lacks, for a scheduler that was not replayed, and where a table is not whole.
 */
export async function analyseCost(
  run: RunFolder,
  question: CostQuestion = {},
  onRead: (rows: number, total: number) => void = () => {},
): Promise<CostAnalysis> {
  const folder = question.prices ?? PRICES;
  const size = { cores: run.cores, ram: run.ram };
  const machine = machineCost(question.machine ?? MACHINE, size, folder);
  const drive = driveNamed(question.drive ?? DRIVE, folder);
  const lambdas = (["x86", "arm"] as const).map((arch) => lambdaPrices(arch, folder));
  const azure = azurePrices(folder);
  const schedulers = schedulersOf(run, question.schedulers);
  const { from_s, to_s, machines, trace } = run.manifest;
  const span_s = Math.max(1, to_s - from_s);
  const functions = await workloadFunctions(run);
  const { bills: elsewhere, cpu_s } = await billElsewhere(run, functions, lambdas, azure, span_s / MONTH_S);
  const found: SchedulerCost[] = [];
  for (const scheduler of schedulers) {
    const told = (rows: number) => onRead(found.length * functions.rows + rows, schedulers.length * functions.rows);
    const usage = await usageOf(run, scheduler, functions, ruleOf(question), lambdas[0]!, told);
    found.push(await schedulerCost(run, usage, functions, lambdas[0]!, machine, drive, question));
  }
  const first = found[0]!;
  const others = [...ownedMachines(size, folder), machineCost(question.reserved ?? RESERVED, size, folder)];
  const memory = memoryPrice(run, question);
  return {
    run: run.name,
    trace: trace.name,
    invocations: functions.rows,
    cpu_s,
    machines,
    cores: run.cores,
    span_s,
    months: span_s / MONTH_S,
    rule: { ...ruleOf(question), price_unit: question.price_unit ?? "run" },
    memory_unknown: functions.memory_unknown,
    machine,
    other_machines: others.map((other) => ({ ...other, break_even_unit: breakEven(first, machine, other, memory) })),
    by: question.by ?? "class",
    schedulers: found,
    elsewhere,
    reserved: await reservedFleets(run, schedulers[0]!, elsewhere[0]!, question.reserved, folder),
  };
}

/** Whose work is billed, and for how long memory is, where a question does not say. */
export function ruleOf({ memory = "running", bill_killed = true }: CostQuestion) {
  return { memory, bill_killed };
}

/** How memory is priced where a question does not say: in proportion to the price unit, as in the run. */
export function memoryPrice(run: RunFolder, { memory_price }: CostQuestion): MemoryPrice {
  return memory_price === undefined ? { as_in: tariffOf(run) } : { fixed: memory_price };
}

async function schedulerCost(
  run: RunFolder,
  usage: Usage,
  functions: WorkloadFunctions,
  lambda: LambdaPrices,
  machine: MachineCost,
  drive: Drive,
  question: CostQuestion,
): Promise<SchedulerCost> {
  const { scheduler } = usage;
  const months = spanOf(run, scheduler) / MONTH_S;
  const delivered = groupBills(usage, functions, run.prices, tariffAt(1, { fixed: 0 }), months, "class");
  const work = workOf(delivered);
  const { cpu_s, unbilled_cpu_s } = totalBill(delivered, months);
  const provider = await providerCost(run, scheduler, cpu_s + unbilled_cpu_s, machine, drive);
  const memory = memoryPrice(run, question);
  const all = readings(work, provider.total, usage.on_lambda, lambda, months, memory);
  const { price_unit = "run" } = question;
  const unit = typeof price_unit === "number" ? price_unit : price_unit === "run" ? tariffOf(run).price_unit : null;
  const tariff = unit === null ? all.find(({ reading }) => reading === price_unit)!.tariff : tariffAt(unit, memory);
  const none = { price_unit: 0, memory_price: 0 };
  const by = question.by ?? "class";
  const billed = (of: Grouping, byClass?: boolean) =>
    groupBills(usage, functions, run.prices, tariff ?? none, months, of, byClass);
  const classes = billed("class");
  return {
    scheduler,
    months,
    tariff,
    classes,
    groups: billed(by),
    groups_by_class: billed(by, true),
    all: totalBill(classes, months),
    provider,
    asked: readingOf(String(price_unit), tariff, work, provider.total),
    readings: all,
    budgets: budgetsOf(run, scheduler),
  };
}

/** The work of some bills, by class. */
function workOf(classes: readonly { price: number | null; cpu_s: number; gib_s: number }[]): Billed {
  return {
    price_cpu_s: classes.reduce((sum, { price, cpu_s }) => sum + price! * cpu_s, 0),
    cpu_s: classes.reduce((sum, { cpu_s }) => sum + cpu_s, 0),
    gib_s: classes.reduce((sum, { gib_s }) => sum + gib_s, 0),
  };
}

/** The unit at which revenue covers the cost with other machines. */
function breakEven({ classes, provider }: SchedulerCost, has: MachineCost, other: MachineCost, memory: MemoryPrice) {
  const factor = (other.machine + other.power) / (has.machine + has.power);
  const cost = (provider.machines + provider.power) * factor + provider.drives;
  return tariffFor(cost, workOf(classes), memory)?.price_unit ?? null;
}

function schedulersOf(run: RunFolder, asked: readonly string[] | undefined): readonly string[] {
  const unknown = asked?.find((name) => !run.schedulers.includes(name));
  if (unknown !== undefined) throw new Invalid("scheduler", unknown, run.folder, `one of ${run.schedulers.join(", ")}`);
  return asked ?? run.schedulers;
}

function driveNamed(name: string, folder: string): Drive {
  const path = join(folder, "drives.json");
  const priced = readDrives(path).filter(({ price, gb_month }) => price !== null || gb_month !== null);
  const found = priced.find(({ drive }) => drive === name);
  if (found) return found;
  throw new Invalid("drive", name, path, `one with a price: ${priced.map(({ drive }) => drive).join(", ")}`);
}

function budgetsOf(run: RunFolder, scheduler: string): BudgetReport | null {
  const told = run.manifest.schedulers[scheduler]!.options?.budgets;
  if (!told) return null;
  const owners = Object.entries(told.owners).map(([owner, of]) => ({ owner, ...of }));
  return { ...told, owners: owners.sort((a, b) => b.overrun - a.overrun) };
}
