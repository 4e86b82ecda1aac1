import { Presets, SingleBar } from "cli-progress";
import { HAS_PARENT, tellParent } from "./parent.js";

const LINES = 5;

/**
 * Shows on stderr how far long work is: a bar with rate and time left on a terminal, a few plain lines elsewhere. Where
 * a parent process asked for it, such as a notebook, it is told instead.
 */
export class ProgressDisplay {
  private bar: SingleBar | null = null;
  private stage = "";
  private said = 0;
  private readonly least: number;

  /** Nothing is shown of work with a total below `least`. */
  constructor(least: number) {
    this.least = least;
  }

  /** `done` of `total` `unit`s of a stage. */
  readonly show = (stage: string, done: number, total: number, unit = "invocations"): void => {
    if (HAS_PARENT) {
      tellParent(stage, done, total, unit);
      return;
    }
    if (total < this.least) return;
    if (stage !== this.stage) {
      this.end();
      this.stage = stage;
      this.said = 0;
      if (process.stderr.isTTY) {
        const format = `${stage.padEnd(8)} [{bar}] {percentage} % of {total} ${unit}, {eta_formatted} left`;
        const options = { format, stream: process.stderr, clearOnComplete: true, barsize: 24, etaBuffer: 50 };
        this.bar = new SingleBar(options, Presets.shades_classic);
        this.bar.start(Math.round(total), 0);
        process.once("exit", this.end);
      }
    }
    const at = Math.min(done, total);
    if (this.bar) this.bar.update(Math.round(at));
    else {
      while (this.said < LINES && at * LINES >= total * (this.said + 1)) {
        this.said++;
        process.stderr.write(`${stage}: ${Math.round((100 * this.said) / LINES)} % of ${Math.round(total)} ${unit}\n`);
      }
    }
  };

  /** Removes the bar; also where the process ends in the midst of it, as the terminal would stay without line wrap. */
  readonly end = (): void => {
    process.off("exit", this.end);
    this.bar?.stop();
    this.bar = null;
    this.stage = "";
  };
}
