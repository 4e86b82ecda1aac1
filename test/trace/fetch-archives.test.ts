import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { DATASETS } from "../../src/trace/fetch/datasets.js";
import { filesOf, parseDays, parseFamilies } from "../../src/trace/fetch/days.js";
import { sha256Of } from "../../src/trace/fetch/download.js";
import { megabytes } from "../../src/trace/fetch/megabytes.js";
import { unpackTarXz } from "../../src/trace/fetch/unpack-tar-xz.js";
import { unrar } from "../../src/trace/fetch/unrar.js";
import { DAY_FILES, LOG, tarOf } from "./fetch-fixture.js";
import { fileWith, folderWith } from "./helpers.js";
import { storedRar } from "./rar-fixture.js";
import { storedXz } from "./xz-fixture.js";

const shared = join(import.meta.dirname, "../../../shared/traces/azure-llm2023");
const there = existsSync(shared);
if (!there) console.warn("../shared/traces is not there: a checksum is not compared with a real file");

describe("a tar.xz", () => {
  const ignore = () => {};

  it("gives the files that are wanted, wherever they are in it, and no others", async () => {
    const archive = fileWith("days.tar.xz", storedXz(await tarOf(DAY_FILES)));
    const names = Object.keys(DAY_FILES).filter((name) => name.endsWith(".csv"));
    for (const wanted of [["set/a.d03.csv"], ["set/c.d02.csv", "set/a.d01.csv", "set/b.d03.csv"], names]) {
      const folder = folderWith({});
      await unpackTarXz(
        archive,
        wanted.map((name) => basename(name)),
        folder,
        ignore,
      );
      expect(readdirSync(folder)).toEqual(wanted.map((name) => basename(name)).sort());
      for (const name of wanted) expect(readFileSync(join(folder, basename(name))).equals(DAY_FILES[name]!)).toBe(true);
    }
  });

  it("is read no further than to the last file that is wanted", async () => {
    const long = Buffer.alloc(3_000_000, "x");
    const packed = storedXz(await tarOf({ "a.csv": Buffer.from("a"), "b.csv": long }));
    const read: number[] = [];
    const archive = fileWith("long.tar.xz", packed);
    await unpackTarXz(archive, ["a.csv"], folderWith({}), (bytes) => read.push(bytes));
    expect(read.at(-1)!).toBeLessThan(packed.length / 2);
    const whole: number[] = [];
    await unpackTarXz(archive, ["b.csv"], folderWith({}), (bytes) => whole.push(bytes));
    expect(whole.at(-1)!).toBeGreaterThan(packed.length / 2);
  });

  it("without a file that is wanted says which", async () => {
    const archive = fileWith("days.tar.xz", storedXz(await tarOf(DAY_FILES)));
    await expect(unpackTarXz(archive, ["a.d01.csv", "a.d04.csv"], folderWith({}), ignore)).rejects.toThrow(
      "days.tar.xz has no file a.d04.csv",
    );
  });

  it("that is damaged, cut or no tar is refused, and ends", async () => {
    const packed = storedXz(await tarOf(DAY_FILES));
    const cut = storedXz((await tarOf(DAY_FILES)).subarray(0, 5000));
    const bad = Buffer.from(packed).fill(0xff, 2000, 2100);
    const rows: [Buffer, RegExp][] = [
      [packed.subarray(0, 9000), /^invalid file: x.tar.xz \(xz, cut short\)/],
      [cut, /Unexpected end of data/],
      [storedXz(Buffer.alloc(5000, "no tar")), /Invalid tar header/],
      [bad, /damaged xz|Invalid tar header/],
      [Buffer.from("no xz at all"), /^invalid file: x.tar.xz \(no xz\)/],
    ];
    for (const [content, message] of rows) {
      const unpacking = unpackTarXz(fileWith("x.tar.xz", content), ["c.d02.csv"], folderWith({}), ignore);
      await expect(unpacking).rejects.toThrow(message);
    }
  });
});

