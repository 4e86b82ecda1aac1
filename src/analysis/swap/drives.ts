import { join } from "node:path";
import { Invalid } from "../../invalid.js";
import type { Dollars, MiB } from "../../units.js";
import { PRICES, type PriceItem, readCatalogue } from "../prices.js";
import { MIB_PER_GB } from "./history.js";
import type { SwapTraffic } from "./traffic.js";

/** The catalogue that is read where none is named: prices and limits with their sources. */
export const DRIVES = join(PRICES, "drives.json");

/** Years that an owned drive is to last. */
const YEARS = 5;
const MONTHS = 12 * YEARS;

/** A drive as the catalogue has it; null where it says nothing. Decimal units. */
export interface Drive {
  readonly drive: string;
  readonly capacity_gb: number | null;
  readonly read_mb_s: number | null;
  /** Written for as long as one likes, or the rating where only that is known. */
  readonly write_mb_s: number | null;
  readonly endurance_tbw: number | null;
  /** Of one drive; or by the month, of a GB and of a MB/s beyond what is included. */
  readonly price: Dollars | null;
  readonly gb_month: Dollars | null;
  readonly mbps_month: Dollars | null;
  readonly mbps_included: number | null;
  readonly mbps_max: number | null;
  /** Some figure is from memory or assumed. */
  readonly recalled: boolean;
}

const MEGABYTES: Readonly<Record<string, number>> = { "MB/s": 1, "MiB/s": 1.048576 };

/**
 * Reads the drives of a catalogue: items whose `attributes.drive` is the same, told apart by what follows it in their id.
 * A capacity that no item gives is that of the drive's name. Throws Invalid for a file that is no catalogue, and for a
 * price that is missing or negative.
 */
export function readDrives(path: string = DRIVES): Drive[] {
  const { items } = readCatalogue(path);
  const names = [...new Set(items.flatMap(({ attributes }) => driveNamed(attributes)))];
  const drives = names.map((name) =>
    driveOf(
      name,
      items.filter(({ attributes }) => attributes?.["drive"] === name),
    ),
  );
  if (drives.every(({ price, gb_month }) => price === null && gb_month === null)) {
    throw new Invalid("catalogue", path, "no drive has a price", "at least one drive with an item DRIVE.price in USD");
  }
  return drives;
}

function driveNamed(attributes: PriceItem["attributes"]): string[] {
  const drive = attributes?.["drive"];
  return typeof drive === "string" ? [drive] : [];
}

function driveOf(drive: string, items: readonly PriceItem[]): Drive {
  const numbers = new Map<string, number>();
  let recalled = false;
  const read = ["price", "capacity", "read", "write", "write_sustained", "write_sustained_assumed", "endurance"];
  const used = [...read, "endurance_assumed", "gb_month", "mbps_month", "mbps_included", "mbps_max", "mbps_max_2025"];
  for (const { id, value, unit, confidence } of items) {
    const field = id.slice(id.lastIndexOf(".") + 1);
    if (!used.includes(field)) continue;
    numbers.set(field, (value as number) * (MEGABYTES[unit] ?? 1));
    if (confidence === "recalled" || field.endsWith("_assumed")) recalled = true;
  }
  const figure = (...fields: readonly string[]) =>
    fields.map((field) => numbers.get(field)).find((n) => n !== undefined);
  return {
    drive,
    capacity_gb: figure("capacity") ?? capacityInName(drive),
    read_mb_s: figure("read") ?? null,
    write_mb_s: figure("write_sustained", "write_sustained_assumed", "write") ?? null,
    endurance_tbw: figure("endurance", "endurance_assumed") ?? null,
    price: figure("price") ?? null,
    gb_month: figure("gb_month") ?? null,
    mbps_month: figure("mbps_month") ?? null,
    mbps_included: figure("mbps_included") ?? null,
    mbps_max: figure("mbps_max_2025", "mbps_max") ?? null,
    recalled,
  };
}

/** 1920 of samsung-pm9a3-1.92tb. */
function capacityInName(drive: string): number | null {
  const match = /-(\d+(?:\.\d+)?)(gb|tb)$/.exec(drive);
  return match === null ? null : Number(match[1]) * (match[2] === "tb" ? 1000 : 1);
}

