import { describe, expect, it } from "vitest";
import { register as compareCommand } from "../../src/cli/compare.js";
import { register } from "../../src/cli/latency.js";
import { handMadeRun, type Told } from "../analysis/hand-made-run.js";
import { labelledRun, rewrite, seeded } from "../analysis/latency-run.js";
import { call } from "./call.js";

/** A thousand of class 0 that take longer and longer, the last ten unfinished at 1000 s; twenty of class 1; a killed one. */
const TOLD: Told[] = [
  ...Array.from({ length: 1000 }, (_, i) => ({ arrival: i / 100, finish: i < 990 ? i / 100 + (i + 1) / 2 : null })),
  ...Array.from({ length: 20 }, (_, i) => ({ arrival: 10, priceClass: 1, runtime: 0.01, finish: 10.012 + i / 1e6 })),
  { arrival: 10, priceClass: 2, outcome: "killed", finish: 13 },
];
const OPTIONS = { prices: "0.3,1,1.5", cores: "4", warmup: "0", scheduler: "" };
const LABELS = {
  function: TOLD.map((_, i) => `function-${i % 3}-of-a-long-name`),
  trigger: TOLD.map((_, i) => (i % 3 === 0 ? "http" : i % 3 === 1 ? "timer" : null)),
};

async function made(): Promise<string> {
  const folder = await labelledRun({ xx: { invocations: TOLD, end: 1000 } }, LABELS, { options: OPTIONS });
  const cpu = (of: Told) => (of.finish === null ? { cpu: 0, start: null } : {});
  await rewrite(
    folder,
    "xx",
    TOLD.map((of, invocation) => ({ ...of, ...cpu(of), invocation })),
  );
  return folder;
}

