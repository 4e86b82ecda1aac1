import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { MOST_UNPACKED } from "../../src/trace/unpack.js";
import { Xxh64 } from "../../src/trace/xxh64.js";
import { content, failure, fileWith, folderWith, read, rows } from "./helpers.js";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../fixtures/packed", name));
const HEADER = "app,func,end_timestamp,duration\n";
/** What the fixtures hold, packed by the zstd and xz commands. */
const LOG = `${HEADER}${Array.from({ length: 3000 }, (_, i) => `app-${i % 7},f${i % 11},${(i * 0.25 + (i % 5)).toFixed(2)},${(i % 9) / 4}\n`).join("")}`;
const ZST = fixture("log.csv.zst");
const XZ = fixture("log.csv.xz");

/** A frame of zstd: a descriptor, what follows it in the header, and blocks, the last of them marked. */
function frame(descriptor: number, header: readonly number[], blocks: readonly Buffer[], checksum = false): Buffer {
  const marked = blocks.map((block, i) => {
    const copy = Buffer.from(block);
    if (i === blocks.length - 1) copy[0]! |= 1;
    return copy;
  });
  return Buffer.concat([Buffer.of(0x28, 0xb5, 0x2f, 0xfd, descriptor | (checksum ? 4 : 0), ...header), ...marked]);
}

/** A block of zstd that stores `bytes`, and one that repeats a byte. */
function stored(bytes: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE(bytes.length << 3, 0, 3);
  return Buffer.concat([head, bytes]);
}
function repeated(byte: number, times: number): Buffer {
  const block = Buffer.alloc(4);
  block.writeUIntLE((times << 3) | 2, 0, 3);
  block[3] = byte;
  return block;
}
const WINDOW_1_MIB = 10 << 3;
const skippable = Buffer.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);

describe("a packed file", () => {
  it.each([
    ["zstd", ZST],
    ["zstd without a checksum", fixture("log-unchecked.csv.zst")],
    ["zstd of several frames and ones to skip", Buffer.concat([skippable, ZST, skippable])],
    [
      "zstd of stored blocks",
      frame(0, [WINDOW_1_MIB], [stored(Buffer.from(LOG.slice(0, 90))), stored(Buffer.from(LOG.slice(90)))]),
    ],
    ["xz", XZ],
    ["gzip", gzipSync(LOG)],
  ])("is read as what it unpacks to, whatever its name: %s", async (_, packed) => {
    const plain = await read(fileWith("log.csv", LOG));
    const unpacked = await read(fileWith("log.csv", packed));
    expect(content(unpacked.folder)).toEqual(content(plain.folder));
    expect(unpacked.manifest.sources[0]).toMatchObject({ name: "log.csv", bytes: packed.length });
  });

  it("of several frames or streams is all of them", async () => {
    const rest = LOG.slice(HEADER.length);
    const twice = await read(fileWith("log.csv", LOG + rest));
    const frames = Buffer.concat([
      ZST,
      frame(0, [WINDOW_1_MIB], [stored(Buffer.from(rest.slice(0, 100))), stored(Buffer.from(rest.slice(100)))]),
    ]);
    expect((await read(fileWith("log.csv.zst", frames))).manifest.sha256).toBe(twice.manifest.sha256);
    const headless = await read(fileWith("two.csv.xz", Buffer.concat([XZ, XZ])), { onBadRow: "quarantine" });
    expect(headless.manifest.rows["invocations"]).toEqual({ kept: 6000, filled: 0, quarantined: 1 });
  });

  it("may be one of several, each packed in its own way", async () => {
    const folder = folderWith({ "1.csv.zst": ZST, "2.csv.xz": XZ, "3.csv.gz": gzipSync(LOG), "4.csv": LOG });
    const { manifest } = await read(folder);
    expect(manifest.invocations).toBe(12000);
    expect(manifest.sources.map(({ name }) => name)).toEqual(["1.csv.zst", "2.csv.xz", "3.csv.gz", "4.csv"]);
  });

  it("gives the trace its name without the ending", async () => {
    expect((await read(fileWith("my.csv.zst", ZST))).manifest.name).toBe("my");
    expect((await read(fileWith("my.csv.xz", XZ))).manifest.name).toBe("my");
  });
});

