import type { Dollars, Seconds } from "../../units.js";
import type { RunFolder } from "../run-folder.js";
import { type Drive, type DriveVerdict, judgeDrives } from "../swap/drives.js";
import { levelsOf, swapHistory } from "../swap/history.js";
import { swapOf } from "../swap/runs.js";
import { swapTraffic } from "../swap/traffic.js";
import { CATALOGUE_MONTH_H, type MachineCost } from "./machines.js";

/** What a run costs its provider under one scheduler: all machines, for as long as there was work to take. */
export interface ProviderCost {
  readonly machines: Dollars;
  readonly drives: Dollars;
  readonly power: Dollars;
  readonly total: Dollars;
  /** For which time; longer than the arrivals took where the machines cannot do the work in it. */
  readonly span_s: Seconds;
  readonly stretched: boolean;
  /** The swap drives of a machine; null: nothing was swapped, or the drive has no price. */
  readonly drive: DriveVerdict | null;
}

/** From the first arrivals to the last, or to the run's end where that was before them; at least a second. */
export function spanOf(run: RunFolder, scheduler: string): Seconds {
  return Math.max(1, run.lasted(scheduler));
}

/**
 * Machines, drives and power for the time in which the work came; the drain after it counts only as far as the machines could
 * not have done the work in that time. Drives hold what a machine had in swap at most, or may have, and carry and outlast its traffic.
 */
export async function providerCost(
  run: RunFolder,
  scheduler: string,
  cpu: Seconds,
  machine: MachineCost,
  drive: Drive,
): Promise<ProviderCost> {
  const { machines, schedulers } = run.manifest;
  const arrivals = spanOf(run, scheduler);
  const busy = cpu / (machines * run.cores);
  const stretched = busy > arrivals * (1 + 1e-9);
  const span = stretched ? busy : arrivals;
  const share = (machines * span) / (3600 * CATALOGUE_MONTH_H);
  const judged = schedulers[scheduler]!.swap_outs > 0 ? await swapDrive(run, scheduler, drive) : null;
  const parts = {
    machines: machine.machine * share,
    drives: (judged?.machine_month ?? 0) * share,
    power: machine.power * share,
  };
  const total = parts.machines + parts.drives + parts.power;
  return { ...parts, total, span_s: span, stretched, drive: judged };
}

async function swapDrive(run: RunFolder, scheduler: string, drive: Drive): Promise<DriveVerdict | null> {
  const history = await swapHistory(run, scheduler);
  const most = (levels: Float64Array) => levels.reduce((a, b) => Math.max(a, b), 0);
  const peak = history.moves.map((moves) => most(levelsOf(moves).mib)).reduce((a, b) => Math.max(a, b), 0);
  const size = swapOf(run);
  return judgeDrives([drive], Number.isFinite(size) ? size : peak, swapTraffic(history))[0] ?? null;
}
