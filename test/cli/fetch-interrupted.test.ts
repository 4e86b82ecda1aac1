import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { downloadOf } from "../trace/fetch-fixture.js";
import { storedRar } from "../trace/rar-fixture.js";
import { part, type Reply, serve, well } from "../trace/web-server.js";
import { ended, MAIN } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-fetch-ended-"));
afterAll(() => rmSync(here, { recursive: true }));

const log = Buffer.from(`app,func,end_timestamp,duration\n${"a,f,10.5,0.5\n".repeat(300_000)}`);
const archive = storedRar({ "log.txt": log });
const SENT = 1_500_000;

/** Sends a part of what is asked for, then nothing, and keeps the connection. */
const stall: Reply = (request, response, content) => {
  const { status, headers, body } = part(request, content);
  response.writeHead(status, headers).write(body.subarray(0, SENT));
};

/** Starts a fetch of the archive at an address, as a process of its own. */
function start(address: string, folder: string): ChildProcess {
  if (!existsSync(MAIN)) throw new Error("not built: npm run build");
  const { address: _, ...file } = downloadOf("log.txt", log);
  const downloads = [downloadOf("log.rar", archive, address)];
  const datasets = JSON.stringify({ log: { downloads, archive: { kind: "rar", file }, terms: "CC-BY 4.0" } });
  const words = [join(import.meta.dirname, "fetch-child.mjs"), datasets, "fetch", "log", "-o", join(folder, "out")];
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
}

const bytesOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

describe("an interrupt of a fetch", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGKILL", null],
  ] as const)("by %s leaves a partial file, behind which the next one goes on", async (signal, status) => {
    const folder = mkdtempSync(join(here, `${signal}-`));
    const partial = join(folder, "log.rar.partial");
    const web = await serve(archive, stall, well);
    const child = start(web.at("log.rar"), folder);
    const end = ended(child);
    while (bytesOf(partial) < SENT && child.exitCode === null) await setTimeout(5);
    child.kill(signal);
    expect(await end).toMatchObject({ status, stdout: "" });
    const left = readdirSync(folder);
    expect(left.filter((name) => !name.startsWith("out.partial-"))).toEqual(["log.rar.partial"]);
    expect(left.length).toBe(status === null ? 2 : 1);
    const had = bytesOf(partial);
    expect(readFileSync(partial).equals(archive.subarray(0, had))).toBe(true);

    expect(await ended(start(web.at("log.rar"), folder))).toMatchObject({ status: 0, stderr: "" });
    expect(web.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${had}-`]);
    expect(readdirSync(folder).filter((name) => !name.startsWith("out.partial-"))).toEqual(["out"]);
    expect(readFileSync(join(folder, "out", "log.txt")).equals(log)).toBe(true);
  });
});
