import { closeSync, openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { unxz, xzStreams } from "../../src/trace/xz.js";
import { fileWith } from "./helpers.js";
import { storedXz } from "./xz-fixture.js";

/** "line 0\nline 1\n…", in pieces of at most 64 KiB, as one stream each. */
const lines = (from: number, to: number) =>
  Buffer.from(Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join(""));

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What a file unpacks to, read in pieces of `size` bytes. */
async function unpacked(packed: Buffer, size = 1000): Promise<Buffer> {
  const path = fileWith("a.xz", packed);
  const fd = openSync(path, "r");
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of unxz(cut(packed, size), xzStreams(fd, packed.length, "a.xz"), "a.xz")) pieces.push(piece);
    return Buffer.concat(pieces);
  } finally {
    closeSync(fd);
  }
}

describe("an xz file", () => {
  const [first, second] = [lines(0, 20_000), lines(20_000, 20_100)];

  it("is unpacked, however its bytes are cut into pieces", async () => {
    const packed = storedXz(first);
    for (const size of [7919, 65_536, packed.length]) {
      expect((await unpacked(packed, size)).equals(first)).toBe(true);
    }
  });

  it("of one byte or of nothing is unpacked too", async () => {
    expect((await unpacked(storedXz(Buffer.from("x")), 1)).toString()).toBe("x");
    expect((await unpacked(storedXz(Buffer.alloc(0)), 1)).length).toBe(0);
  });

  it("may be several streams, with zeros between and behind them", async () => {
    const packed = Buffer.concat([
      storedXz(first),
      Buffer.alloc(8),
      storedXz(second),
      storedXz(first),
      Buffer.alloc(4),
    ]);
    expect((await unpacked(packed)).equals(Buffer.concat([first, second, first]))).toBe(true);
  });

  it("says what its streams unpack to before it is unpacked", () => {
    const packed = Buffer.concat([storedXz(first), storedXz(second)]);
    const fd = openSync(fileWith("two.xz", packed), "r");
    expect(xzStreams(fd, packed.length, "two.xz")).toEqual([
      { start: 0, end: storedXz(first).length, unpackedBytes: first.length },
      { start: storedXz(first).length, end: packed.length, unpackedBytes: second.length },
    ]);
    closeSync(fd);
  });

  it("is refused where it is cut short, at any place", async () => {
    const packed = storedXz(second);
    for (let length = 0; length < packed.length; length += 13) {
      await expect(unpacked(packed.subarray(0, length))).rejects.toThrow(
        /^invalid file: a.xz \((xz, cut short|no xz)\)/,
      );
    }
  });

  it("is refused where a byte is another, or gives the same bytes", async () => {
    const packed = storedXz(second);
    for (let at = 0; at < packed.length; at += 3) {
      const wrong = Buffer.from(packed);
      wrong[at] = wrong[at]! ^ 0x55;
      const became = await unpacked(wrong).catch((error: Error) => error.message);
      if (typeof became === "string") expect(became).toMatch(/^invalid file: a.xz \(.*\); expected a whole .xz file$/);
      else expect(became.equals(second)).toBe(true);
    }
  });

  it("that is left half way does not keep the next from being unpacked", async () => {
    const packed = storedXz(first);
    const fd = openSync(fileWith("left.xz", packed), "r");
    for await (const piece of unxz(cut(packed, 100), xzStreams(fd, packed.length, "left.xz"), "left.xz")) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    closeSync(fd);
    expect((await unpacked(packed)).equals(first)).toBe(true);
  });

  it("whose source fails gives the source's failure", async () => {
    const packed = storedXz(first);
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 500);
      throw new Error("the disk is gone");
    }
    const streams = [{ start: 0, end: packed.length, unpackedBytes: first.length }];
    const read = async () => {
      for await (const _ of unxz(failing(), streams, "a.xz"));
    };
    await expect(read()).rejects.toThrow("the disk is gone");
  });
});
