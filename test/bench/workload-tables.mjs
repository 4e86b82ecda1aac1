// Writes one workload table from a seed as CSV, Arrow and Parquet (Snappy, 122,880 rows a group): 2 M rows, sorted, with
// classes, memory and 400 functions' names.
// Usage: node test/bench/workload-tables.mjs CSV ARROW PARQUET [ROWS] [SEED]
import { writeFileSync } from "node:fs";
import { Dictionary, makeData, makeVector, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { random } from "./random.mjs";

const [csv, arrow, parquet, rowsText = "2000000", seed = "1"] = process.argv.slice(2);
const uniform = random(Number(seed));
const rows = Number(rowsText);
const names = Array.from({ length: 400 }, (_, i) => `function-${i}`);
const keys = new Int32Array(rows);
const columns = {
  arrival_s: new Float64Array(rows),
  runtime_s: new Float64Array(rows),
  price_class: new Int32Array(rows),
  memory_initial_mib: new Float32Array(rows),
  memory_peak_mib: new Float32Array(rows),
};
let now = 0;
for (let i = 0; i < rows; i++) {
  now -= 0.04 * Math.log(1 - uniform());
  columns.arrival_s[i] = now;
  columns.runtime_s[i] = Math.round(1e6 * Math.exp(3 * (uniform() + uniform() - 1) - 1)) / 1e6;
  columns.price_class[i] = Math.floor(5 * uniform());
  columns.memory_initial_mib[i] = Math.floor(100 * uniform());
  columns.memory_peak_mib[i] = 100 + Math.floor(100 * uniform());
  keys[i] = Math.floor(400 * uniform() * uniform());
}
const numbers = Object.entries(columns);

const dictionary = vectorFromArray(names, new Utf8());
const type = new Dictionary(new Utf8(), makeVector(keys).type);
const labels = makeVector(makeData({ type, data: keys, length: rows, dictionary }));
const table = new Table({
  ...Object.fromEntries(numbers.map(([name, of]) => [name, makeVector(of)])),
  function: labels,
});
writeFileSync(arrow, tableToIPC(table, "file"));

const types = { Float64Array: "DOUBLE", Float32Array: "FLOAT", Int32Array: "INT32" };
const columnData = [
  ...numbers.map(([name, data]) => ({ name, data, type: types[data.constructor.name] })),
  { name: "function", data: Array.from(keys, (key) => names[key]), type: "STRING" },
];
writeFileSync(parquet, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 122880 })));

const lines = [`${numbers.map(([name]) => name).join(",")},function\n`];
for (let i = 0; i < rows; i++) lines.push(`${numbers.map(([, of]) => of[i]).join(",")},${names[keys[i]]}\n`);
writeFileSync(csv, lines.join(""));
