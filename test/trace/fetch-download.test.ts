import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Download } from "../../src/trace/fetch/datasets.js";
import { download } from "../../src/trace/fetch/download.js";
import { folderWith } from "./helpers.js";
import { drop, part, type Reply, serve, status, type Web, well, whole } from "./web-server.js";

const content = Buffer.from(Array.from({ length: 30_000 }, (_, i) => `${i},`).join(""));
const wrong = Buffer.from(content).fill("x", 50_000, 50_010);
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const file: Download = { name: "a.bin", address: "", bytes: content.length, sha256: sha256(content) };

interface Came {
  readonly path: string;
  readonly notes: readonly string[];
  /** What it fails with; null: it went well. */
  readonly failure: string | null;
}

/** Downloads to a folder that holds `before`, or nothing. */
async function fetched(web: Web, before?: Buffer, of: Partial<Download> = {}): Promise<Came> {
  const path = join(folderWith(before ? { "a.bin.partial": before } : {}), "a.bin.partial");
  const notes: string[] = [];
  const patience = { silence_ms: 300, failures: 3, progressBytes: 10_000, pause_ms: 1 };
  const told = { onBytes: () => {}, onNote: (text: string) => notes.push(text) };
  const failure = await download({ ...file, ...of }, web.at("a.bin"), path, patience, told).then(
    () => null,
    (error: Error) => error.message,
  );
  return { path, notes, failure };
}

/** It is all there. */
function expectWhole({ path, failure }: Came): void {
  expect(failure).toBe(null);
  expect(readFileSync(path).equals(content)).toBe(true);
}

const ranges = (web: Web) => web.asked.map(({ range }) => range);

describe("a download", () => {
  it("asks for the bytes as they are, once, where all goes well", async () => {
    const web = await serve(content);
    const came = await fetched(web);
    expectWhole(came);
    expect(came.notes).toEqual([]);
    expect(web.asked).toHaveLength(1);
    expect(web.asked[0]).toMatchObject({ range: undefined, headers: { "accept-encoding": "identity" } });
  });

  it("goes on where the connection ended, asking for the rest of the same file only", async () => {
    const web = await serve(content, drop(40_000), drop(30_000), well);
    const came = await fetched(web);
    expectWhole(came);
    expect(ranges(web)).toEqual([undefined, "bytes=40000-", "bytes=70000-"]);
    expect(web.asked[1]!.headers["if-range"]).toBe('"one"');
    expect(came.notes).toEqual([
      "a.bin: the connection ended at 40 kB of 169 kB; trying again in 1 s",
      "a.bin: the connection ended at 70 kB of 169 kB; trying again in 1 s",
    ]);
  });

  it("goes on behind what an earlier run left", async () => {
    const web = await serve(content);
    expectWhole(await fetched(web, content.subarray(0, 100_000)));
    expect(ranges(web)).toEqual(["bytes=100000-"]);
  });

  it("asks for nothing where an earlier run left it all", async () => {
    const web = await serve(content);
    expectWhole(await fetched(web, content));
    expect(web.asked).toEqual([]);
  });

  it("starts over where more is there than can be", async () => {
    const web = await serve(content);
    expectWhole(await fetched(web, Buffer.concat([content, content])));
    expect(ranges(web)).toEqual([undefined]);
  });

  it("takes the whole file from a server that ignores ranges", async () => {
    const web = await serve(content, whole);
    expectWhole(await fetched(web, content.subarray(0, 100_000)));
    expect(web.asked).toHaveLength(1);
  });

  it("starts over where the file there has changed meanwhile", async () => {
    const other: Reply = (request, response) => {
      const { status, headers, body } = part(request, wrong, '"old"');
      response.writeHead(status, headers);
      response.write(body.subarray(0, 60_000), () => setTimeout(() => response.destroy(), 10));
    };
    const web = await serve(content, other, well);
    expectWhole(await fetched(web));
    expect(ranges(web)).toEqual([undefined, "bytes=60000-", undefined]);
  });

  it("starts over where the server has no such range, or sends another", async () => {
    const odd: Reply = (_, response) => {
      const headers = { "content-length": 10, "content-range": `bytes 5-14/${content.length}` };
      response.writeHead(206, headers).end(content.subarray(5, 15));
    };
    const bare: Reply = (_, response) => void response.writeHead(206).end(content.subarray(50, 100));
    for (const first of [status(416), odd, bare]) {
      const web = await serve(content, first, well);
      const came = await fetched(web, content.subarray(0, 100));
      expectWhole(came);
      expect(came.notes).toEqual(["a.bin: no bytes from 100 on were sent; trying again in 1 s"]);
      expect(ranges(web)).toEqual(["bytes=100-", undefined]);
    }
  });

  it("goes on where a server ends a part before its length, or says no length at all", async () => {
    const short: Reply = (request, response) => {
      const { body } = part(request, content);
      const headers = { "content-range": `bytes ${content.length - body.length}-${content.length - 1}/*` };
      response.writeHead(body.length < content.length ? 206 : 200, body.length < content.length ? headers : {});
      response.end(body.subarray(0, 60_000));
    };
    const web = await serve(content, short);
    expectWhole(await fetched(web));
    expect(ranges(web)).toEqual([undefined, "bytes=60000-", "bytes=120000-"]);
  });

  it("tries again after errors that may pass, no sooner than it is told", async () => {
    const web = await serve(content, status(500), status(503, { "retry-after": "1" }), well);
    const before = performance.now();
    const came = await fetched(web);
    expectWhole(came);
    expect(performance.now() - before).toBeGreaterThan(990);
    expect(came.notes).toEqual([
      "a.bin: answers 500 Internal Server Error; trying again in 1 s",
      "a.bin: answers 503 Service Unavailable; trying again in 1 s",
    ]);
  });

  it("fetches the whole anew, once, where the pieces do not make up the file", async () => {
    const web = await serve(content);
    const came = await fetched(web, wrong.subarray(0, 100_000));
    expectWhole(came);
    expect(came.notes).toEqual(["a.bin: the pieces do not make up the file; fetching it anew"]);
    expect(ranges(web)).toEqual(["bytes=100000-", undefined]);
  });

  it("fetches the whole anew where an earlier run left as many bytes, but others", async () => {
    const web = await serve(content);
    expectWhole(await fetched(web, wrong));
    expect(ranges(web)).toEqual([undefined]);
  });

  it("follows redirects, relative ones too", async () => {
    const web = await serve(
      content,
      status(302, { location: "/b" }),
      status(307, { location: "deep/c" }),
      drop(9),
      well,
    );
    expectWhole(await fetched(web));
    expect(web.asked.map(({ path }) => path)).toEqual(["/a.bin", "/b", "/deep/c", "/a.bin"]);
  });
});

