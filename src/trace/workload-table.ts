/**
 * A plain workload table, as a user brings it: CSV (.csv, .csv.gz), Arrow (IPC file or stream) or Parquet,
 * from any writer.
 *
 * Columns: arrival_s and runtime_s (seconds, >= 0), and where known price_class (0 … 255), memory_initial_mib and
 * memory_peak_mib (MiB), function, app, owner, trigger (text), parent (an earlier row, counted from 0). Other names are
 * given with --map; other columns are left out. An empty field, null or NaN is "not known", except in the first two.
 * Rows that are not in order of arrival are sorted (ties stay as they are) and parents follow their rows. Functions
 * (owner, app, function, trigger) are numbered as they first appear, so relabelling changes nothing but the labels.
 */
import { Invalid } from "../invalid.js";
import { arrivalOrder } from "./arrival-order.js";
import { ContentHash } from "./content-hash.js";
import { cpuShares } from "./cpu-share.js";
import type { Format, Read, Reading, Source } from "./format.js";
import { functionsOf, idsByAppearance } from "./function-ids.js";
import { functionLabels } from "./function-labels.js";
import { InvocationLog } from "./invocation-log.js";
import { Keys } from "./keys.js";
import { noted, unread } from "./notes.js";
import type { SourceFile } from "./trace.js";
import { writeFunctions } from "./trace-writer.js";
import { readWorkloadArrow } from "./workload-arrow.js";
import { type Into, readWorkloadCsv } from "./workload-csv.js";
import { LABEL_COLUMNS, WORKLOAD_COLUMNS } from "./workload-fields.js";
import { readWorkloadParquet } from "./workload-parquet.js";

/** Arrivals and runtimes in a table of one's own. */
export const workloadTable: Format = {
  about: "a table of one's own: arrival_s, runtime_s; CSV, Arrow, Parquet",
  families: [{ name: "invocations", kinds: ["csv", "arrow", "parquet"], columns: ["arrival_s", "runtime_s"] }],
  read,
};

const READERS: Readonly<Partial<Record<Source["kind"], (source: Source, into: Into) => Promise<SourceFile>>>> = {
  csv: readWorkloadCsv,
  arrow: readWorkloadArrow,
  parquet: readWorkloadParquet,
};

async function read({ folder, sources, badRows, onBytes }: Reading): Promise<Read> {
  const [source, another] = sources.get("invocations")!;
  if (!source || another)
    throw new Invalid("trace", another?.name, `a second table beside ${source?.name}`, "one table");
  const { columns } = source;
  for (const [i, name] of columns.entries()) {
    if (WORKLOAD_COLUMNS.includes(name) && columns.indexOf(name) < i) {
      throw new Invalid("column", name, `${source.name}, twice`, "each column once");
    }
  }
  const has = (name: string) => columns.includes(name);
  const log = new InvocationLog({
    ...{ priceClass: has("price_class"), parent: has("parent") },
    ...{ memoryInitial: has("memory_initial_mib"), memoryPeak: has("memory_peak_mib") },
  });
  const keys = new Keys();
  const labels = functionLabels();
  const counts = { kept: 0, filled: 0, quarantined: 0 };
  const into = { log, keys, labels, counts, badRows, onBytes };
  const file = await READERS[source.kind]!(source, into);
  if (log.rows === 0) throw new Invalid("file", file.name, "every row is bad", "at least one row that can be kept");

  const order = arrivalOrder(log.arrival, log.rows);
  const orphans = log.followParents(order, counts.kept + counts.quarantined, file.name);
  const ids = idsByAppearance(keys, log.key, log.rows, order);
  const functions = functionsOf(ids, keys, labels, (key) => keys.part(key, 3));
  const hash = new ContentHash();
  await log.write(folder, order, ids.idOf, hash);
  await writeFunctions(folder, functions);
  hash.labels("functions", functions);
  const duration_s = log.arrival[order ? order[log.rows - 1]! : log.rows - 1]!;
  const memory = has("memory_initial_mib") && has("memory_peak_mib");
  return {
    kind: "invocations",
    sha256: hash.digest({ kind: "invocations", duration_s }),
    sources: [file],
    keyed_by: "order",
    first_minute: 0,
    duration_s,
    functions: functions.owner.length,
    invocations: log.rows,
    rows: { invocations: counts },
    cpu: cpuShares(functions, log.cpu(ids.idOf, functions.owner.length, order)),
    lacks: [...[...LABEL_COLUMNS, "price_class"].filter((name) => !has(name)), ...(memory ? [] : ["memory"])],
    notes: [
      order ? "rows were not in order of arrival: sorted, ties as they were" : "",
      noted(orphans, "row has", "rows have", "lost a parent that is among the bad rows"),
      unread(columns.filter((name) => !WORKLOAD_COLUMNS.includes(name))),
    ],
  };
}
