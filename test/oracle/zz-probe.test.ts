import { it } from "vitest";
import { waits } from "./measure.js";
import { boundedPareto, boundedParetoMean } from "./laws-of-runtime.js";
const q = (a: Float64Array, p: number) => a[Math.ceil(p * a.length) - 1]!;
it("x", () => {
  const law = boundedPareto(1.5, .1, 100), mean = boundedParetoMean(1.5, .1, 100);
  const shares = [0.35, 0.25, 0.02, 0.15, 0.23];
  for (const n of [5e6])
  for (const [scheduler, sh] of [["random",shares],["hermod",shares],["xx",shares],["ideal",shares],["xx",[1]],["ideal",[1]]] as [string, number[]][]) {
    const all: number[][] = [];
    for (const seed of [11,12,13,14,15,16,17,18]) {
    const { workload, wait } = waits({ scheduler, machines: 100, cores: 8, load: .95, law, mean, shares: sh, count: n, warm: 0 }, seed);
    const from = n / 10;
    const s = new Float64Array(n - from); let sum = 0, work = 0;
    for (let i = from; i < n; i++) { s[i - from] = 1 + wait[i]! / workload.runtime_s[i]!; sum += s[i - from]!; work += workload.runtime_s[i]!; }
    const by = sh.length > 1 ? [1,0].map((c) => q(s.filter((_, i) => workload.price_class[from + i] === c).sort(), .99)) : [];
    s.sort();
    all.push([sum / s.length, q(s, .99), q(s, .999), ...by, work / (workload.arrival_s[n-1]! - workload.arrival_s[from]!) / 800]);
    }
    for (let c = 0; c < all[0]!.length; c++) { const v = all.map((r) => r[c]!); const m = v.reduce((a,b)=>a+b)/v.length; const sd = Math.sqrt(v.reduce((a,b)=>a+(b-m)**2,0)/(v.length-1)); console.log("ROW", scheduler, sh.length, c, "mean", m.toFixed(4), "sd of one run", sd.toFixed(4), v.map((x) => x.toFixed(3)).join(" ")); }
  }
}, 900000);