describe("a download gives up, in a line, and leaves no file that looks whole", () => {
  const rows: readonly [string, Reply, RegExp, number][] = [
    ["not there", status(404), /^http\S+ answers 404 Not Found$/, 1],
    ["forbidden", status(403), /answers 403 Forbidden$/, 1],
    ["always an error", status(500), /cannot be fetched: answers 500 Internal Server Error; nothing came$/, 3],
    [
      "wrong bytes",
      (r, response) => well(r, response, wrong),
      /sends other content: sha256 [0-9a-f]{64}, not the [0-9a-f]{64} of a.bin$/,
      1,
    ],
    [
      "a shorter file",
      (r, response) => well(r, response, content.subarray(0, 99)),
      /has a file of 99 bytes, not the 168,890 of a.bin$/,
      1,
    ],
    [
      "a longer file",
      (r, response) => well(r, response, Buffer.concat([content, content])),
      /has a file of 337,780 bytes/,
      1,
    ],
    [
      "more than it should, of no length",
      (_, response) => void response.writeHead(200).end(Buffer.concat([content, content])),
      /sends more than the 168,890 bytes of a.bin$/,
      1,
    ],
    [
      "less than it should, of no length, ever again",
      (_, response) => void response.writeHead(200).end(content.subarray(0, 5000)),
      /the connection ended; 5 kB of 169 kB are kept in .*a.bin.partial, and the same command goes on from there$/,
      3,
    ],
    [
      "a body in gzip",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(content),
      /sends it in the encoding gzip/,
      1,
    ],
    ["a circle of redirects", status(302, { location: "/a.bin" }), /redirected more than 10 times/, 33],
    ["a redirect to a file", status(302, { location: "file:///etc/hosts" }), /redirected to file:/, 3],
    ["silence", () => {}, /nothing came for 0.3 s; nothing came$/, 3],
    [
      "silence in the body",
      (r, response) => {
        const { status, headers, body } = part(r, content);
        response.writeHead(status, headers).write(body.subarray(0, 1000));
      },
      /nothing came for 0.3 s; 3 kB of 169 kB are kept/,
      3,
    ],
    [
      "no answer",
      (_, response) => void response.destroy(),
      /cannot be fetched: the connection ended; nothing came$/,
      3,
    ],
  ];

  it.each(rows)("%s", async (_, reply, message, requests) => {
    const web = await serve(content, reply);
    const { path, failure } = await fetched(web);
    expect(failure).toMatch(message);
    expect(failure).not.toContain("\n");
    expect(web.asked).toHaveLength(requests);
    if (existsSync(path)) {
      const left = readFileSync(path);
      expect(left.length).toBeLessThan(content.length);
      expect(content.subarray(0, left.length).equals(left)).toBe(true);
    }
  });

  it("nobody listens", async () => {
    const web = { at: () => "http://127.0.0.1:9/a.bin", asked: [], port: 9 };
    expect((await fetched(web)).failure).toMatch(/ECONNREFUSED.*; nothing came$/);
  });

  it("a server that ignores ranges and always ends in the same place", async () => {
    const web = await serve(content, (_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 5));
    });
    expect((await fetched(web)).failure).toMatch(/the connection ended; 50 kB of 169 kB are kept/);
    expect(web.asked).toHaveLength(3);
  });
});

it("whatever a server does, what is under the name is the file, or it fails and it is not", async () => {
  const reply = fc.oneof(
    fc.nat(content.length).map(drop),
    fc.constantFrom<Reply>(well, whole, status(500), status(416), (_, response) => void response.destroy()),
    fc.nat(content.length - 1).map(
      (at): Reply =>
        (request, response) => {
          const bad = Buffer.from(content);
          bad[at] = bad[at]! ^ 1;
          well(request, response, bad);
        },
    ),
    fc.nat(content.length).map(
      (length): Reply =>
        (request, response) => {
          const { status, headers, body } = part(request, content);
          response.writeHead(status, { ...headers, "content-length": length });
          response.write(body.subarray(0, length), () => setTimeout(() => response.destroy(), 2));
        },
    ),
  );
  const before = fc.option(fc.tuple(fc.nat(content.length), fc.boolean()));
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 6 }), before, async (replies, had) => {
      const web = await serve(content, ...replies);
      const { path, failure } = await fetched(web, had ? (had[1] ? wrong : content).subarray(0, had[0]) : undefined);
      const found = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
      expect(found.equals(content)).toBe(failure === null);
    }),
    { seed: 11, numRuns: 60 },
  );
});
