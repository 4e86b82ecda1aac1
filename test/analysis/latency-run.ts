import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { INVOCATIONS, OUTCOMES, readTable, WORKLOAD } from "../../src/table/index.js";
import { type HandMade, handMadeRun, type MANIFEST, type Told, write } from "./hand-made-run.js";

/** What the trace says of each invocation; null: nothing. */
export type Labels = Readonly<Partial<Record<"function" | "app" | "owner" | "trigger", readonly (string | null)[]>>>;

/** A hand-made run whose workload has labels. */
export async function labelledRun(
  schedulers: Readonly<Record<string, HandMade>>,
  labels: Labels,
  manifest: Partial<typeof MANIFEST> = {},
): Promise<string> {
  const folder = await handMadeRun(schedulers, manifest);
  const path = join(folder, "workload.arrow");
  const table = readTable(path);
  const names = ["function", "app", "owner", "trigger"] as const;
  const strings = (name: (typeof names)[number]) => [...new Set(labels[name] ?? [])].filter((text) => text !== null);
  const keys = names.map((name) => {
    const own = labels[name] ?? new Array<null>(table.numRows).fill(null);
    return [name, Int32Array.from(own, (text) => (text === null ? -1 : strings(name).indexOf(text)))];
  });
  const kept = ["arrival_s", "runtime_s", "price_class"].map((name) => [name, table.getChild(name)!.toArray()]);
  rmSync(path);
  const dictionaries = Object.fromEntries(names.map((name) => [name, strings(name)]));
  await write(path, WORKLOAD, Object.fromEntries([...kept, ...keys]), table.numRows, dictionaries);
  return folder;
}

/** Changes what a run's run.json says. */
export function say(folder: string, change: (manifest: Record<string, never>) => object): string {
  const path = join(folder, "run.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...manifest, ...change(manifest) }));
  return folder;
}

/** A hand-made run of a workload and seed of its own, with options besides the usual. */
export async function seeded(
  schedulers: Readonly<Record<string, HandMade>>,
  { sha256 = "1", seed = 7, options = {} }: { sha256?: string; seed?: number; options?: Record<string, string> } = {},
): Promise<string> {
  const folder = await handMadeRun(schedulers, { seed }, `run-${sha256}-${seed}`);
  return say(folder, ({ workload, options: usual }) => ({
    workload: { ...(workload as object), sha256 },
    options: { ...(usual as object), ...options },
  }));
}

/** Replaces a scheduler's invocations.arrow by rows in another order, with every column, or one column left out. */
export async function rewrite(
  folder: string,
  scheduler: string,
  rows: readonly (Told & { readonly invocation: number; readonly start?: number | null; readonly cpu?: number })[],
  without?: string,
): Promise<void> {
  const path = join(folder, scheduler, "invocations.arrow");
  rmSync(path, { force: true });
  mkdirSync(join(folder, scheduler), { recursive: true });
  const finish = (of: Told) =>
    of.finish === undefined ? (of.arrival ?? 0) + (of.runtime ?? 1) : (of.finish ?? Number.NaN);
  const float = (of: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, of);
  const batch = {
    invocation: Uint32Array.from(rows, ({ invocation }) => invocation),
    price_class: Uint8Array.from(rows, ({ priceClass = 0 }) => priceClass),
    arrival_s: float(({ arrival = 0 }) => arrival),
    runtime_s: float(({ runtime = 1 }) => runtime),
    start_s: float(({ start = 0 }) => start ?? Number.NaN),
    finish_s: float(finish),
    cpu_s: float(({ cpu, runtime = 1 }) => cpu ?? runtime),
    outcome: Int32Array.from(rows, (of) =>
      OUTCOMES.indexOf(of.outcome ?? (of.finish === null ? "unfinished" : "finished")),
    ),
  };
  const columns = INVOCATIONS.filter(({ name }) => name !== without);
  await write(path, columns, batch, rows.length, { outcome: OUTCOMES });
}
