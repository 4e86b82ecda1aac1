import { describe, expect, it } from "vitest";
import { parseOptions, resolveTexts } from "../src/cli/run-options.js";
import { run } from "../src/run.js";
import { BATCH_ROWS, partsOf, TableReader } from "../src/table/index.js";
import { ingest } from "../src/trace/ingest.js";
import { openTrace } from "../src/trace/trace-folder.js";
import { SAMPLE } from "./law/runs.js";
import { allColumns, difference, newFolder } from "./law/tables.js";

const FLAGS = { machines: "20", cores: "4", load: "1.02", scheduler: "xx,hermod,edf", cut: "0s..40m" };
/** Tables of a scheduler by whether their rows may come in another order. */
const TABLES = { invocations: true, machines: false, windows: false, swaps: false };

async function replayed(partRows?: number, flags: Record<string, string> = {}): Promise<string> {
  const traceFolder = newFolder();
  await ingest([SAMPLE], { onBadRow: "stop" }, traceFolder);
  const trace = await openTrace(traceFolder);
  const folder = newFolder();
  const options = parseOptions(resolveTexts({}, { ...FLAGS, ...flags }));
  const facts = await run(trace, options, folder, { workers: 0, ...(partRows === undefined ? {} : { partRows }) });
  await trace.close();
  expect(facts.workload.rows).toBeGreaterThan(2 * BATCH_ROWS);
  return folder;
}

async function metadataOf(path: string): Promise<ReadonlyMap<string, string>> {
  const reader = await TableReader.open(path);
  await reader.close();
  return reader.schema.metadata;
}

describe("a run whose every row is written as it ends, while its workload is drawn", () => {
  it.each([{}, { ram: "700MiB", swap: "1GiB", until: "38m" }])(
    "has the rows of one that is not streamed, and says in every part what was known only at its end: %j",
    async (flags) => {
      const [whole, streamed] = [await replayed(undefined, flags), await replayed(BATCH_ROWS, flags)];
      const parts = [...partsOf(streamed, "workload"), ...partsOf(`${streamed}/xx`, "invocations")];
      expect(parts.length).toBeGreaterThan(4);
      const sums = await Promise.all(parts.map(async (part) => (await metadataOf(part)).get("workload_sha256")));
      expect(new Set(sums).size).toBe(1);
      expect(sums[0]).toMatch(/^[0-9a-f]{64}$/);
      const workload = await allColumns(streamed, "workload");
      for (const [column, values] of Object.entries(await allColumns(whole, "workload"))) {
        expect(difference(workload[column]!, values), column).toBe("");
      }
      for (const scheduler of FLAGS.scheduler.split(",")) {
        for (const [table, anyOrder] of Object.entries(TABLES)) {
          const expected = await allColumns(`${whole}/${scheduler}`, table);
          const found = await allColumns(`${streamed}/${scheduler}`, table);
          const rows = Object.values(found)[0]!.length;
          const place = Array.from({ length: rows }, (_, i) => i);
          if (anyOrder) for (const [i, invocation] of found["invocation"]!.entries()) place[invocation] = i;
          for (const [column, values] of Object.entries(found)) {
            const sorted = Float64Array.from(place, (i) => values[i]!);
            expect(difference(sorted, expected[column]!), `${scheduler}, ${table}, ${column}`).toBe("");
          }
        }
      }
    },
  );
});
