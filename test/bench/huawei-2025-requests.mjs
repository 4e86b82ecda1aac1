// Writes a request table of the shape of Huawei's 2025 release from a seed: 1 M rows, 491 functions, a day. No row is the
// provider's.
// Usage: node test/bench/huawei-2025-requests.mjs FILE [ROWS] [SEED]
import { closeSync, openSync, writeSync } from "node:fs";
import { hash64, random } from "./random.mjs";

const [file, rows = "1000000", seed = "1"] = process.argv.slice(2);
const uniform = random(Number(seed));
const below = (n) => Math.floor(n * uniform());
const HEAD =
  "time_worker,time_frontend,requestID,clusterName,funcName,podID,userID,totalCost_worker,workerCost,runtimeCost," +
  "totalCost_frontend,frontendCost,busCost,readBodyCost,writeRspCost,cpu_usage,memory_usage,requestBodySize\n";
const POOLS = ["pool22-300-128", "pool23-400-256", "pool24-600-512"];
const fd = openSync(file, "w");
let text = HEAD;
for (let i = 0; i < Number(rows); i++) {
  const f = Math.floor(491 * uniform() * uniform());
  const time = (2592000 + (86400 * i) / Number(rows)).toFixed(3);
  const cost = Math.exp(3 * (uniform() + uniform() - 1) - 4);
  const pod = `${POOLS[f % 3]}-${String(below(1e6)).padStart(10, "0")}`;
  const costs = `${cost.toFixed(6)},0.000112,${(cost - 0.000112).toFixed(6)},${(cost + 0.003).toFixed(6)},0.000364,0.001994`;
  text += `${time},${time},${hash64(i)},${1 + (f % 4)},${f},${pod},${f % 97},${costs},0.000016,0.000006,${uniform().toFixed(6)},${(100 * uniform()).toFixed(6)},${below(5000)}\n`;
  if (text.length > 1 << 20) {
    writeSync(fd, text);
    text = "";
  }
}
writeSync(fd, text);
closeSync(fd);
