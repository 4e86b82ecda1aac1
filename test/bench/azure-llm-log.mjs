// Writes requests as Azure's LLM inference log of 2023 has them, from a seed: about 3 a second, tokens log-normal, CRLF.
// No row is the provider's.
// Usage: node test/bench/azure-llm-log.mjs FILE [ROWS] [SEED]
import { closeSync, openSync, writeSync } from "node:fs";
import { random } from "./random.mjs";

const [file, rows = "2000000", seed = "1"] = process.argv.slice(2);
const uniform = random(Number(seed));
const tokens = (median, sigma) => Math.round(median * Math.exp(2 * sigma * (uniform() + uniform() + uniform() - 1.5)));
const fd = openSync(file, "w");
let text = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n";
let ticks = 0;
for (let i = 0; i < Number(rows); i++) {
  ticks -= Math.round(3.9e6 * Math.log(1 - uniform()));
  const time = new Date(Date.UTC(2023, 10, 16, 18) + 1000 * Math.floor(ticks / 1e7)).toISOString();
  const at = `${time.slice(0, 10)} ${time.slice(11, 19)}.${String(ticks % 1e7).padStart(7, "0")}`;
  text += `${at},${tokens(1500, 1)},${tokens(20, 1)}\r\n`;
  if (text.length > 1 << 20) {
    writeSync(fd, text);
    text = "";
  }
}
writeSync(fd, text);
closeSync(fd);
