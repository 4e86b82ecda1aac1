import { it } from "vitest";
import { slowdowns } from "./regression.js";
import { SHARES } from "./means.js";
it("x", () => {
  for (const [count, warm] of [[1e6,1e6],[4.5e6,5e5]])
  for (const [scheduler, shares] of [["random",[1]],["hermod",[1]],["xx",SHARES],["edf",SHARES],["ideal",SHARES],["xx",[1]],["ideal",[1]]] as [string, number[]][]) {
    const all = [1,2,3,4,5,6,7,8].map((seed) => slowdowns({scheduler, shares}, count!, warm!, seed));
    const line = [0,1,2,3,4].map((c) => { const v = all.map((r) => r[c]!); const m = v.reduce((a,b)=>a+b)/v.length; const sd = Math.sqrt(v.reduce((a,b)=>a+(b-m)**2,0)/(v.length-1)); return `${m.toFixed(5)}±${sd.toFixed(5)}`; });
    console.log("ROW", count, scheduler, shares.length, line.join("  "), " seed1:", all[0]!.map((x) => x.toFixed(4)).join(" "));
  }
}, 3600000);
