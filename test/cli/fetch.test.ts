import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Ask } from "../../src/cli/ask.js";
import { fetchCommand } from "../../src/cli/fetch.js";
import type { Dataset } from "../../src/trace/fetch/datasets.js";
import { DAY_FILES, LOG, miniatures } from "../trace/fetch-fixture.js";
import { drop, type Reply, serve, status, type Web, well } from "../trace/web-server.js";
import { call } from "./call.js";

const root = mkdtempSync(join(tmpdir(), "replaybook-fetch-"));
afterAll(() => rmSync(root, { recursive: true }));
const { datasets, files } = await miniatures();
const PATIENCE = { silence_ms: 300, failures: 3, progressBytes: 10_000, pause_ms: 1 };

let here: string;
beforeEach(() => {
  here = mkdtempSync(join(root, "fetch-"));
});

/** The data sets, at a server. */
function at(web: Web, of: Readonly<Record<string, Dataset>> = datasets): Record<string, Dataset> {
  const moved = Object.entries(of).map(([name, dataset]) => {
    const downloads = dataset.downloads.map((file) => ({ ...file, address: web.at(file.name) }));
    return [name, { ...dataset, downloads }];
  });
  return Object.fromEntries(moved);
}

/** `replaybook fetch` of them; nobody can be asked. */
const fetching = (web: Web, words: string, ask: Ask | null = null, of = datasets) =>
  call(
    fetchCommand(at(web, of), () => ask, PATIENCE),
    "fetch",
    ...words.split(" "),
    "-o",
    join(here, "out"),
  );

const message = (failing: Promise<unknown>) =>
  failing.then(
    () => "it went well",
    (error: Error) => error.message,
  );
const content = (name: string) => readFileSync(join(here, "out", name));

describe("fetch of an archive of days", () => {
  it("unpacks the first day, keeps the archive for the others, and says what to type next", async () => {
    const web = await serve(files);
    expect(await fetching(web, "days")).toBe(
      [
        "days: day 1 of 3",
        "  a.d01.csv  58 bytes",
        "  b.d01.csv  57 bytes",
        "  c.d01.csv   3 bytes",
        "",
        "CC-BY 4.0; cite nobody",
        "",
        `its other days are in ${join(here, "days.tar.xz")}`,
        `wrote ${join(here, "out")}`,
        `next: npx replaybook ingest ${join(here, "out")} -o ${join(here, "out")}-trace`,
        "",
      ].join("\n"),
    );
    expect(readdirSync(here)).toEqual(["days.tar.xz", "out"]);
    expect(readdirSync(join(here, "out"))).toEqual(["a.d01.csv", "b.d01.csv", "c.d01.csv"]);
    expect(content("a.d01.csv").equals(DAY_FILES["set/a.d01.csv"]!)).toBe(true);
  });

  it("takes other days from the archive that was kept, downloading nothing", async () => {
    const web = await serve(files);
    await fetching(web, "days");
    rmSync(join(here, "out"), { recursive: true });
    const printed = await fetching(web, "days --days 2..3 --families memory,invocations");
    expect(printed).toContain("days: days 2..3 of 3\n");
    expect(web.asked).toHaveLength(1);
    expect(readdirSync(join(here, "out"))).toEqual(["a.d02.csv", "a.d03.csv", "c.d02.csv"]);
    expect(readdirSync(here)).toEqual(["days.tar.xz", "out"]);
  });

  it("unpacks all days and leaves no archive, unless it is to be kept", async () => {
    const web = await serve(files);
    expect(await fetching(web, "days --days all")).not.toContain("archive");
    expect(readdirSync(here)).toEqual(["out"]);
    expect(readdirSync(join(here, "out"))).toHaveLength(8);
    expect(await fetching(web, "days --days all --force --keep-archive")).toContain(
      `the archive is ${join(here, "days.tar.xz")}\n`,
    );
    expect(readdirSync(here)).toEqual(["days.tar.xz", "out"]);
  });

  it("leaves no archive of one day where it is told not to", async () => {
    const web = await serve(files);
    await fetching(web, "days --no-keep-archive");
    expect(readdirSync(here)).toEqual(["out"]);
  });

  it("says nothing of ingest where there are no invocations", async () => {
    expect(await fetching(await serve(files), "days --families durations")).not.toContain("next:");
  });

  it("prints JSON", async () => {
    const printed = await fetching(await serve(files), "days --days 2 --families memory --json");
    expect(JSON.parse(printed)).toEqual({
      dataset: "days",
      folder: join(here, "out"),
      files: [{ name: "c.d02.csv", bytes: 3 }],
      archive: join(here, "days.tar.xz"),
      terms: "CC-BY 4.0; cite nobody",
    });
  });
});

