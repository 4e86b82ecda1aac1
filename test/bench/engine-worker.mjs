// One replay in a fresh process: SCHEDULER N MACHINES LOAD [record FOLDER]. Prints its rate; the workload is made before.
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Nobody } from "../../dist/cluster/observer.js";
import { drain, feed } from "../../dist/engine/simulation.js";
import { replay } from "../../dist/replay.js";
import { UNLIMITED_MEMORY } from "../../dist/scheduler/scheduler.js";
import { schedulerNamed } from "../../dist/scheduler/schedulers.js";
import { limitWorkload, PRICES } from "./limit-workload.mjs";

const [name, nText, machinesText, loadText, folder] = process.argv.slice(2);
const n = Number(nText);
const machines = Number(machinesText);
const batches = limitWorkload(n, machines, Number(loadText));
const config = { ...UNLIMITED_MEMORY, machines, cores: 8, k: 3, shards: 4, prices: PRICES, seed: 1 };

async function alone() {
  const scheduler = schedulerNamed(name).create(config, new Nobody());
  for (const { rows, first, columns } of batches) {
    const { arrival_s, runtime_s, price_class } = columns;
    scheduler.open({ rows, first, arrival_s, runtime_s, price_class });
    feed(scheduler, arrival_s, rows, Number.POSITIVE_INFINITY);
  }
  drain(scheduler, Number.POSITIVE_INFINITY);
}

async function* taken() {
  yield* batches;
}

// A virtual machine's memory may have to come from its host first, which costs more than all else here: the pages that
// the tables will need are fetched, and given back, before the clock starts.
function warm(path) {
  const piece = new Uint8Array(4194304);
  const file = openSync(path, "w");
  for (let bytes = 0; bytes < n * 100; bytes += piece.length) writeSync(file, piece);
  closeSync(file);
  unlinkSync(path);
}

const settings = { scheduler: name, config, rows: n, from: 0, until: null, window: 60, sampleEvery: 60, metadata: {} };
if (folder) warm(join(folder, "warm"));
const from = process.hrtime.bigint();
if (folder) await replay({ ...settings, folder }, taken(), { threads: true });
else await alone();
console.log(JSON.stringify({ rate: n / (Number(process.hrtime.bigint() - from) / 1e9) }));
