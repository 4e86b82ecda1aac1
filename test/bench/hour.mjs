// npm run bench:hour [-- FUNCTIONS [CUT [MACHINES]]] — an hour of a generated day like Azure Functions 2019 (46,412 functions,
// 600m..660m, 588 machines by default) through XX, Hermod and EDF with every row kept: streamed, in parts, and then with the
// workload written first, in one table a scheduler. Compares all tables bit by bit, rows of invocations by their number. Prints
// rows, wall time and peak memory of both, and ends with 1 where anything differs. Takes 6 GB of memory and 20 GB of disk.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseOptions, resolveTexts } from "../../dist/cli/run-options.js";
import { run } from "../../dist/run.js";
import { batchesOf, partsOf } from "../../dist/table/index.js";
import { openTrace } from "../../dist/trace/trace-folder.js";

const SCHEDULERS = ["xx", "hermod", "edf"];
const TABLES = ["machines", "windows", "occupancy", "swaps"];

/** Memory of the values, as words that can be compared where NaN is among them. */
function bits(values) {
  const Words = values.BYTES_PER_ELEMENT >= 4 ? Uint32Array : Uint8Array;
  return new Words(values.buffer, values.byteOffset, values.byteLength / Words.BYTES_PER_ELEMENT);
}

/** Throws where a row of `found` is not that of `expected`, or one is there twice or not at all. Returns how many there are. */
async function compare(found, expected, table) {
  const whole = {};
  let rows = 0;
  for await (const batch of batchesOf(partsOf(expected, table))) rows += batch.rows;
  let at = 0;
  for await (const batch of batchesOf(partsOf(expected, table))) {
    for (const [name, values] of Object.entries(batch.columns)) {
      whole[name] ??= new values.constructor(rows);
      whole[name].set(values, at);
    }
    at += batch.rows;
  }
  const seen = new Uint8Array(rows);
  let count = 0;
  for await (const { rows: some, columns } of batchesOf(partsOf(found, table))) {
    const place = columns.invocation && table === "invocations" ? columns.invocation : null;
    for (let i = 0; i < some; i++) seen[place ? place[i] : count + i]++;
    for (const [name, values] of Object.entries(columns)) {
      const [ours, theirs] = [bits(values), bits(whole[name])];
      const width = ours.length / some;
      for (let i = 0; i < some; i++) {
        const row = place ? place[i] : count + i;
        for (let w = 0; w < width; w++) {
          if (ours[i * width + w] !== theirs[row * width + w])
            throw new Error(`${found} ${table}: ${name} of row ${row} is ${values[i]}, not ${whole[name][row]}`);
        }
      }
    }
    count += some;
  }
  if (count !== rows || seen.some((times) => times !== 1)) throw new Error(`${found} ${table}: other rows`);
  return rows;
}

function bytes(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}

const [first, ...rest] = process.argv.slice(2);
if (first === "one") {
  const [trace, folder, cut, machines, parts] = rest;
  const opened = await openTrace(trace);
  const options = parseOptions(resolveTexts({}, { cut, machines, scheduler: SCHEDULERS.join(",") }));
  const from = performance.now();
  const { workload } = await run(
    opened,
    options,
    folder,
    parts === "one" ? { partRows: Number.POSITIVE_INFINITY } : {},
  );
  const seconds = (performance.now() - from) / 1000;
  await opened.close();
  const peak = Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN) / 1024;
  console.log(JSON.stringify({ rows: workload.rows, seconds, peak }));
} else {
  const [cut = "600m..660m", machines = "588"] = rest;
  const command = join(import.meta.dirname, "../../dist/cli/main.js");
  const scratch = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "replaybook-hour-"));
  const node = (...words) =>
    execFileSync(process.execPath, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
  try {
    const [files, trace] = ["azure", "trace"].map((name) => join(scratch, name));
    node(command, "generate", "azure", "--functions", first ?? "46412", "--days", "1", "--seed", "1", "-o", files);
    node(command, "ingest", files, "-o", trace);
    rmSync(files, { recursive: true });
    const folders = {};
    for (const [what, parts] of [
      ["streamed", "many"],
      ["workload first", "one"],
    ]) {
      folders[parts] = mkdtempSync(join(scratch, "run-"));
      const told = node(import.meta.filename, "one", trace, folders[parts], cut, machines, parts);
      const { rows, seconds, peak } = JSON.parse(told.slice(told.lastIndexOf("{")));
      const size = (bytes(folders[parts]) / 1e9).toFixed(1);
      console.log(
        `${what}: ${rows.toLocaleString("en-US")} invocations, ${SCHEDULERS.length} schedulers, ${seconds.toFixed(0)} s, ` +
          `${size} GB, peak ${peak.toFixed(0)} MiB`,
      );
    }
    const rows = await compare(folders.many, folders.one, "workload");
    console.log(`workload: ${rows.toLocaleString("en-US")} rows, the same bytes`);
    for (const scheduler of SCHEDULERS) {
      for (const table of ["invocations", ...TABLES]) {
        const [found, expected] = [folders.many, folders.one].map((folder) => join(folder, scheduler));
        const same = await compare(found, expected, table);
        console.log(`${scheduler} ${table}: ${same.toLocaleString("en-US")} rows, the same bytes`);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
