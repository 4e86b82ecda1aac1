import { setImmediate } from "node:timers/promises";
import { Invalid } from "../invalid.js";
import type { ByteSource } from "./byte-source.js";

/** Text of a block that is longer is no longer collected with what is young. */
const BLOCK_BYTES = 65536;
const LONGEST = 67108864;

/**
 * A source as text, block by block, for what is not read field by field: a character is a byte (latin1), so that places
 * in the text are places in the file and nothing is lost. `text` from `at` on is what has been read and not taken.
 */
export class TextBlocks {
  readonly source: ByteSource;
  text = "";
  at = 0;
  /** Number of the line that was taken last. */
  line = 0;
  /** Whether `text` goes to the file's end. */
  ended = false;
  private bytes: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private started = false;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /**
   * Reads on, keeping what has not been taken; other work goes on meanwhile. False where all has been read and taken.
   * Throws Invalid where what is kept is longer than 64 MiB.
   */
  async more(): Promise<boolean> {
    if (this.ended) return false;
    await setImmediate();
    let filled = this.text.length - this.at;
    this.bytes.copyWithin(0, this.at, this.text.length);
    if (2 * filled > this.bytes.length) this.grow(filled);
    while (filled < this.bytes.length && !this.ended) {
      const read = await this.source.read(this.bytes, filled, this.bytes.length - filled);
      filled += read;
      this.ended = read === 0;
    }
    this.text = this.bytes.toString("latin1", 0, filled);
    this.at = !this.started && this.text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
    this.started = true;
    return this.at < filled;
  }

  /** Takes the next line, without its end; null where more has to be read. The file's last may lack its end. */
  nextLine(): string | null {
    const { text, at } = this;
    let end = text.indexOf("\n", at);
    if (end < 0) {
      if (!this.ended || at === text.length) return null;
      end = text.length;
    }
    this.line++;
    this.at = Math.min(end + 1, text.length);
    return text.slice(at, end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end);
  }

  /** Whether the line that was taken last has no end, as in a file that was cut. */
  get lastWithoutLineEnd(): boolean {
    return this.ended && this.at === this.text.length && !this.text.endsWith("\n");
  }

  private grow(filled: number): void {
    if (this.bytes.length >= LONGEST) {
      throw new Invalid("line", this.line + 1, `${this.source.name}, longer than 64 MiB`, "lines of text");
    }
    const bytes = Buffer.allocUnsafeSlow(2 * this.bytes.length);
    this.bytes.copy(bytes, 0, 0, filled);
    this.bytes = bytes;
  }
}