/** How a drive does as the swap of one machine. Shares above 1 are failures; null where the catalogue does not say. */
export interface DriveVerdict {
  readonly drive: string;
  readonly recalled: boolean;
  /** Swap space over capacity. */
  readonly capacity_share: number | null;
  /**
   * The busiest machine's mean traffic over what the drive writes or reads, whichever is the tighter; of a rented drive
   * over what it carries of both.
   */
  readonly bandwidth_share: number | null;
  /** What the mean machine, as which all do in the long run, writes in five years over the drive's endurance. */
  readonly wear_share: number | null;
  /** Writes of the whole drive a day, by the mean machine. */
  readonly drive_writes_per_day: number | null;
  /** Until the mean machine has worn out one drive; Infinity where nothing is written. */
  readonly days_until_worn: number | null;
  /** What it fails on: some of capacity, bandwidth and wear. */
  readonly fails_on: readonly string[];
  /** Drives that a machine needs so that none of the shares is above 1; null for what is rented by the GB. */
  readonly needed: number | null;
  /** Of a machine, by the month, owned drives over five years; null where no price is known. */
  readonly machine_month: Dollars | null;
  /** Of a machine's drives when they are bought; null for what is rented. */
  readonly machine_price: Dollars | null;
}

/** Every drive that the catalogue says enough about, judged for `size` of swap and this traffic, in its order. */
export function judgeDrives(drives: readonly Drive[], size: MiB, traffic: SwapTraffic): DriveVerdict[] {
  return drives.filter(judgeable).map((drive) => judge(drive, size / MIB_PER_GB, traffic));
}

function judgeable({ capacity_gb, gb_month, write_mb_s, endurance_tbw }: Drive): boolean {
  return gb_month !== null || (capacity_gb !== null && (write_mb_s !== null || endurance_tbw !== null));
}

function judge(of: Drive, size_gb: number, { busiest_per_hour, mean_out_per_day_mib }: SwapTraffic): DriveVerdict {
  const { drive, recalled, capacity_gb, read_mb_s, write_mb_s, endurance_tbw, price } = of;
  const writes = (busiest_per_hour.out_mib * 1.048576) / 3600;
  const reads = (busiest_per_hour.in_mib * 1.048576) / 3600;
  const rented = of.gb_month !== null;
  const share = (needed: number, has: number | null) => (has === null ? null : needed / has);
  const capacity_share = rented ? null : share(size_gb, capacity_gb);
  const [toWrite, toRead] = [share(writes, write_mb_s), share(reads, read_mb_s)];
  const either = toWrite === null ? toRead : Math.max(toWrite, toRead ?? 0);
  const bandwidth_share = of.mbps_max === null ? either : (writes + reads) / of.mbps_max;
  const a_day_tb = (mean_out_per_day_mib * 1.048576) / 1e6;
  const wear_share = share(a_day_tb * 365 * YEARS, endurance_tbw);
  const shares = { capacity: capacity_share, bandwidth: bandwidth_share, wear: wear_share };
  const fails_on = Object.entries(shares).flatMap(([name, of]) => (of !== null && of > 1 ? [name] : []));
  const needed = rented ? null : Math.max(1, ...Object.values(shares).map((of) => Math.ceil((of ?? 0) - 1e-9)));
  const machine_price = price === null || needed === null ? null : needed * price;
  const extra = Math.max(0, writes + reads - (of.mbps_included ?? 0)) * (of.mbps_month ?? 0);
  const month = machine_price === null ? null : machine_price / MONTHS;
  return {
    drive,
    recalled,
    capacity_share,
    bandwidth_share,
    wear_share,
    drive_writes_per_day: share(1000 * a_day_tb, rented ? null : capacity_gb),
    days_until_worn: endurance_tbw === null ? null : endurance_tbw / a_day_tb,
    fails_on,
    needed,
    machine_month: rented ? size_gb * of.gb_month! + extra : month,
    machine_price,
  };
}