describe("replaybook latency", () => {
  it("says who waits, the top class first, and who longest", async () => {
    expect(await call(register, "latency", await made())).toBe(`\
made: slowdown of 1,021 invocations by class

xx
  class  price   count   mean   p50  p90    p99  p99.9    max  killed  open
      2    1.5       1      ∞     -    -      -      -      ∞       1     0
      1      1      20   1.20  1.20    -      -      -   1.20       0     0
      0    0.3   1,000  >=255   250  450    495      -  >=990       0    10
    all          1,021      ∞   246  450  >=990      -      ∞       1    10

the longest wait of each class, and how many never ended well or had a core
      class   wait  invocation       function     outcome  no end  no start
  xx      2   2.0s       1,020  function-0-of      killed    100%         0
          1  2.0ms       1,019  function-2-of    finished      0%         0
          0  >=17m         990  function-0-of  unfinished    1.0%        10

slowdown: latency / runtime, 1 never waits;
>= some have not ended: at least this; - too few to tell; ∞ killed or rejected
`);
  });

  it("lists what it is grouped by with the worst first, and says of how many", async () => {
    const folder = await made();
    const lines = (await call(register, "latency", folder, "--by", "function", "--top", "2", "--of", "latency")).split(
      "\n",
    );
    expect(lines.slice(0, 7)).toEqual([
      "made: latency of 1,021 invocations by function",
      "",
      "xx (the 2 of 3 groups with the worst p99)",
      // Latencies of up to 495 s, every third of them: the median 247 s. Those still open have 990 s.
      "  function          count    mean   p50   p90    p99  p99.9    max  killed  open",
      "  function-0-of-a-    341       ∞  4.1m  7.5m      -      -      ∞       1     4",
      "  function-2-of-a-    340  >=4.2m  4.1m  7.5m      -      -  >=17m       0     3",
      "  all               1,021       ∞  4.1m  7.5m  >=17m      -      ∞       1    10",
    ]);
  });

  it("has windows in the order of time, and says what is not known of the trace", async () => {
    const folder = await made();
    const windows = await call(register, "latency", folder, "--by", "window,class", "--window", "5s", "--ended-only");
    const first = windows
      .split("\n")
      .filter((line) => /^ +\d:/.test(line))
      .map((line) => line.trim().split(/ +/).slice(0, 4));
    expect(first).toEqual([
      ["0:00:00", "0", "0.3", "500"],
      ["0:00:05", "0", "0.3", "500"],
      ["0:00:10", "1", "1", "20"],
      ["0:00:10", "2", "1.5", "1"],
    ]);
    expect(windows).toContain("of the finished alone");
    expect(await call(register, "latency", folder, "--by", "trigger")).toContain("trigger -: the trace does not say");
  });

  it("keeps to 80 columns whatever it is grouped by", async () => {
    const folder = await made();
    for (const by of [
      "class",
      "trigger",
      "function",
      "window",
      "window,class",
      "function,class",
      "trigger,window,class",
    ]) {
      const text = await call(register, "latency", folder, "--by", by);
      expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it("says what mser-5 found, or why it fails", async () => {
    const text = await call(register, "latency", await made(), "--warmup-cut", "mser-5");
    expect(text.split("\n").slice(1, 4)).toEqual([
      "  nothing is left out as warm-up (mser-5: xx fails)",
      "  mser-5 fails where latency does not settle within the first half",
      "",
    ]);
    const cut = await call(register, "latency", await made(), "--warmup-cut", "5s");
    expect(cut.split("\n")[1]).toBe("  arrivals of the first 5 s, the warm-up, are left out");
  });

  it("has in JSON what it prints, infinity as text", async () => {
    const { groups, all, starvation, warmup } = JSON.parse(await call(register, "latency", await made(), "--json"));
    expect(groups).toHaveLength(3);
    expect(groups[2]).toMatchObject({ price_class: 2, count: 1, killed: 1, mean: "Infinity", p50: null });
    expect(groups[0]).toMatchObject({ lower_bounds: "mean max", lower_bound: false });
    expect(all[0]).toMatchObject({ count: 1021, lower_bounds: "p99" });
    expect(starvation).toHaveLength(3);
    expect(warmup).toEqual({ rule: "run", cut_s: 0, found: [] });
  });

  it("says how a load step crowds each class", async () => {
    const step = Array.from({ length: 2000 }, (_, i) => {
      const arrival = i / 20;
      return { arrival, finish: arrival + (1 + (i % 20)) * (arrival < 50 ? 1 : 3) };
    });
    const folder = await handMadeRun({ xx: { invocations: step, end: 1e6 } }, {}, "step");
    expect(await call(register, "latency", folder, "--step", "50s..100s", "--before", "0s..50s")).toBe(`\
step: p99 slowdown from 50 s to 1 min 40 s over that from 0 s to 50 s

xx
  class  price  arrivals  in step  p99 before  in step  index  95 % interval
  0          1     1,000    1,000        20.0     60.0   3.00   3.00 to 3.00

index: 1 is no change; interval: from blocks of time drawn again
`);
    const json = JSON.parse(
      await call(register, "latency", folder, "--step", "50s..100s", "--before", "0s..50s", "--json"),
    );
    expect(json).toMatchObject({ step_s: [50, 100], before_s: [0, 50] });
    expect(json.rows).toHaveLength(4);
  });

  it.each([
    [["--by", "colour"], "invalid by: colour (--by); expected one of class, trigger, owner, app, function, window"],
    [["--of", "speed"], "invalid quantity: speed (--of); expected one of slowdown, latency"],
    [
      ["--window", "5s"],
      "invalid option: --window (without --by window); expected --by window with it, or --by window,class",
    ],
    [
      ["--by", "window", "--window", "soon"],
      "invalid window: soon (--window); expected seconds, 0 or more, or a time such as 90s",
    ],
    [["--top", "0"], "invalid top: 0 (--top); expected a whole number from 1 to 1000000000"],
    [["--warmup-cut", "soon"], "invalid warmup-cut: soon (--warmup-cut); expected mser-5 or a time such as 90s"],
    [
      ["--step", "1s..2s"],
      "invalid option: --step (without --before); expected both, such as --step 50s..80s --before 0s..50s",
    ],
    [
      ["--before", "1s..2s"],
      "invalid option: --before (without --step); expected both, such as --step 50s..80s --before 0s..50s",
    ],
    [
      ["--step", "1s..2s", "--before", "0s..1s", "--by", "class"],
      "invalid option: --by (with --step); expected it alone: a step is looked at by class",
    ],
    [
      ["--step", "5", "--before", "0s..1s"],
      "invalid span: 5 (--step); expected a span such as 8h..16h, its end after its start",
    ],
    [
      ["--warmup-cut", "100s"],
      "invalid warmup-cut: 100s (--warmup-cut, RUN); expected less than 100s, for which invocations arrive",
    ],
    [
      ["--warmup-cut", "1h", "--by", "window"],
      "invalid warmup-cut: 1h (--warmup-cut, RUN); expected less than 100s, for which invocations arrive",
    ],
    [
      ["--warmup-cut", "99s"],
      "invalid warmup-cut: 99s (--warmup-cut, after which nothing arrives); expected a time before the last arrival",
    ],
  ])("refuses %j in a line", async (flags, message) => {
    const folder = await handMadeRun({ xx: { invocations: [{}] } });
    await expect(call(register, "latency", folder, ...flags)).rejects.toThrow(message.replace("RUN", folder));
  });

  it("refuses a warm-up of the run's own that leaves nothing", async () => {
    const options = { ...OPTIONS, warmup: "2m" };
    const folder = await handMadeRun({ xx: { invocations: [{}] } }, { options });
    await expect(call(register, "latency", folder)).rejects.toThrow(
      `invalid warmup: 120s (--warmup of ${folder}, after which nothing arrives); expected a time before the last arrival`,
    );
  });
});

describe("replaybook compare", () => {
  const told = (factor: number): Told[] =>
    Array.from({ length: 2000 }, (_, i) => ({ arrival: i / 20, finish: i / 20 + factor * (1 + (i % 20)) }));

  it("says by how much the others differ from the first, and for whom", async () => {
    const folder = await handMadeRun(
      { xx: { invocations: told(1), end: 1e6 }, hermod: { invocations: told(2), end: 1e6 } },
      {},
      "both",
    );
    expect(await call(compareCommand, "compare", folder)).toBe(`\
hermod against xx: slowdown, in both; intervals from blocks of its time
  class price count          xx  hermod  difference   95 % interval
  0         1 2,000  mean  10.5    21.0       +10.5  +10.5 to +10.5
                      p50  10.0    20.0       +10.0  +10.0 to +11.0
                      p99  20.0    40.0       +20.0  +20.0 to +20.0
  all         2,000  mean  10.5    21.0       +10.5  +10.5 to +10.5
                      p50  10.0    20.0       +10.0  +10.0 to +11.0
                      p99  20.0    40.0       +20.0  +20.0 to +20.0

  share of invocations that are faster or slower under hermod
  class   count   faster   slower   the same
  0       2,000       0%     100%         0%
  all     2,000       0%     100%         0%

difference: first named - second; below 0 the first is faster
`);
  });

  it("says over how many seeds, and when these are too few for an interval", async () => {
    const folders = await Promise.all(
      [1, 2].map((seed) =>
        seeded({ xx: { invocations: told(1) }, edf: { invocations: told(1) } }, { sha256: `w${seed}`, seed }),
      ),
    );
    const alone = await seeded({ xx: { invocations: told(1) } }, { sha256: "w3", seed: 3 });
    const text = await call(compareCommand, "compare", ...folders, alone, "--of", "latency");
    expect(text).toContain("edf against xx: latency, means over 2 seeds; no intervals, which take five\n");
    expect(text).toContain("run-w3-3: no other run has its workload, left out\n");
    const json = JSON.parse(await call(compareCommand, "compare", ...folders, "--json", "--scheduler", "xx,edf"));
    expect(json.comparisons[0]).toMatchObject({ baseline: "xx", other: "edf", interval: "none" });
  });

  it("keeps to 80 columns where labels are long and numbers odd", async () => {
    const killed = told(1000).map(
      (of, i): Told => (i % 30 === 0 ? { ...of, outcome: "killed" } : i % 7 ? of : { ...of, finish: null }),
    );
    const options = (n: number) => ({
      options: { "swap-in-watermark": `0.${n}`, oom: "kill-newest", machines: `${n}` },
    });
    const folders = [
      await seeded({ xx: { invocations: told(1) } }, options(1)),
      await seeded({ xx: { invocations: killed, end: 5000 } }, options(2)),
    ];
    const text = await call(compareCommand, "compare", ...folders);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("refuses a warm-up by the end of which one of the runs was over", async () => {
    const folder = await handMadeRun({ xx: { invocations: told(1) }, edf: { invocations: told(1) } });
    await expect(call(compareCommand, "compare", folder, "--warmup-cut", "2m")).rejects.toThrow(
      `invalid warmup-cut: 2m (--warmup-cut, ${folder}); expected less than 100s, for which invocations arrive`,
    );
  });

  it("refuses runs that share nothing in a line", async () => {
    const runs = [
      await seeded({ xx: { invocations: told(1) } }, { sha256: "a" }),
      await seeded({ xx: { invocations: told(1) } }, { sha256: "b" }),
    ];
    await expect(call(compareCommand, "compare", ...runs)).rejects.toThrow(
      "invalid runs: run-a-7, run-b-7 (no two replays of one workload); expected a run of several schedulers, or runs whose workload_sha256 agree",
    );
  });
});