describe("fetch of other kinds", () => {
  it("unpacks the log of a rar and leaves nothing else", async () => {
    const printed = await fetching(await serve(files), "log");
    expect(printed).toMatch(/^log\n {2}log.txt {2}81 kB\n/);
    expect(content("log.txt").equals(LOG)).toBe(true);
    expect(readdirSync(here)).toEqual(["out"]);
  });

  it("checks the log's sha256 as well, and says what else unpacks it", async () => {
    const { archive, ...log } = datasets["log"]!;
    if (archive?.kind !== "rar") throw new Error("no rar");
    const other = { log: { ...log, archive: { ...archive, file: { ...archive.file, sha256: "0".repeat(64) } } } };
    expect(await message(fetching(await serve(files), "log", null, other))).toMatch(
      /^log.txt has sha256 [0-9a-f]{64}, not 0{64}; RARLAB's unrar may unpack it: unrar x .*log.rar.partial$/,
    );
    expect(readdirSync(here)).toEqual(["log.rar.partial"]);
  });

  it("fetches plain files", async () => {
    await fetching(await serve(files), "plain");
    expect(readdirSync(here)).toEqual(["out"]);
    expect(readdirSync(join(here, "out"))).toEqual(["code.csv", "conv.csv"]);
    expect(content("conv.csv").equals(files["conv.csv"]!)).toBe(true);
  });
});

describe("fetch of what does not come", () => {
  it("goes on where the last run ended", async () => {
    const web = await serve(files, drop(60_000), status(404), well);
    expect(await message(fetching(web, "days"))).toMatch(/^http.*days.tar.xz answers 404 Not Found$/);
    expect(readdirSync(here)).toEqual(["days.tar.xz.partial"]);
    await fetching(web, "days");
    expect(web.asked.map(({ range }) => range)).toEqual([undefined, "bytes=60000-", "bytes=60000-"]);
    expect(readdirSync(here)).toEqual(["days.tar.xz", "out"]);
  });

  it("writes no output where one file of two has wrong bytes", async () => {
    const bad: Reply = (request, response, content) => well(request, response, Buffer.alloc(content.length, "?"));
    const web = await serve(files, well, bad);
    expect(await message(fetching(web, "plain"))).toMatch(/conv.csv sends other content: sha256/);
    expect(readdirSync(here)).toEqual(["code.csv.partial"]);
  });
});

