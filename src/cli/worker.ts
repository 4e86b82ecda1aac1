import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { Invalid, oneLine } from "../invalid.js";
import { openStore } from "../sweep/store.js";
import { parseDuration } from "../units.js";
import { VERSION } from "../version.js";
import type { Register } from "./command.js";
import { wholeOf } from "./numbers.js";
import { plural } from "./plain.js";
import { SUMMARY_DIGEST } from "./sweep-digest.js";
import { queueOf } from "./sweep-flags.js";
import { SWEEP_OPTIONS } from "./sweep-options.js";

interface Flags {
  readonly store: string;
  readonly queue?: string;
  readonly workers?: string;
  readonly lock: string;
  readonly idle?: string;
}

/** A worker that cannot tell its queue that it ends does so anyway. */
const LEAVE_MS = 10_000;

/** `replaybook worker`: replays what sweeps submit to a queue. */
export const register: Register = (program: Command): void => {
  program
    .command("worker")
    .description("take replays of sweeps from a queue, as many workers as you like on any machine")
    .requiredOption("--store <dir>", "the folder that the sweeps' folders are in, shared with who submits them")
    .option("--queue <url>", "redis://[[user]:password@]host[:port][/db] (default: $REPLAYBOOK_QUEUE)")
    .option("--workers <n>", `runs at a time (default: the cores, ${availableParallelism()})`)
    .option("--lock <time>", "another worker takes the runs of one that was silent for so long", "30s")
    .option("--idle <time>", "end after so long without a run (default: never)")
    .addHelpText(
      "after",
      `
Ctrl-C ends it when its runs are done; a second one, or SIGTERM, puts them back for others.
A worker that is killed loses nothing: its runs are another's after --lock.

Example:
  $ REPLAYBOOK_QUEUE=redis://:PASSWORD@head npx replaybook worker --store /shared`,
    )
    .action(run);
};

async function run(flags: Flags): Promise<void> {
  const address = queueOf(flags.queue);
  if (address === undefined) {
    throw new Invalid("queue", "none", "--queue, REPLAYBOOK_QUEUE", "an address such as redis://host:6379");
  }
  const count = flags.workers ?? String(availableParallelism());
  const workers = wholeOf("workers", count, "--workers", 1, 1024);
  const lock = parseDuration(flags.lock, "--lock");
  if (lock < 1 || lock > 86_400) throw new Invalid("lock", flags.lock, "--lock", "a time from 1s to 1d");
  const idle = flags.idle === undefined ? null : parseDuration(flags.idle, "--idle");
  const store = openStore(flags.store, "--store");
  const say = (line: string) => process.stderr.write(`worker: ${oneLine(line)}\n`);
  const [{ checkQueue }, { QueueWorker }] = await Promise.all([
    import("../sweep/queue.js"),
    import("../sweep/queue-worker.js"),
  ]);
  await checkQueue(address);
  const manner = { workers, lock, idle, digest: SUMMARY_DIGEST, reader: SWEEP_OPTIONS, say };
  const worker = new QueueWorker(address, store, manner);
  say(`replaybook ${VERSION} takes ${plural(workers, "run")} at a time of ${store.path} from ${address.shown}`);
  let interrupts = 0;
  let left: number | null = null;
  const leave = (code: number) => {
    left = code;
    worker.giveUp();
    setTimeout(() => process.exit(code), LEAVE_MS).unref();
  };
  process.on("SIGINT", () => {
    interrupts++;
    if (interrupts === 1) {
      say("ends when its runs are done; Ctrl-C again puts them back");
      worker.finish();
    } else leave(130);
  });
  for (const [signal, code] of [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => leave(code));
  }
  await worker.ended;
  if (left !== null) process.exit(left);
}
