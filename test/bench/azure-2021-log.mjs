// Writes a log of the size of Azure Functions 2021's from a seed: 2 M rows, 119 apps, 424 functions, 14 days, about
// 305 MB, in order of start. No row is the provider's.
// Usage: node test/bench/azure-2021-log.mjs FILE [ROWS] [SEED]
import { closeSync, openSync, writeSync } from "node:fs";
import { hash64, random } from "./random.mjs";

const [file, rows = "2000000", seed = "1"] = process.argv.slice(2);
const uniform = random(Number(seed));
const keys = Array.from({ length: 424 }, (_, i) => `${hash64(i % 119)},${hash64(1000 + i)}`);
const gap = 1209600 / Number(rows);
const fd = openSync(file, "w");
let text = "app,func,end_timestamp,duration\n";
let start = 0;
for (let i = 0; i < Number(rows); i++) {
  start -= gap * Math.log(1 - uniform());
  const duration = uniform() < 0.0865 ? 0 : Math.round(1000 * Math.exp(3 * (uniform() + uniform() - 1) - 1)) / 1000;
  text += `${keys[Math.floor(keys.length * uniform() * uniform())]},${start + duration},${duration}\n`;
  if (text.length > 1 << 20) {
    writeSync(fd, text);
    text = "";
  }
}
writeSync(fd, text);
closeSync(fd);
