import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { keyed, keyedBy, PURPOSE, Threefry } from "../../src/random/index.js";

const hex = (t: Threefry) => [t.x0 >>> 0, t.x1 >>> 0].map((w) => w.toString(16).padStart(8, "0"));

it.each([
  // Random123, tests/kat_vectors: threefry2x32 20
  [0, 0, 0, 0, "6b200159", "99ba4efe"],
  [-1, -1, -1, -1, "1cb996fc", "bb002be7"],
  [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, "c4923a9c", "483df7a0"],
])("gives the published block of counter %i %i under key %i %i", (c0, c1, k0, k1, x0, x1) => {
  const t = new Threefry(k0, k1);
  t.block(c0, c1);
  expect(hex(t)).toEqual([x0, x1]);
});

it("makes many blocks at once as it makes them one by one, whichever word of the counter moves", () => {
  const t = keyed(2 ** 40 + 3, PURPOSE.memory);
  for (const [counter0, counter1, step0, step1] of [
    [7, 0, 0, 1],
    [-2, 5, 1, 0],
    [2 ** 31 - 3, -4, 1, 3],
  ] as const) {
    for (const count of [1, 100, 5001]) {
      const words = new Int32Array(2 * count);
      t.blocks(counter0, counter1, step0, step1, count, words);
      for (let i = 0; i < count; i++) {
        t.block(counter0 + i * step0, counter1 + i * step1);
        if (words[2 * i] !== t.x0 || words[2 * i + 1] !== t.x1) throw new Error(`block ${i} of ${count} is another`);
      }
    }
  }
  for (const count of [1, 2, 512, 5000]) {
    const uniforms = new Float64Array(count);
    t.uniforms(11, count, 3, uniforms);
    for (let i = 0; i < count; i++) expect(uniforms[i]).toBe(t.uniform(11 + i, 3));
  }
});

const NO_LIMIT = process.platform === "linux" ? "" : "address space can be limited on Linux only";
if (NO_LIMIT !== "") console.warn(`SKIPPED: little address space. ${NO_LIMIT}`);
it.skipIf(NO_LIMIT !== "")("makes the same where a process has little address space", () => {
  const uniforms = new Float64Array(5000);
  keyed(1, PURPOSE.arrival).uniforms(7, uniforms.length, 3, uniforms);
  const built = join(import.meta.dirname, "../../dist/random/index.js");
  const script = `
    import { keyed, PURPOSE } from ${JSON.stringify(built)};
    const uniforms = new Float64Array(5000);
    keyed(1, PURPOSE.arrival).uniforms(7, uniforms.length, 3, uniforms);
    let memory = "enough for a kernel";
    try { new WebAssembly.Memory({ initial: 1 }); } catch { memory = "too little"; }
    console.log(JSON.stringify({ memory, uniforms: [...uniforms] }));`;
  const words = ["-c", 'ulimit -v 6000000 && exec "$0" --input-type=module -e "$1"', process.execPath, script];
  const found = JSON.parse(execFileSync("sh", words, { encoding: "utf8" }));
  expect(found).toEqual({ memory: "too little", uniforms: [...uniforms] });
});

it("draws uniforms in [0, 1) with mean 1/2 and variance 1/12", () => {
  const t = keyed(7, PURPOSE.arrival);
  const n = 200_000;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const u = t.uniform(i, 0);
    if (!(u >= 0 && u < 1)) throw new Error(`out of range: ${u}`);
    sum += u;
    squares += u * u;
  }
  expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
  expect(Math.abs(squares / n - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / n));
});

it("gives other draws for another seed, purpose or name, and the same for the same", () => {
  const draws = [
    keyed(1, PURPOSE.arrival),
    keyed(2, PURPOSE.arrival),
    keyed(4294967297, PURPOSE.arrival),
    keyed(1, PURPOSE.duration),
    keyedBy(1, PURPOSE.arrival, ["o", "a", "f"]),
    keyedBy(1, PURPOSE.arrival, ["o", "a", null]),
    keyedBy(1, PURPOSE.arrival, ["o", "a", ""]),
    keyedBy(1, PURPOSE.arrival, ["oa", "f"]),
  ].map((t) => t.uniform(3, 4));
  expect(new Set(draws).size).toBe(draws.length);
  expect(keyedBy(1, PURPOSE.arrival, ["o", "a", "f"]).uniform(3, 4)).toBe(draws[4]);
});
