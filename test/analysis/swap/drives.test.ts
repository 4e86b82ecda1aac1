import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DRIVES, judgeDrives, readDrives } from "../../../src/analysis/swap/drives.js";
import { MIB_PER_GB } from "../../../src/analysis/swap/history.js";
import type { SwapTraffic } from "../../../src/analysis/swap/traffic.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-drives-"));
afterAll(() => rmSync(here, { recursive: true }));

function catalogue(name: string, items: readonly object[]): string {
  const path = join(here, name);
  writeFileSync(path, JSON.stringify({ items }));
  return path;
}

const item = (id: string, value: unknown, unit: string) => ({
  id: `disk-500gb.${id}`,
  value,
  unit,
  attributes: { drive: "disk-500gb" },
});

/** What is thrown. */
function said(what: () => unknown): string {
  try {
    what();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
}

/** GB an hour, of the busiest and of the mean machine. */
function traffic(busiest: number, mean: number): SwapTraffic {
  const of = (gb: number) => ({ out_mib: gb * MIB_PER_GB, in_mib: gb * MIB_PER_GB });
  return {
    fleet: of(mean),
    mean_per_hour: of(mean),
    busiest_per_hour: of(busiest),
    mean_out_per_day_mib: 24 * mean * MIB_PER_GB,
    busiest_out_per_day_mib: 24 * busiest * MIB_PER_GB,
    busiest_s: 60,
    most_out_per_s_mib: 0,
    most_in_per_s_mib: 0,
  };
}

describe("drives", () => {
  const disk = [
    item("price", 30, "USD"),
    item("write", 500, "MB/s"),
    item("write_sustained", 100, "MB/s"),
    item("endurance", 120, "TBW"),
  ];

  it("are judged for capacity, bandwidth and wear, and so many are needed", () => {
    const [drive] = readDrives(catalogue("good.json", disk));
    expect(drive).toMatchObject({ capacity_gb: 500, write_mb_s: 100, endurance_tbw: 120, price: 30, recalled: false });
    const [verdict] = judgeDrives([drive!], 750 * MIB_PER_GB, traffic(720, 36));
    expect(verdict!.capacity_share).toBeCloseTo(1.5, 9);
    expect(verdict!.bandwidth_share).toBeCloseTo(2, 9);
    // 0.864 TB a day, 1576.8 TB in five years.
    expect(verdict!.wear_share).toBeCloseTo(13.14, 9);
    expect(verdict!.drive_writes_per_day).toBeCloseTo(1.728, 9);
    expect(verdict!.days_until_worn).toBeCloseTo(120 / 0.864, 9);
    expect(verdict!.fails_on).toEqual(["capacity", "bandwidth", "wear"]);
    expect(verdict).toMatchObject({ needed: 14, machine_price: 420, machine_month: 7 });
    expect(judgeDrives([drive!], 1, traffic(1, 0.1))[0]).toMatchObject({ fails_on: [], needed: 1, machine_month: 0.5 });
  });

  it("that are rented cost by the GB and by the bandwidth above what is included", () => {
    const rented = { drive: "rented", capacity_gb: null, read_mb_s: null, write_mb_s: null, endurance_tbw: null };
    const price = {
      price: null,
      gb_month: 0.08,
      mbps_month: 0.04,
      mbps_included: 125,
      mbps_max: 1000,
      recalled: false,
    };
    const [verdict] = judgeDrives([{ ...rented, ...price }], 100 * MIB_PER_GB, traffic(360, 36));
    expect(verdict!.machine_month).toBeCloseTo(8 + 0.04 * 75, 9);
    expect(verdict!.bandwidth_share).toBeCloseTo(0.2, 9);
    expect(verdict).toMatchObject({ capacity_share: null, wear_share: null, needed: null, fails_on: [] });
  });

  it("of the catalogue that comes with replaybook: the drafts' fails on bandwidth and wear, not on capacity", () => {
    const verdicts = judgeDrives(readDrives(), 50_000, traffic(2000, 1000));
    expect(verdicts.find(({ drive }) => drive === "pny-cs900-500gb")!.fails_on).toEqual(["bandwidth", "wear"]);
    expect(verdicts.filter(({ machine_month }) => machine_month !== null).length).toBeGreaterThanOrEqual(5);
    expect(DRIVES).toMatch(/data\/prices\/drives\.json$/);
  });

  it.each([
    [
      "negative",
      [...disk.slice(1), item("price", -30, "USD")],
      "price: -30 (disk-500gb.price of FILE); expected a number of USD, 0 or more",
    ],
    [
      "missing",
      [...disk.slice(1), item("price", undefined, "USD")],
      "price: none (disk-500gb.price of FILE); expected a number of USD, 0 or more",
    ],
    [
      "no number",
      [...disk.slice(1), item("price", "30", "USD")],
      "price: 30 (disk-500gb.price of FILE); expected a number of USD, 0 or more",
    ],
    [
      "a negative endurance",
      [...disk.slice(0, 3), item("endurance", -1, "TBW")],
      "figure: -1 (disk-500gb.endurance of FILE); expected a number of TBW, 0 or more",
    ],
    [
      "no price",
      disk.slice(1),
      "catalogue: FILE (no drive has a price); expected at least one drive with an item DRIVE.price in USD",
    ],
    [
      "no items",
      [{}],
      "catalogue: FILE (no list of items with id and unit); expected a file such as data/prices/drives.json",
    ],
  ])("are refused with a price that is %s", (name, items, message) => {
    const path = catalogue(`${name}.json`, items);
    expect(said(() => readDrives(path))).toBe(`invalid ${message.replace("FILE", path)}`);
  });

  it("are refused where there is no catalogue", () => {
    const path = join(here, "none.json");
    const wanted = "expected a JSON file such as data/prices/drives.json";
    expect(said(() => readDrives(path))).toBe(`invalid catalogue: ${path} (ENOENT); ${wanted}`);
  });
});
