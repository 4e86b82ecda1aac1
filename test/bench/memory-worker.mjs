// One replay in a fresh process: LOAD MACHINES RAM(MiB or unlimited) TICKS [SWAP [IDLE THRESHOLD(MiB)]]. LOAD is per 100 machines; TICKS too, so
// that any number of machines replays as many invocations. Prints the engine's
// rate per second of CPU time, which other processes disturb less; swaps are counted in another replay.
import { Nobody, Observer } from "../../dist/cluster/observer.js";
import { drain, feed } from "../../dist/engine/simulation.js";
import { schedulerNamed } from "../../dist/scheduler/schedulers.js";
import { XX_OFF } from "../../dist/scheduler/xx/options.js";
import { paperBatches } from "../../dist/workload/synthetic/paper.js";

const [load, machines, ram, ticks, swap = "unlimited", idle = "off"] = process.argv.slice(2);
const scale = Number(machines) / 100;
const mib = (text) => (text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text));
const options = {
  seed: 1,
  load: Number(load) * scale,
  ticks: Number(ticks) / scale,
  tick: 1,
  arrivals: "batch",
  step: null,
};
const memory = { ram: mib(ram), swap: mib(swap), swapInWatermark: 0.9 };
const prices = [0.3, 0.7, 1, 1.5, 2];
const lists = idle === "off" ? {} : { xx: { ...XX_OFF, idleThreshold: mib(idle) } };
const config = { ...lists, machines: Number(machines), cores: 8, k: 3, shards: 4, prices, seed: 1, ...memory };
const batches = [...paperBatches(options)];

class Swaps extends Observer {
  out = 0;
  kills = 0;
  onSwappedOut() {
    this.out++;
  }
  onKilled() {
    this.kills++;
  }
}

function replay(observer) {
  const scheduler = schedulerNamed("xx").create(config, observer);
  let first = 0;
  for (const { rows, columns } of batches) {
    scheduler.open({ rows, first, ...columns });
    feed(scheduler, columns.arrival_s, rows, Number.POSITIVE_INFINITY);
    first += rows;
  }
  drain(scheduler, Number.POSITIVE_INFINITY);
  return first;
}

const from = process.cpuUsage();
const rows = replay(new Nobody());
const used = process.cpuUsage(from);
const rate = rows / ((used.user + used.system) / 1e6);
const swaps = new Swaps();
if (process.env.BENCH_COUNTS !== "0") replay(swaps);
console.log(JSON.stringify({ rate, rows, swap_outs: swaps.out, kills: swaps.kills }));