describe("what is wrong with a packed file is said in a line", () => {
  it("zstd that is cut short, wherever", async () => {
    for (let length = 5; length < ZST.length; length += 397) {
      expect(await failure(fileWith("l.csv.zst", ZST.subarray(0, length)))).toBe(
        "invalid file: l.csv.zst (zstd, cut short); expected a whole .zst file",
      );
    }
  });

  it("zstd or xz with one bit turned, unless it unpacks to the same", async () => {
    const plain = (await read(fileWith("log.csv", LOG))).manifest.sha256;
    for (const [name, packed] of [
      ["l.csv.zst", ZST],
      ["l.csv.xz", XZ],
    ] as const) {
      for (let at = 6; at < packed.length; at += 211) {
        const damaged = Buffer.from(packed);
        damaged[at]! ^= 1 << (at % 8);
        const path = fileWith(name, damaged);
        const message = await failure(path).catch(async () => (await read(path)).manifest.sha256);
        if (message !== plain)
          expect(message).toMatch(
            /^invalid file: l\.csv\.(zst \(.*zstd.*|xz \(.*xz.*)\); expected a whole \.(zst|xz) file$/,
          );
      }
    }
  });

  it.each([
    [
      "a checksum that is another",
      Buffer.concat([frame(0, [WINDOW_1_MIB], [stored(Buffer.from(LOG))], true), Buffer.of(1, 2, 3, 4)]),
      "damaged zstd",
    ],
    [
      "another length than it says",
      frame(64, [WINDOW_1_MIB, 1, 0], [stored(Buffer.from(LOG.slice(0, 100)))]),
      "damaged zstd",
    ],
    [
      "a window of 2 GiB",
      frame(0, [21 << 3], [stored(Buffer.from(HEADER))]),
      "zstd, packed with a window above 128 MiB",
    ],
    [
      "a window of 2 TiB",
      frame(0, [31 << 3], [stored(Buffer.from(HEADER))]),
      "zstd, packed with a window above 128 MiB",
    ],
    ["a dictionary", frame(1, [WINDOW_1_MIB, 7], [stored(Buffer.from(HEADER))]), "zstd, packed with a dictionary"],
    ["something behind its frames", Buffer.concat([ZST, Buffer.from("more")]), "damaged zstd"],
  ])("zstd with %s", async (_, packed, what) => {
    expect(await failure(fileWith("l.csv.zst", packed))).toBe(
      `invalid file: l.csv.zst (${what}); expected a whole .zst file`,
    );
  });

  it("a table or an archive inside it", async () => {
    const arrow = readFileSync(join(import.meta.dirname, "../fixtures/arrow/pyarrow-file.arrow"));
    expect(await failure(fileWith("w.arrow.gz", gzipSync(arrow)))).toMatch(
      /^invalid file: w\.arrow\.gz \(a table inside a packed file\)/,
    );
    const tar = Buffer.alloc(1024);
    tar.write("ustar", 257);
    expect(await failure(fileWith("a.tar.gz", gzipSync(tar)))).toMatch(/^invalid file: a\.tar\.gz \(a tar archive\)/);
  });
});

describe("a file that unpacks to far more than a trace does", () => {
  const most = { ...MOST_UNPACKED };
  afterEach(() => void Object.assign(MOST_UNPACKED, most));

  const ROW = "a,f,1,1\n".repeat(16384);
  const zeros = Buffer.from(`${HEADER}${ROW.repeat(20)}`);
  it.each([
    ["gzip", "b.csv.gz", gzipSync(zeros, { level: 9 })],
    [
      "zstd",
      "b.csv.zst",
      frame(
        0,
        [WINDOW_1_MIB],
        [stored(Buffer.from(HEADER)), ...Array.from({ length: 200 }, () => repeated(10, 131072))],
      ),
    ],
  ])("stops at the limit: %s", async (packing, name, packed) => {
    Object.assign(MOST_UNPACKED, { bytes: 2_000_000 });
    expect(await failure(fileWith(name, packed))).toBe(
      `invalid file: ${name} (${packing} that unpacks to more than 200 times its ${packed.length} bytes); ` +
        "expected at most 2 MB: unpack it first if it is what it should be",
    );
  });

  it("may unpack to 256 MiB, or to 200 times its length where that is more", () => {
    expect(most).toEqual({ ratio: 200, bytes: 268435456 });
  });
});

it("hashes as XXH64 does", () => {
  const low = (text: string, cut: number) => {
    const hash = new Xxh64();
    hash.update(Buffer.from(text.slice(0, cut)));
    hash.update(Buffer.from(text.slice(cut)));
    return hash.low32().toString(16);
  };
  expect(low("", 0)).toBe("51d8e999");
  expect(low("a", 0)).toBe("a98c6e5b");
  expect(low("abc", 2)).toBe("ad770999");
  for (let cut = 0; cut < 200; cut += 7) expect(low("x".repeat(1000), cut)).toBe("9cb700e1");
});

it("keeps a packed log's rows to the last", async () => {
  const { folder } = await read(fileWith("l.csv.zst", ZST));
  expect(rows(folder, "invocations").length).toBe(3000);
});
