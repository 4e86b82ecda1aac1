// Writes a full-size day of Azure Functions 2019 from a seed: 50,000 functions x 1440 minutes, about 85 % of the cells 0,
// with durations and memory. No row is the provider's: only the columns, the sizes and the share of zeros are.
// Usage: node test/bench/azure-2019-day.mjs FOLDER [FUNCTIONS] [SEED]
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { hash64, random } from "./random.mjs";

const [folder, functions = "50000", seed = "1"] = process.argv.slice(2);
const uniform = random(Number(seed));
const MINUTES = Array.from({ length: 1440 }, (_, i) => i + 1);
const TRIGGERS = ["http", "timer", "event", "queue", "storage", "orchestration", "others"];
const LEVELS = [0, 1, 25, 50, 75, 99, 100];
const MEMORY = [1, 5, 25, 50, 75, 95, 99, 100];

mkdirSync(folder, { recursive: true });
const open = (family) => openSync(join(folder, `${family}.anon.d01.csv`), "w");
const counts = open("invocations_per_function_md");
const durations = open("function_durations_percentiles");
const memory = open("app_memory_percentiles");
writeSync(counts, `HashOwner,HashApp,HashFunction,Trigger,${MINUTES.join(",")}\n`);
const averages = LEVELS.map((level) => `percentile_Average_${level}`);
writeSync(durations, `HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,${averages.join(",")}\n`);
const allocated = MEMORY.map((level) => `AverageAllocatedMb_pct${level}`);
writeSync(memory, `HashOwner,HashApp,SampleCount,AverageAllocatedMb,${allocated.join(",")}\n`);

const cells = new Array(1440);
for (let i = 0; i < Number(functions); i++) {
  const app = Math.floor(i / 2);
  const key = `${hash64(Math.floor(app / 1.3))},${hash64(app + 1e6)}`;
  const share = uniform() < 0.1 ? 0.9 : uniform() < 0.3 ? 0.2 : 0.002;
  const scale = share > 0.5 ? 40 : 2;
  let count = 0;
  for (let minute = 0; minute < 1440; minute++) {
    const cell = uniform() < share ? 1 + Math.floor(-scale * Math.log(1 - uniform())) : 0;
    cells[minute] = cell;
    count += cell;
  }
  const trigger = TRIGGERS[Math.floor(uniform() * TRIGGERS.length)];
  writeSync(counts, `${key},${hash64(i + 2e6)},${trigger},${cells.join(",")}\n`);
  const mean = Math.round(1000 * Math.exp(2.36 * (uniform() + uniform() + uniform() - 1.5) - 0.38));
  const quantiles = LEVELS.map((level) => Math.round((mean * (level + 10)) / 60)).join(",");
  writeSync(
    durations,
    `${key},${hash64(i + 2e6)},${mean},${count},${Math.floor(mean / 8)}.0,${mean * 3}.0,${quantiles}\n`,
  );
  if (i % 2 === 0) writeSync(memory, `${key},${100 + i},140.5,${MEMORY.map((level) => 100 + level / 2).join(",")}\n`);
}
for (const fd of [counts, durations, memory]) closeSync(fd);
