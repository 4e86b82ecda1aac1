import { type Job, Queue, type QueueBaseOptions } from "bullmq";
import { Invalid } from "../invalid.js";
import type { CellJob, JobProgress } from "./jobs.js";
import { type QueueAddress, scrubbed } from "./queue-address.js";
import type { Store } from "./store.js";

export type CellQueue = Queue<CellJob, void, string>;
export type QueuedCell = Job<CellJob, void, string, JobProgress>;

/** A queue, as who submits to it or works for it has it. */
type Connected = Pick<CellQueue, "backend" | "toKey">;

/** Before the name of every key in Redis. */
const PREFIX = "replaybook";
const CONNECT_MS = 5_000;
const RETRY_MS = 1_000;
/** How long workers stop what is cancelled, and a submission to be cancelled learns of it. */
const CANCELLED_MS = 600_000;

/** How BullMQ is to reach a queue: for as long as it takes, so that a server may stop and come back. */
export function queueOptions({ connection }: QueueAddress): QueueBaseOptions & { readonly prefix: string } {
  const retry = { retryStrategy: (times: number) => Math.min(RETRY_MS, 50 * times), maxRetriesPerRequest: null };
  return { prefix: PREFIX, connection: { ...connection, ...retry, connectTimeout: CONNECT_MS } };
}

/** Throws Invalid, without the password, where a queue's server does not answer or does not let us in. */
export async function checkQueue(address: QueueAddress): Promise<void> {
  const { connection } = address;
  const once = { retryStrategy: () => null, maxRetriesPerRequest: null, connectTimeout: CONNECT_MS };
  const queue = new Queue("check", { prefix: PREFIX, connection: { ...connection, ...once } });
  queue.on("error", () => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), 2 * CONNECT_MS);
  });
  try {
    await Promise.race([queue.waitUntilReady(), late]);
  } catch (error) {
    const said = scrubbed((error as Error).message, address).replace(/[\s.]+$/, "");
    const expected = /^(NOAUTH|WRONGPASS|NOPERM)/.test(said)
      ? "one whose password is in its address, redis://:PASSWORD@host"
      : "a Redis or Valkey server that answers";
    throw new Invalid("queue", address.shown, `${address.where}, ${said}`, expected);
  } finally {
    clearTimeout(timer);
    await queue.close().catch(() => {});
  }
}

/** Opens the queue of a store. `say` is told when its server goes and comes back. */
export function openQueue(address: QueueAddress, store: Store, say: (line: string) => void): CellQueue {
  const queue: CellQueue = new Queue(store.id, queueOptions(address));
  tellOutages(queue, address, say);
  return queue;
}

/** Says in a line each when a server goes away, when it is back, and what else is wrong. */
export function tellOutages(
  on: Connected & { on(event: "error", listener: (error: Error) => void): unknown },
  address: QueueAddress,
  say: (line: string) => void,
): void {
  let away = false;
  const said = new Set<string>();
  on.on("error", (error) => {
    const { code, message } = error as NodeJS.ErrnoException;
    const text = scrubbed(message, address);
    if (code === undefined && !/connection|ECONN|socket|LOADING/i.test(text)) {
      if (!said.has(text)) say(`queue ${address.shown}: ${text}`);
      said.add(text);
    } else if (!away) {
      away = true;
      say(`queue ${address.shown} is away (${text}); waiting for it`);
      const back = async () => {
        await (await on.backend.client).get(on.toKey("meta"));
        if (away) say(`queue ${address.shown} is back`);
        away = false;
      };
      back().catch(() => {
        away = false;
      });
    }
  });
}

/** The word that a sweep is cancelled: workers stop its jobs, and who waits for it ends. */
export class Cancellation {
  private readonly queue: Connected;

  constructor(queue: Connected) {
    this.queue = queue;
  }

  async said(sweep: string): Promise<boolean> {
    return (await (await this.queue.backend.client).get(this.key(sweep))) !== null;
  }

  async say(sweep: string): Promise<void> {
    await (await this.queue.backend.client).set(this.key(sweep), "1", { PX: CANCELLED_MS });
  }

  async takeBack(sweep: string): Promise<void> {
    await (await this.queue.backend.client).del(this.key(sweep));
  }

  private key(sweep: string): string {
    return this.queue.toKey(`cancelled:${sweep}`);
  }
}
