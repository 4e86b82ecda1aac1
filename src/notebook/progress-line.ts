import { cellOutput } from "./kernel.js";

/** Told of what goes on: a stage, how far it is, and how far it goes. */
export type Progress = (stage: string, done: number, total: number) => void;

/** Seconds of a stage after which the time that it has left can be told. */
const TELLING_S = 2;

/** One line of a cell's output that says how far long work is, and in the end what came of it. Outside a notebook: nothing. */
export class ProgressLine {
  private readonly write = cellOutput();
  private readonly from = process.hrtime.bigint();
  private readonly id = `replaybook-${process.pid}-${this.from}`;
  private readonly progress: Progress | undefined;
  private shown = "";
  private stage = "";
  private since = 0;

  /** Where `progress` is given, it is told how far the work is, and nothing is shown of that. */
  constructor(progress?: Progress) {
    this.progress = progress;
  }

  /** Seconds since it began. */
  get seconds(): number {
    return Number(process.hrtime.bigint() - this.from) / 1e9;
  }

  /** `done` of `total` `unit`s of a stage. */
  show(stage: string, done: number, total: number, unit: string): void {
    if (this.progress) {
      this.progress(stage, done, total);
      return;
    }
    const now = this.seconds;
    if (stage !== this.stage) {
      this.stage = stage;
      this.since = now;
    }
    const share = total > 0 ? done / total : 1;
    const took = now - this.since;
    const left = took < TELLING_S || share === 0 ? "" : `, ${plainSeconds(took * (1 / share - 1))} left`;
    const all = total < 10 ? Number(total.toPrecision(2)) : Math.round(total).toLocaleString("en-US");
    this.put(`${stage}: ${Math.floor(100 * share)} % of ${all} ${unit}${left}`);
  }

  /** It has come to nothing; why, the cell's error says. */
  stop(): void {
    if (this.shown !== "") this.put(`${this.stage}: stopped`);
  }

  /** What came of it, to stay; not worth a line of its own where `quietly`. */
  end(text: string, quietly = false): void {
    if (!quietly || this.shown !== "") this.put(text);
  }

  private put(text: string): void {
    if (this.progress || text === this.shown) return;
    this.write?.({ data: { "text/plain": text }, metadata: {} }, this.id, this.shown !== "");
    this.shown = text;
  }
}

/** "4 s", "1 min 30 s", "2 h 5 min". */
export function plainSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
