import type { Dollars, MiB, Seconds } from "../../units.js";
import { type Catalogue, catalogueNamed, PRICES, type Tier } from "../prices.js";

/** What AWS Lambda charges and allows, from aws-lambda.json. Its MB are MiB, as everywhere here. */
export interface LambdaPrices {
  readonly arch: "x86" | "arm";
  /** Dollars a GB-second, by the month's GB-seconds. */
  readonly gb_second: readonly Tier[];
  readonly request: Dollars;
  readonly least_mib: MiB;
  readonly most_mib: MiB;
  readonly step_mib: MiB;
  /** Memory that brings one vCPU. */
  readonly mib_per_vcpu: MiB;
  readonly step_s: Seconds;
  readonly longest_s: Seconds;
  readonly as_of: string;
  readonly recalled: boolean;
}

const IDS = ["request", "memory.min", "memory.max", "memory.step", "memory.mb_per_vcpu", "billing.granularity"];

/** Reads Lambda's prices of an architecture. Throws Invalid where the catalogue lacks one. */
export function lambdaPrices(arch: "x86" | "arm" = "x86", folder: string = PRICES): LambdaPrices {
  const catalogue: Catalogue = catalogueNamed("aws-lambda", folder);
  const duration = `${arch}.gb_second`;
  return {
    arch,
    gb_second: catalogue.tiers(duration, "USD/GB-second"),
    request: catalogue.figure("request", "USD/request"),
    least_mib: catalogue.figure("memory.min", "MB"),
    most_mib: catalogue.figure("memory.max", "MB"),
    step_mib: catalogue.figure("memory.step", "MB"),
    mib_per_vcpu: catalogue.figure("memory.mb_per_vcpu", "MB/vCPU"),
    step_s: catalogue.figure("billing.granularity", "ms") / 1000,
    longest_s: catalogue.figure("duration.max", "s"),
    as_of: catalogue.item(duration).as_of ?? "unknown",
    recalled: catalogue.recalled([duration, "duration.max", ...IDS]),
  };
}

/** A float32 of memory may be a rounding above a whole step; so may a product of times. */
const ROUNDING = 1e-6;

/** The size of a function that needs so much memory; null: Lambda has none that large. Unknown memory is the least. */
export function lambdaSize(prices: LambdaPrices, memory: MiB): MiB | null {
  const needed = Math.max(prices.least_mib, memory > 0 ? memory : 0);
  const size = Math.ceil(needed / prices.step_mib - ROUNDING) * prices.step_mib;
  return size <= prices.most_mib ? size : null;
}

/**
 * How long a function of a size takes for so many CPU seconds, as billed: a size below that of a whole vCPU has a share of one,
 * and the work, bound by CPU and on one core, takes longer by as much. Null: longer than Lambda lets it run.
 */
export function lambdaDuration(prices: LambdaPrices, size: MiB, cpu: Seconds): Seconds | null {
  const took = cpu * Math.max(1, prices.mib_per_vcpu / size);
  if (took > prices.longest_s) return null;
  return Math.max(1, Math.ceil(took / prices.step_s - ROUNDING)) * prices.step_s;
}

/** GB-seconds of a billed duration at a size. */
export function gbSeconds(size: MiB, duration: Seconds): number {
  return (size / 1024) * duration;
}

/** What a month of so many GB-seconds and requests costs, without the free tier. */
export function lambdaMonth(prices: LambdaPrices, gb_seconds: number, requests: number): Dollars {
  let from = 0;
  let duration = 0;
  for (const { up_to, value } of prices.gb_second) {
    const to = Math.min(gb_seconds, up_to ?? gb_seconds);
    if (to > from) duration += (to - from) * value;
    from = Math.max(from, to);
  }
  return duration + requests * prices.request;
}
