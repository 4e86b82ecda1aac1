import { TableReader } from "../../table/index.js";
import type { MiB } from "../../units.js";
import { notWhole, type RunFolder } from "../run-folder.js";

/** A function as a trace names it; null: the trace does not say. */
export interface FunctionName {
  readonly owner: string | null;
  readonly app: string | null;
  readonly function: string | null;
}

/** What a run's workload says of its functions: 12 bytes an invocation. */
export interface WorkloadFunctions {
  readonly rows: number;
  /** By row of the workload: its function, a number into what follows. */
  readonly of: Int32Array;
  /** By row: memory at the start and at the end, MiB; NaN: unknown. */
  readonly initial: Float32Array;
  readonly peak: Float32Array;
  readonly names: readonly FunctionName[];
  /** By function: the most memory that one of its invocations holds; 0: unknown, or none. */
  readonly largest: readonly MiB[];
  /** No invocation says that it holds any memory. */
  readonly memory_unknown: boolean;
}

const LABELS = ["owner", "app", "function"] as const;
const READ = ["memory_initial_mib", "memory_peak_mib", ...LABELS] as const;

/** Reads the workload of a run. Functions are told apart by owner, app and name. Throws Invalid where it is not whole. */
export async function workloadFunctions(run: RunFolder): Promise<WorkloadFunctions> {
  const { rows } = run.manifest.workload;
  const of = new Int32Array(rows);
  const [initial, peak] = [new Float32Array(rows), new Float32Array(rows)];
  const names: FunctionName[] = [];
  const largest: MiB[] = [];
  const apps = new Pairs();
  const functions = new Pairs();
  let row = 0;
  let held = false;
  for (const file of run.table("workload").files) {
    const reader = await TableReader.open(file);
    try {
      for await (const { rows: n, columns } of reader.batches(READ)) {
        if (row + n > rows) throw notWhole(run.folder, `workload has more than its ${rows} rows`);
        const [owner, app, name] = LABELS.map((label) => columns[label]!) as [Int32Array, Int32Array, Int32Array];
        initial.set(columns["memory_initial_mib"]!.subarray(0, n), row);
        peak.set(columns["memory_peak_mib"]!.subarray(0, n), row);
        for (let i = 0; i < n; i++, row++) {
          const id = functions.of(apps.of(owner[i]!, app[i]!), name[i]!);
          if (id === names.length) {
            const [o, a, f] = [owner[i]!, app[i]!, name[i]!].map((key, at) => textOf(reader, LABELS[at]!, key));
            names.push({ owner: o!, app: a!, function: f! });
            largest.push(0);
          }
          of[row] = id;
          const most = peak[row]!;
          if (most > largest[id]!) largest[id] = most;
          if (most > 0) held = true;
        }
      }
    } finally {
      await reader.close();
    }
  }
  if (row !== rows) throw notWhole(run.folder, `workload has ${row} of ${rows} rows`);
  return { rows, of, initial, peak, names, largest, memory_unknown: !held };
}

function textOf(reader: TableReader, label: string, key: number): string | null {
  return key < 0 ? null : (reader.dictionary(label)[key] ?? null);
}

/** Pairs of whole numbers of at least -1 as numbers from 0, in order of appearance. */
class Pairs {
  private readonly numbers: Map<number, number>[] = [];
  private count = 0;

  of(a: number, b: number): number {
    this.numbers[a + 1] ??= new Map();
    const under = this.numbers[a + 1]!;
    const known = under.get(b);
    if (known !== undefined) return known;
    under.set(b, this.count);
    return this.count++;
  }
}