describe("fetch from elsewhere", () => {
  const nowhere = () => serve(files, status(500));

  it("takes an archive that is here, and leaves it as it is", async () => {
    const web = await nowhere();
    writeFileSync(join(here, "mine.xz"), files["days.tar.xz"]!);
    expect(await fetching(web, `days --days 1,2 --from ${join(here, "mine.xz")}`)).toContain("days: days 1..2 of 3\n");
    expect(readdirSync(here)).toEqual(["mine.xz", "out"]);
    expect(readFileSync(join(here, "mine.xz")).equals(files["days.tar.xz"]!)).toBe(true);
    expect(web.asked).toEqual([]);
  });

  it("takes files from a folder", async () => {
    mkdirSync(join(here, "have"));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(here, "have", name), bytes);
    for (const name of ["plain", "log", "days"]) {
      await fetching(await nowhere(), `${name} --force --from ${join(here, "have")}`);
    }
    expect(readdirSync(here)).toEqual(["have", "out"]);
    expect(readdirSync(join(here, "have"))).toEqual(Object.keys(files).sort());
  });

  it("takes a file or a folder at another address", async () => {
    const web = await serve(files);
    await fetching(await nowhere(), `days --from ${web.at("mirror/days.tar.xz")}`);
    await fetching(await nowhere(), `plain --force --from ${web.at("mirror/")}`);
    expect(web.asked.map(({ path }) => path)).toEqual(["/mirror/days.tar.xz", "/mirror/code.csv", "/mirror/conv.csv"]);
  });

  it("refuses a file that is not what it should be", async () => {
    const web = await nowhere();
    const file = join(here, "days.xz");
    writeFileSync(file, Buffer.alloc(files["days.tar.xz"]!.length));
    expect(await message(fetching(web, `days --from ${file}`))).toMatch(
      /^invalid file: .*days.xz \(sha256 [0-9a-f]{64}\); expected the days.tar.xz with sha256 [0-9a-f]{64}$/,
    );
    writeFileSync(file, "short");
    expect(await message(fetching(web, `days --from ${file}`))).toMatch(
      /^invalid file: .*days.xz \(5 bytes\); expected the \d+ bytes of days.tar.xz$/,
    );
    cpSync(file, join(here, "days.tar.xz"));
    expect(await message(fetching(web, "days"))).toMatch(/^invalid file: .*days.tar.xz \(5 bytes\); expected/);
    expect(await message(fetching(web, `plain --from ${file}`))).toMatch(
      /\(--from, one file\); expected an http or https address, or a folder that holds code.csv$/,
    );
    expect(await message(fetching(web, `days --from ${join(here, "no")}`))).toMatch(
      /\(--from, not there\); expected an http or https address, or days.tar.xz or a folder that holds days.tar.xz$/,
    );
    expect(await message(fetching(web, `days --from ${root}`))).toMatch(/\(--from, without the file\)/);
    expect(await message(fetching(web, "plain --from http://here/one"))).toMatch(
      /\(--from, one file of 2\); expected an address that ends in \/$/,
    );
    expect(existsSync(join(here, "out"))).toBe(false);
    expect(web.asked).toEqual([]);
  });
});

describe("fetch is refused", () => {
  it.each([
    ["nothing", "invalid data set: nothing (unknown); expected one of days, log, plain"],
    ["constructor", "invalid data set: constructor (unknown); expected one of days, log, plain"],
    [
      "days --families constructor",
      "invalid family: constructor (--families); expected some of invocations,durations,memory",
    ],
    ["days --days 4", "invalid days: 4 (--days); expected days from 1 to 3, such as 2, 1..3, 1,5 or all"],
    ["days --days 3 --families memory", "invalid days: 3 (--days, of memory); expected days from 1 to 2"],
    ["log --days 1", "invalid days: 1 (--days, of log); expected none: it comes as a whole"],
    ["plain --families a", "invalid families: a (--families, of plain); expected none: it comes as a whole"],
  ])("%s", async (words, expected) => {
    expect(await message(fetching(await serve(files), words))).toBe(expected);
    expect(readdirSync(here)).toEqual([]);
  });

  it("where the output exists", async () => {
    mkdirSync(join(here, "out"));
    expect(await message(fetching(await serve(files), "plain"))).toMatch(/^invalid output: .*\(-o, exists\)/);
  });
});

describe("above 100 MB", () => {
  const [download] = datasets["days"]!.downloads;
  const big = { days: { ...datasets["days"]!, downloads: [{ ...download!, bytes: 142_968_140 }] } };

  it("nothing is downloaded where nobody can be asked", async () => {
    const web = await serve(files);
    expect(await message(fetching(web, "days", null, big))).toBe(
      "invalid download: 143 MB (days, above 100 MB without a terminal to ask on); expected --yes",
    );
    expect([web.asked, readdirSync(here)]).toEqual([[], []]);
  });

  it("nothing is downloaded after a no", async () => {
    const web = await serve(files);
    const questions: string[] = [];
    const no = (question: string) => Promise.resolve(questions.push(question) < 0);
    expect(await message(fetching(web, "days --days 2,3", no, big))).toBe("nothing was downloaded");
    expect(questions).toEqual(["days: download 143 MB and unpack about 2.0 MB?"]);
    expect(web.asked).toEqual([]);
  });

  it("it is downloaded after a yes, and with --yes", async () => {
    const web = await serve(files);
    const differs = /has a file of [\d,]+ bytes, not the 142,968,140/;
    expect(await message(fetching(web, "days", () => Promise.resolve(true), big))).toMatch(differs);
    expect(await message(fetching(web, "days --yes", null, big))).toMatch(differs);
    expect(web.asked).toHaveLength(2);
  });
});
