import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { done, ended, replaybook, start } from "./built.js";

const here = mkdtempSync(join(tmpdir(), "replaybook-ended-"));
const PROMPTLY = 20_000;

beforeAll(() => done(["generate", "paper", "--ticks", "600", "--load", "230", "-o", "paper.arrow"], here));
afterAll(() => rmSync(here, { recursive: true }));

/** Files and folders anywhere under a folder. */
const everything = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" });

describe("an interrupt", () => {
  it.each([
    ["SIGINT", 130, "workload.arrow"],
    ["SIGINT", 130, "edf/invocations.arrow"],
    ["SIGTERM", 143, "edf"],
  ] as const)(
    "by %s ends a replay promptly with %i and leaves nothing, when %s is being written",
    async (signal, status, file) => {
      const out = join(here, `${signal}-${file.replace("/", "-")}`);
      mkdirSync(out);
      const child = start(["replay", "paper.arrow", "-o", join(out, "run")], here);
      const end = ended(child);
      while (!everything(out).some((path) => path.endsWith(file))) await setTimeout(2);
      // Twice, as a terminal and npm together do.
      child.kill(signal);
      child.kill(signal);
      expect(await end).toEqual({ status, stdout: "", stderr: "" });
      expect(everything(out)).toEqual([]);
    },
    PROMPTLY,
  );
});

/** Runs `use` with a folder that holds `kib` KiB; false where this system does not let us make one. */
async function onSmallDisk(kib: number, use: (folder: string) => Promise<void>): Promise<boolean> {
  const folder = mkdtempSync(join(here, "disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", folder]);
  if (mounted.status !== 0) return false;
  try {
    await use(folder);
  } finally {
    spawnSync("umount", [folder]);
  }
  return true;
}

describe("a full disk", () => {
  // 138,000 invocations: their trace takes 3 MB, the workload 7 MB, what each scheduler makes of them 13 MB.
  it.for([
    ["the trace is read", 400],
    ["the workload is written", 6000],
    ["the schedulers replay it", 16_000],
  ] as const)(
    "ends a replay promptly with 1 and one line and leaves nothing, where it fills while %s",
    {
      timeout: PROMPTLY,
    },
    async ([_, kib], { skip }) => {
      const could = await onSmallDisk(kib, async (disk) => {
        expect(await replaybook(["replay", "paper.arrow", "-o", join(disk, "run")], here)).toEqual({
          status: 1,
          stdout: "",
          stderr: "replaybook: failed: the disk is full; nothing was left behind\n",
        });
        expect(everything(disk)).toEqual([]);
      });
      if (could) return;
      console.warn("not tested: a full disk, as no small one can be mounted here");
      skip();
    },
  );
});
