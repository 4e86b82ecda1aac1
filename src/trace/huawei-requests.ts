import { Invalid } from "../invalid.js";
import type { Bad } from "./bad-rows.js";
import type { CsvReader } from "./csv.js";
import { fieldText, internField, nothingThere, TOO_FEW } from "./csv-rows.js";
import type { FunctionLabels } from "./function-labels.js";
import type { InvocationLog, LogRow } from "./invocation-log.js";
import type { Keys } from "./keys.js";
import { Labels, NOT_UTF8, viewOf } from "./labels.js";

/** A hundred years, in seconds: no time of the release is beyond. */
const MOST = 3155760000;
const DASH = 45;

/** The columns of requests that are read. */
export const REQUEST_COLUMNS: readonly string[] = [
  "funcName",
  "userID",
  "podID",
  "time_worker",
  "totalCost_worker",
  "memory_usage",
];
const [FUNCTION, USER, POD, TIME, COST, MEMORY] = [0, 1, 2, 3, 4, 5];

const EXPECTED: Readonly<Record<number, string>> = {
  [TIME]: `a number of seconds since the release's start, up to ${MOST}`,
  [COST]: `a number of seconds from 0 to ${MOST}`,
  [MEMORY]: "a number of MB >= 0, or nothing",
};

/** The parser of requests. Keys are (user, pool, function). Throws Invalid where a column is there twice. */
export function requestRows(
  columns: readonly string[],
  file: string,
  log: InvocationLog,
  keys: Keys,
  labels: FunctionLabels,
): (reader: CsvReader) => Bad | null {
  const role = rolesOf(columns, REQUEST_COLUMNS, file);
  const pools = new Pools(labels.app);
  const ids = new Int32Array(3);
  const row: LogRow = { ...{ key: 0, arrival: 0, runtime: 0, priceClass: -1 }, ...UNKNOWN };
  return (reader) => {
    ids.fill(-1);
    Object.assign(row, UNKNOWN);
    let ended = 0;
    let bad: Bad | null = null;
    for (let column = 0; column < role.length; column++) {
      const at = role[column]!;
      if (at < 0 || bad !== null) {
        if (!reader.next()) return TOO_FEW;
      } else if (at < TIME) {
        const name = columns[column]!;
        const id =
          at === POD
            ? pools.next(reader, name)
            : internField(reader, at === USER ? labels.owner : labels.function, name);
        if (id === TOO_FEW) return TOO_FEW;
        if (typeof id === "number") ids[at] = id;
        else bad = id;
      } else {
        if (!reader.nextNumber()) return TOO_FEW;
        const { value } = reader;
        if (!accepts(at, value)) {
          if (at !== MEMORY || !Number.isNaN(value) || !nothingThere(reader)) {
            bad = { what: columns[column]!, value: fieldText(reader), expected: EXPECTED[at]! };
          }
        } else if (at === TIME) ended = value;
        else if (at === COST) row.runtime = value;
        else row.memoryInitial = row.memoryPeak = value;
      }
    }
    if (!reader.ended) return TOO_FEW;
    if (bad !== null) return bad;
    row.key = keys.intern(ids[USER]!, ids[POD]!, ids[FUNCTION]!, -1);
    row.arrival = ended - row.runtime;
    log.add(row, log.rows);
    return null;
  };
}

const UNKNOWN = { memoryInitial: Number.NaN, memoryPeak: Number.NaN, parent: -1 };

function accepts(at: number, value: number): boolean {
  if (at === TIME) return Math.abs(value) <= MOST;
  if (at === COST) return value >= 0 && value <= MOST;
  return value >= 0 && Number.isFinite(Math.fround(value));
}

/** Interns the pool that a pod's name begins with: pool22-300-128 of pool22-300-128-0000618412. */
class Pools {
  private readonly labels: Labels;
  private bytes: Buffer | null = null;
  private view: DataView = new DataView(new ArrayBuffer(0));

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** Moves to the next field; the pool's id, -1 for none, or what is wrong. */
  next(reader: CsvReader, column: string): number | Bad {
    if (!reader.next()) return TOO_FEW;
    const { text, start, end } = reader;
    if (this.bytes !== text) {
      this.bytes = text;
      this.view = viewOf(text);
    }
    let at = start;
    for (let dashes = 0; at < end; at++) if (text[at] === DASH && ++dashes === 3) break;
    const id = this.labels.intern(text, this.view, start, at);
    return id === NOT_UTF8 ? { what: "label", value: fieldText(reader), column, expected: "text in UTF-8" } : id;
  }
}

/** The parser of functions: fills `triggers` by funcID. Of several rows of one function the last by bytes stays. */
export function triggerRows(
  columns: readonly string[],
  file: string,
  triggers: Map<string, string>,
): (reader: CsvReader) => Bad | null {
  const role = rolesOf(columns, ["funcID", "triggerType-invocationType"], file);
  const labels = new Labels();
  return (reader) => {
    const texts = ["", ""];
    let bad: Bad | null = null;
    for (const [column, at] of role.entries()) {
      const id: number | Bad | null = at < 0 || bad !== null ? null : internField(reader, labels, columns[column]!);
      if (id === TOO_FEW || (id === null && !reader.next())) return TOO_FEW;
      if (typeof id === "number") texts[at] = labels.text(id) ?? "";
      else bad ??= id;
    }
    if (!reader.ended) return TOO_FEW;
    if (bad !== null) return bad;
    const [funcID, trigger] = texts as [string, string];
    if (trigger > (triggers.get(funcID) ?? "")) triggers.set(funcID, trigger);
    return null;
  };
}

function rolesOf(columns: readonly string[], known: readonly string[], file: string): number[] {
  const role = columns.map((name) => known.indexOf(name));
  role.forEach((at, column) => {
    if (at < 0 || role.indexOf(at) === column) return;
    throw new Invalid("column", columns[column]!, `${file} line 1, twice`, "each column once");
  });
  return role;
}