describe("a rar", () => {
  const task = (archive: string, bytes: number) => ({ archive, bytes, name: "log.txt", folder: folderWith({}) });

  it("gives the file of a length, under its name and nowhere else", async () => {
    const archive = fileWith("log.rar", storedRar({ "a.txt": Buffer.from("no"), "../deep/LOG.txt": LOG }));
    const given = task(archive, LOG.length);
    expect(await unrar(given)).toBe(null);
    expect(readdirSync(given.folder)).toEqual(["log.txt"]);
    expect(readFileSync(join(given.folder, "log.txt")).equals(LOG)).toBe(true);
  });

  it("says what is wrong with it", async () => {
    const archive = storedRar({ "log.txt": LOG });
    const bad = Buffer.from(archive).fill("?", 500, 510);
    expect(await unrar(task(fileWith("log.rar", archive), 17))).toBe("log.rar has no file of 17 bytes");
    expect(await unrar(task(fileWith("bad.rar", bad), LOG.length))).toBe("bad.rar: Archive header or data are damaged");
    expect(await unrar(task(fileWith("no.rar", "no rar"), 17))).toBe("no.rar: File is not RAR archive");
    expect(await unrar(task("/nowhere/no.rar", 17))).toMatch(/no\.rar/);
  });
});

describe("days", () => {
  it("are written one by one, as spans, or as all", () => {
    expect(parseDays("2", 14)).toEqual([2]);
    expect(parseDays("1..3", 14)).toEqual([1, 2, 3]);
    expect(parseDays("5, 1, 4..6", 14)).toEqual([1, 4, 5, 6]);
    expect(parseDays("all", 3)).toEqual([1, 2, 3]);
  });

  it.each(["", "0", "15", "3..1", "1..15", "1-3", "1..", "a", "1,,2", "-1", "1e1"])("are not %j", (text) => {
    expect(() => parseDays(text, 14)).toThrow(
      `invalid days: ${text || '""'} (--days); expected days from 1 to 14, such as 2, 1..3, 1,5 or all`,
    );
  });
});

describe("the catalogue", () => {
  const archive = DATASETS["azure-2019"]!.archive!;
  if (archive.kind !== "tar.xz") throw new Error("not of days");
  const families = Object.keys(archive.families);

  it("has 40 files of Azure 2019, memory of twelve days only", () => {
    expect(filesOf(archive, parseDays("all", 14), families)).toHaveLength(40);
    expect(filesOf(archive, [1], families)).toEqual([
      "invocations_per_function_md.anon.d01.csv",
      "function_durations_percentiles.anon.d01.csv",
      "app_memory_percentiles.anon.d01.csv",
    ]);
    expect(filesOf(archive, [13], ["memory"])).toEqual([]);
  });

  it("takes families in any order", () => {
    expect(parseFamilies("durations, invocations", archive)).toEqual(["invocations", "durations"]);
    expect(() => parseFamilies("cpu", archive)).toThrow(
      "invalid family: cpu (--families); expected some of invocations,durations,memory",
    );
  });

  it("names each file by its address, with a length and a sha256", () => {
    for (const { downloads } of Object.values(DATASETS)) {
      for (const { name, address, bytes, sha256 } of downloads) {
        expect(address).toMatch(/^https:\/\//);
        expect(basename(new URL(address).pathname)).toBe(name);
        expect(bytes).toBeGreaterThan(1e5);
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      }
    }
  });

  it.skipIf(!there)("has the sha256 of the real AzureLLMInferenceTrace_code.csv", async () => {
    const [code] = DATASETS["azure-llm-2023"]!.downloads;
    expect(await sha256Of(join(shared, code!.name), () => {})).toBe(code!.sha256);
  });
});

it("a number of bytes is said in bytes, kB or MB", () => {
  expect([17, 999, 320_117, 1_234_567, 142_968_140, 2.04e9].map(megabytes)).toEqual([
    "17 bytes",
    "999 bytes",
    "320 kB",
    "1.2 MB",
    "143 MB",
    "2,040 MB",
  ]);
});
