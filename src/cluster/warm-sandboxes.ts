/** Keys of (machine, function) pairs are machine * FUNCTIONS + function: exact for 16 million machines. */
const FUNCTIONS = 536870912;

/**
 * Idle sandboxes of functions on machines. One is kept for a time after its invocation has finished, and serves the next
 * of its function that is placed on the machine before that time is over: the one used last, so that the others can go.
 */
export class WarmSandboxes {
  private readonly keepAlive: number;
  /** By machine and function: when its sandboxes expire, ascending. */
  private readonly expiries = new Map<number, number[]>();
  /** Every sandbox kept, in order of expiry: when, and its key; those before `from` have been dealt with. */
  private times: number[] = [];
  private keys: number[] = [];
  private from = 0;

  /** `keepAlive` >= 0, seconds. */
  constructor(keepAlive: number) {
    this.keepAlive = keepAlive;
  }

  /** An invocation of a function (-1: unknown, it serves no other) has finished on machine m at `now`. */
  keep(m: number, func: number, now: number): void {
    if (func < 0 || this.keepAlive === 0) return;
    this.expire(now);
    const key = m * FUNCTIONS + func;
    const expiry = now + this.keepAlive;
    const kept = this.expiries.get(key);
    if (kept === undefined) this.expiries.set(key, [expiry]);
    else kept.push(expiry);
    this.times.push(expiry);
    this.keys.push(key);
  }

  /** Takes a sandbox of a function on machine m; returns whether there is one that has not expired by `now`. */
  take(m: number, func: number, now: number): boolean {
    this.expire(now);
    const key = m * FUNCTIONS + func;
    const kept = this.expiries.get(key);
    if (kept === undefined) return false;
    kept.pop();
    if (kept.length === 0) this.expiries.delete(key);
    return true;
  }

  /** Forgets what has expired. */
  private expire(now: number): void {
    const { expiries, keys, times } = this;
    while (this.from < times.length && times[this.from]! <= now) {
      const key = keys[this.from++]!;
      const kept = expiries.get(key);
      if (kept === undefined || kept[0]! > now) continue;
      kept.shift();
      if (kept.length === 0) expiries.delete(key);
    }
    if (this.from < 65536 || 2 * this.from < times.length) return;
    this.times = times.slice(this.from);
    this.keys = keys.slice(this.from);
    this.from = 0;
  }
}
