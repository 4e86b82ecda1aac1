// Writes files of the shape and size of Huawei's 2023 release from a seed: a public day of 5,093 functions x 1440 minutes,
// one cell in five a count, and a private day of 200 functions per second with delays and memory per minute. No value is
// the provider's.
// Usage: node test/bench/huawei-2023-day.mjs PUBLIC PRIVATE [SEED]
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { random } from "./random.mjs";

const [publicFolder, privateFolder, seed = "1"] = process.argv.slice(2);
const uniform = random(Number(seed));

function write(folder, family, functions, step, value) {
  mkdirSync(join(folder, family), { recursive: true });
  const fd = openSync(join(folder, family, "day_000.csv"), "w");
  const busy = Array.from({ length: functions }, () => (uniform() < 0.25 ? 0.8 : uniform() < 0.3 ? 0.2 : 0.01));
  writeSync(fd, `day,time,${Array.from({ length: functions }, (_, f) => f).join(",")}\n`);
  for (let time = 0; time < 86400; time += step) {
    const row = busy.map((share) => (uniform() < share ? value() : ""));
    writeSync(fd, `0,${time},${row.join(",")}\n`);
  }
  closeSync(fd);
}

const count = () => `${1 + Math.floor(-300 * Math.log(1 - uniform()))}.0`;
const share = () => (Math.round(1000 * uniform()) / 1000).toString();
write(publicFolder, "requests_minute", 5093, 60, count);
write(privateFolder, "requests_second", 200, 1, count);
write(privateFolder, "function_delay_minute", 200, 60, () => (1000 * uniform()).toString());
write(privateFolder, "memory_limit_minute", 200, 60, () => 128);
write(privateFolder, "memory_usage_minute", 200, 60, share);
