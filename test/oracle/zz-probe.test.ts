import { it } from "vitest";
import { measure, estimate } from "./measure.js";
import { EXPONENTIAL } from "./laws-of-runtime.js";
it("x", () => {
  for (const [from, warm] of [[101, 1e5],[201, 1e5],[301, 1e6]]) {
    const reps = Array.from({length: 12}, (_, i) => measure({ scheduler: "hermod", machines: 100, cores: 1, k: 2, load: .9, law: EXPONENTIAL, count: 1e6, warm: warm! }, from! + i));
    const a = estimate(reps.map((m) => m.latency)), b = estimate(reps.map((m) => m.slowdown));
    console.log(`ROW ${from} ${warm}: T ${a.mean.toFixed(5)} ±${a.error.toFixed(5)} slow ${b.mean.toFixed(5)} ±${b.error.toFixed(5)}`);
  }
  for (const [from, warm] of [[101, 4e5],[201, 8e5]]) {
    const reps = Array.from({length: 8}, (_, i) => measure({ scheduler: "hermod", machines: 2000, cores: 1, k: 2, load: .9, law: EXPONENTIAL, count: 1e6, warm: warm! }, from! + i));
    const a = estimate(reps.map((m) => m.latency)), b = estimate(reps.map((m) => m.slowdown));
    console.log(`ROW 2000 ${from} ${warm}: T ${a.mean.toFixed(5)} ±${a.error.toFixed(5)} slow ${b.mean.toFixed(5)} ±${b.error.toFixed(5)}`);
  }
}, 600000);
