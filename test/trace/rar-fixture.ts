import { crc32, u32, vli } from "./xz-fixture.js";

/** A RAR5 archive that stores files as they are. https://www.rarlab.com/technote.htm */
export function storedRar(files: Readonly<Record<string, Buffer>>): Buffer {
  return Buffer.concat([
    Buffer.from("Rar!\u001a\u0007\u0001\u0000", "latin1"),
    block([vli(1), vli(0), vli(0)]),
    ...Object.entries(files).flatMap(([name, content]) => [fileHead(name, content), content]),
    block([vli(5), vli(0), vli(0)]),
  ]);
}

/** Type 2 with a data area; file flags: a CRC-32 is given; attributes of a plain file; stored; made on Unix. */
function fileHead(name: string, content: Buffer): Buffer {
  return block([
    ...[vli(2), vli(2), vli(content.length)],
    ...[vli(4), vli(content.length), vli(0o100644), u32(crc32(content)), vli(0), vli(1)],
    ...[vli(Buffer.byteLength(name)), Buffer.from(name)],
  ]);
}

/** CRC-32 and length before the fields. */
function block(fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  const sized = Buffer.concat([vli(body.length), body]);
  return Buffer.concat([u32(crc32(sized)), sized]);
}
