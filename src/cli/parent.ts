/** Milliseconds between two messages to the parent. */
const EVERY_MS = 100;

/** Whether a process that started this one, such as a notebook's kernel, wants to be told how far it is. */
export const HAS_PARENT = process.env["REPLAYBOOK_PROGRESS"] === "parent" && process.send !== undefined;

let toldAt = 0;

/** Tells the parent how far the work is, ten times a second at most. */
export function tellParent(stage: string, done: number, total: number, unit: string): void {
  const now = Date.now();
  if (now - toldAt < EVERY_MS) return;
  toldAt = now;
  process.send!({ stage, done: Math.min(done, total), total, unit });
}

/** Ends this process, nothing half-written, when the parent has gone. */
export function endWithParent(): void {
  if (!HAS_PARENT) return;
  process.on("disconnect", () => process.exit(1));
  process.channel!.unref();
}
