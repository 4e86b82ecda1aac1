import { Invalid } from "../invalid.js";
import type { Values } from "../table/index.js";
import type { InvocationTrace } from "../trace/trace.js";
import { invalidClass } from "./class-map.js";
import type { Survey } from "./count-survey.js";
import type { Cut } from "./cut.js";
import type { WorkloadOptions } from "./workload.js";

/** Columns of a batch of a log. */
export interface LogColumns {
  readonly functionId: Values;
  readonly arrival: Values;
  readonly runtime: Values;
  readonly priceClass: Values;
  readonly initial: Values;
  readonly peak: Values;
  readonly parent: Values;
}

/** Batches of a log as typed columns. */
export async function* logBatches(trace: InvocationTrace): AsyncGenerator<{ rows: number; columns: LogColumns }> {
  for await (const { rows, columns } of trace.batches()) {
    const column = (name: string): Values => columns[name]!;
    yield {
      rows,
      columns: {
        functionId: column("function_id"),
        arrival: column("arrival_s"),
        runtime: column("runtime_s"),
        priceClass: column("price_class"),
        initial: column("memory_initial_mib"),
        peak: column("memory_peak_mib"),
        parent: column("parent"),
      },
    };
  }
}

/** A log's cut as it is, and what of it has to be filled. */
export interface LogSurvey extends Survey {
  /** Rows of the log in all. */
  readonly rows: number;
  readonly hasParents: boolean;
  /** Invocations in the cut that lack a value. */
  readonly lacking: { price_class: number; memory_initial_mib: number; memory_peak_mib: number };
}

/** One pass over the log up to the cut's end; every row read is checked. Throws Invalid. */
export async function surveyLog(
  trace: InvocationTrace,
  cut: Cut,
  options: Pick<WorkloadOptions, "cpuFraction" | "maxRuntime" | "prices">,
): Promise<LogSurvey> {
  const lacking = { price_class: 0, memory_initial_mib: 0, memory_peak_mib: 0 };
  let invocations = 0;
  let cpu = 0;
  let longest = 0;
  let rows = 0;
  let hasParents = false;
  for await (const batch of logBatches(trace)) {
    const { arrival, runtime, priceClass, initial, peak, parent } = batch.columns;
    for (let i = 0; i < batch.rows; i++, rows++) {
      const where = () => `row ${rows} of ${trace.manifest.name}`;
      if (priceClass[i]! >= options.prices.length) throw invalidClass(priceClass[i], where(), options.prices.length);
      if (peak[i]! < initial[i]!) {
        throw new Invalid("memory_peak_mib", peak[i], where(), `at least its memory_initial_mib, ${initial[i]}`);
      }
      if (parent[i]! >= rows) throw new Invalid("parent", parent[i], where(), "an earlier row");
      if (parent[i]! >= 0) hasParents = true;
      const time = arrival[i]!;
      if (time < cut.from || time >= cut.end) continue;
      const takes = Math.min(runtime[i]! * options.cpuFraction, options.maxRuntime);
      cpu += takes;
      longest = Math.max(longest, takes);
      invocations++;
      if (priceClass[i] === -1) lacking.price_class++;
      if (Number.isNaN(initial[i])) lacking.memory_initial_mib++;
      if (Number.isNaN(peak[i])) lacking.memory_peak_mib++;
    }
  }
  return { invocations, cpu, longest, rows, hasParents, lacking };
}
