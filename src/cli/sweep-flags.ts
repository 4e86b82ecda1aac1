import { availableParallelism } from "node:os";
import { Invalid } from "../invalid.js";
import { type QueueAddress, queueAddress } from "../sweep/queue-address.js";
import { parseShard } from "../sweep/shard.js";
import { wholeOf } from "./numbers.js";
import type { SweepManner } from "./sweep-run.js";

/** Flags that say who replays. */
export interface HandFlags {
  readonly workers?: string;
  readonly shard?: string;
  readonly queue?: string;
  readonly store?: string;
  readonly cancel?: boolean;
  readonly force?: boolean;
}

/** The environment's queue: a flag shows a password in it to everybody who lists processes. */
const VARIABLE = "REPLAYBOOK_QUEUE";

/** The queue that a flag or the environment gives; undefined: none. Throws Invalid, without the password. */
export function queueOf(flag: string | undefined): QueueAddress | undefined {
  const [text, where] = flag === undefined ? [process.env[VARIABLE] ?? "", VARIABLE] : [flag, "--queue"];
  if (text === "" && flag === undefined) return undefined;
  const address = queueAddress(text, where);
  // On the command line it stands where other users of the machine can read it.
  if (address.connection.password !== undefined && flag !== undefined) process.title = "replaybook";
  return address;
}

/** Who replays. Throws Invalid where flags contradict each other. */
export function handsOf(flags: HandFlags): Pick<SweepManner, "workers" | "shard" | "queue"> {
  const address = queueOf(flags.queue);
  const { workers, shard, store } = flags;
  const refuse = (name: "workers" | "shard" | "store" | "cancel" | "force", expected: string, by: string) => {
    if (flags[name] !== undefined) throw new Invalid(name, flags[name], `--${name}, ${by}`, expected);
  };
  if (address === undefined) {
    refuse("store", "it with --queue", `without --queue or ${VARIABLE}`);
    refuse("cancel", "it with --queue", `without --queue or ${VARIABLE}`);
  } else {
    refuse("workers", "it at `replaybook worker`", `with ${address.where}`);
    refuse("shard", "one of the two", `with ${address.where}`);
  }
  if (shard !== undefined) refuse("force", "one of the two", "with --shard");
  return {
    workers: workers === undefined ? availableParallelism() : wholeOf("workers", workers, "--workers", 1, 1024),
    shard: shard === undefined ? undefined : parseShard(shard, "--shard"),
    queue: address === undefined ? undefined : { address, store },
  };
}
