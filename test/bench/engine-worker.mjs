// One replay in memory, nothing recorded: the workload of limit.cpp (Poisson, bounded-below Pareto 1.5, mean 1, the
// same class shares). Run by engine.mjs in a fresh process per scheduler, as `replay` does in fresh workers.
import { Observer } from "../../dist/cluster/observer.js";
import { drain, feed } from "../../dist/engine/simulation.js";
import { keyed, PURPOSE } from "../../dist/random/index.js";
import { schedulerNamed } from "../../dist/scheduler/schedulers.js";

const [name, nText, machinesText, loadText] = process.argv.slice(2);
const n = Number(nText);
const machines = Number(machinesText);
const load = Number(loadText);
const cores = 8;
const CHUNK = 65536;
const CLASS_OF = [0, 0, 0, 0, 1, 2, 3, 3, 3, 0];

const random = keyed(1, PURPOSE.synthetic);
const chunks = [];
let now = 0;
for (let first = 0; first < n; first += CHUNK) {
  const rows = Math.min(CHUNK, n - first);
  const chunk = {
    rows,
    first,
    arrival_s: new Float64Array(rows),
    runtime_s: new Float64Array(rows),
    price_class: new Uint8Array(rows),
  };
  for (let i = 0; i < rows; i++) {
    now += -Math.log(1 - random.uniform(first + i, 0)) / (load * machines * cores);
    chunk.arrival_s[i] = now;
    chunk.runtime_s[i] = Math.exp(-Math.log(1 - random.uniform(first + i, 1)) / 1.5) / 3;
    chunk.price_class[i] = CLASS_OF[Math.floor(random.uniform(first + i, 2) * 10)];
  }
  chunks.push(chunk);
}

const config = { machines, cores, k: 3, shards: 4, prices: [1, 4 / 3, 2, 4], seed: 1 };
const scheduler = schedulerNamed(name).create(config, new Observer());
const from = process.hrtime.bigint();
for (const chunk of chunks) {
  scheduler.open(chunk);
  feed(scheduler, chunk.arrival_s, chunk.rows, Number.POSITIVE_INFINITY);
}
drain(scheduler, Number.POSITIVE_INFINITY);
const seconds = Number(process.hrtime.bigint() - from) / 1e9;
console.log(JSON.stringify({ rate: n / seconds }));
