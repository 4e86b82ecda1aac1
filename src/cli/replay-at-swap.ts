import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { openRun, type RunFolder } from "../analysis/run-folder.js";
import { Invalid } from "../invalid.js";
import { run } from "../run.js";
import { writeManifests } from "../run-manifest.js";
import { readEarlierRun } from "./earlier-run.js";
import type { ProgressDisplay } from "./progress.js";
import { canonicalTexts, parseOptions, resolveTexts } from "./run-options.js";
import { traceAt } from "./trace-source.js";

/**
 * Repeats a run at other sizes of swap (texts such as "8GB"), into folders of `target`, which exists. Throws Invalid
 * where the run's trace is gone or is another one now.
 */
export async function replayAtSwap(
  before: RunFolder,
  scheduler: string,
  sizes: readonly string[],
  target: string,
  display: ProgressDisplay,
): Promise<RunFolder[]> {
  const path = join(before.folder, "run.json");
  const { texts: earlier, tracePath, traceSha256, reading } = readEarlierRun(path);
  if (tracePath === undefined) {
    throw new Invalid(
      "trace",
      "none",
      `timings.json of ${before.folder}`,
      "the trace's path, which replay writes there",
    );
  }
  const scratch = join(target, "trace");
  const { trace } = await traceAt(tracePath, scratch, reading, display);
  try {
    if (trace.manifest.sha256 !== traceSha256) {
      const where = `not what ${before.folder} replayed: its sha256 is ${trace.manifest.sha256}`;
      throw new Invalid("trace", tracePath, where, `one whose sha256 is ${traceSha256}`);
    }
    const runs: RunFolder[] = [];
    for (const swap of sizes) {
      const texts = resolveTexts(earlier, { swap, scheduler });
      const options = parseOptions(texts);
      const folder = join(target, `${before.name}-swap-${swap}`);
      mkdirSync(folder);
      const facts = await run(trace, options, folder, {
        progress: (stage, done, total) => display.show(`${stage} at ${swap}`, done, total),
      });
      display.end();
      const inputs = { map: reading.map, on_bad_row: reading.onBadRow };
      const circumstances = { trace_path: resolve(tracePath) };
      writeManifests(folder, trace, inputs, canonicalTexts(texts, options), facts, circumstances);
      runs.push(openRun(folder));
    }
    return runs;
  } finally {
    display.end();
    await trace.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
