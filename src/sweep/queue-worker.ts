import { existsSync } from "node:fs";
import { DelayedError, UnrecoverableError, WaitingError, Worker } from "bullmq";
import { Invalid } from "../invalid.js";
import type { Seconds } from "../units.js";
import { attempt } from "./attempt.js";
import { SweepFolder } from "./folder.js";
import type { OptionReader } from "./grid.js";
import { type Digest, type Hands, inWorkers } from "./hands.js";
import { type CellJob, refusalOf, understood } from "./jobs.js";
import { Cancellation, type QueuedCell, queueOptions, tellOutages } from "./queue.js";
import type { QueueAddress } from "./queue-address.js";
import { PROCESS, type Store } from "./store.js";

/** How a worker works. None of it changes a byte. */
export interface WorkerManner {
  /** Jobs at a time, each in a thread of its own. */
  readonly workers: number;
  /** After so long without a sign of life a worker's job is another's. */
  readonly lock: Seconds;
  /** Ends after so long without a job; null: never. */
  readonly idle: Seconds | null;
  readonly digest: Digest;
  readonly reader: OptionReader;
  /** Is told in a line each what becomes of jobs. */
  readonly say: (line: string) => void;
}

/** A job whose worker was killed is taken over so often; one that kills whoever takes it must end some time. */
const MOST_STALLED = 20;
const CANCELLED = "cancelled";
const PUT_BACK_MS = 1_000;
const LOOK_MS = 1_000;

/**
 * Takes jobs of a store's queue until told to end. Replays run in threads, so that this one is always free to renew the
 * locks of its jobs: a lock that lapses makes a job another's too.
 */
export class QueueWorker {
  /** Settles when it has ended; rejects with Invalid where it was given jobs of another version. */
  readonly ended: Promise<void>;
  private readonly store: Store;
  private readonly manner: WorkerManner;
  private readonly hands: Hands;
  private readonly worker: Worker<CellJob, void, string>;
  private readonly cancellation: Cancellation;
  private readonly stop = new AbortController();
  private readonly active = new Set<string>();
  private lastActive = Date.now();
  private closing: Promise<void> | null = null;
  private refusal: Invalid | null = null;

  constructor(address: QueueAddress, store: Store, manner: WorkerManner) {
    const { workers, lock, digest, say, idle } = manner;
    this.store = store;
    this.manner = manner;
    this.hands = inWorkers(workers, digest);
    this.worker = new Worker<CellJob, void, string>(store.id, (job, token) => this.process(job as QueuedCell, token!), {
      ...queueOptions(address),
      ...{ name: PROCESS, concurrency: workers, autorun: false, runRetryDelay: LOOK_MS },
      ...{ lockDuration: lock * 1000, stalledInterval: lock * 1000, maxStalledCount: MOST_STALLED },
    });
    this.cancellation = new Cancellation(this.worker);
    tellOutages(this.worker, address, say);
    this.worker.on("stalled", (id) => say(`job ${id} was left by a worker that is gone; it is taken again`));
    this.ended = this.run(idle);
  }

  /** Takes no more jobs, and ends when those at hand are done. */
  finish(): void {
    this.closing ??= this.worker.close();
  }

  /** Puts the jobs at hand back for others, and ends. */
  giveUp(): void {
    this.stop.abort();
    this.finish();
  }

  private async run(idle: Seconds | null): Promise<void> {
    const running = this.worker.run();
    const idly = setInterval(() => {
      if (this.active.size > 0) this.lastActive = Date.now();
      if (idle !== null && Date.now() - this.lastActive > idle * 1000) this.finish();
    }, 100);
    try {
      await running;
      this.finish();
      await this.closing;
    } finally {
      clearInterval(idly);
      await this.hands.end();
    }
    if (this.refusal !== null) throw this.refusal;
  }

  private async process(job: QueuedCell, token: string): Promise<void> {
    const { data } = job;
    const refusal = this.refusal ?? refusalOf(data);
    if (refusal !== null) {
      this.refusal = refusal;
      await job.updateProgress({ refused: refusal.message });
      await job.moveToDelayed(Date.now() + PUT_BACK_MS, token);
      this.finish();
      throw new DelayedError();
    }
    const from = process.hrtime.bigint();
    const name = `${data.sweep}: runs/${data.run}`;
    const end = new AbortController();
    const watch = this.watch(data.sweep, end);
    this.active.add(job.id!);
    try {
      const replayed = await this.replay(job, AbortSignal.any([end.signal, this.stop.signal]));
      const seconds = Number(process.hrtime.bigint() - from) / 1e9;
      this.manner.say(`${name}: ${replayed ? `replayed in ${seconds.toFixed(1)} s` : "was there already"}`);
    } catch (error) {
      const message = (error as Error).message.replace(/\s+/g, " ");
      if (end.signal.aborted || message === CANCELLED) {
        this.manner.say(`${name}: ${CANCELLED}`);
        throw new UnrecoverableError(CANCELLED);
      }
      if (this.stop.signal.aborted) {
        await job.moveToWait(token);
        this.manner.say(`${name}: put back`);
        throw new WaitingError();
      }
      this.manner.say(`${name}: failed: ${message}`);
      // What is wrong with the plan or the trace is wrong with the next attempt too.
      throw message.startsWith("invalid ") ? new UnrecoverableError(message) : new Error(message);
    } finally {
      clearInterval(watch);
      this.active.delete(job.id!);
    }
  }

  private async replay(job: QueuedCell, signal: AbortSignal): Promise<boolean> {
    const { data, id, attemptsStarted } = job;
    if (await this.cancellation.said(data.sweep)) throw new Error(CANCELLED);
    const { folder, cell, trace, manifest } = understood(data, this.store, this.manner.reader);
    if (!existsSync(manifest)) throw new Invalid("job", data.sweep, "no sweep in the store", "one that is there still");
    let told = Date.now();
    return attempt({
      ...{ cell, trace, into: SweepFolder.at(folder), hands: this.hands, signal, workers: 1 },
      name: `${id}.${attemptsStarted}.${PROCESS}`,
      progress: (stage, rows, total) => {
        if (stage !== "replay" || Date.now() - told < LOOK_MS) return;
        told = Date.now();
        job.updateProgress(rows / total).catch(() => {});
      },
    });
  }

  /** Looks from time to time whether a sweep has been cancelled. */
  private watch(sweep: string, end: AbortController): NodeJS.Timeout {
    const look = async () => {
      if (await this.cancellation.said(sweep)) end.abort();
    };
    return setInterval(() => look().catch(() => {}), LOOK_MS);
  }
}
