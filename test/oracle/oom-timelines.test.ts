import { describe, expect, it } from "vitest";
import { type Invocations, replayInMemory } from "./replay-in-memory.js";

/** [arrival, runtime, class, MiB at first, MiB at last] of each invocation. */
const table = (...rows: [number, number, number, number, number][]): Invocations => ({
  arrival_s: rows.map((row) => row[0]),
  runtime_s: rows.map((row) => row[1]),
  price_class: rows.map((row) => row[2]),
  memory_initial_mib: rows.map((row) => row[3]),
  memory_peak_mib: rows.map((row) => row[4]),
});

/** [outcome, start, end, CPU seconds] of each invocation. */
function timeline(name: string, config: Parameters<typeof replayInMemory>[1], rows: Invocations) {
  const got = replayInMemory(name, { prices: [1, 2, 4], ...config }, rows);
  return Array.from(got.finish, (end, i) => [
    got.wasKilled[i] ? "killed" : "finished",
    Number.isNaN(got.start[i]!) ? null : got.start[i],
    end,
    got.cpu[i],
  ]);
}

describe.each(["hermod", "random"])("%s out of memory", (name) => {
  it("kills the newest the moment that two reach the RAM, which shared cores put off", () => {
    // On one core each grows by 50 MiB/s, from 100 + 100 together, so 600 MiB are full at 4; the other goes on alone.
    const rows = table([0, 4, 0, 100, 500], [0, 4, 0, 100, 500]);
    expect(timeline(name, { ram: 600, oom: "kill-newest" }, rows)).toEqual([
      ["finished", 0, 6, 4],
      ["killed", 0, 4, 2],
    ]);
    // On two cores by 100 MiB/s each.
    expect(timeline(name, { ram: 600, cores: 2, oom: "kill-newest" }, rows)).toEqual([
      ["finished", 0, 4, 4],
      ["killed", 0, 2, 2],
    ]);
  });

  it("kills the largest by what it holds then, not by what it would", () => {
    // At 2 the first holds 300, the second, which would need more in the end, 200.
    const rows = table([0, 4, 0, 100, 500], [0, 8, 0, 0, 800]);
    expect(timeline(name, { ram: 500, cores: 2, oom: "kill-largest" }, rows)).toEqual([
      ["killed", 0, 2, 2],
      ["killed", 0, 5, 5],
    ]);
  });

  it("of those that hold the same it kills the newest", () => {
    const rows = table([0, 2, 0, 100, 100], [0, 2, 0, 100, 100], [1, 2, 0, 100, 100]);
    for (const oom of ["kill-newest", "kill-largest"] as const) {
      expect(timeline(name, { ram: 250, cores: 4, oom }, rows)).toEqual([
        ["finished", 0, 2, 2],
        ["finished", 0, 2, 2],
        ["killed", null, 1, 0],
      ]);
    }
  });

  it("makes room for a small arrival by killing a large one, or turns it away where the newest is killed", () => {
    const rows = table([0, 4, 0, 400, 400], [1, 1, 0, 200, 200]);
    expect(timeline(name, { ram: 500, cores: 2, oom: "kill-largest" }, rows)).toEqual([
      ["killed", 0, 1, 1],
      ["finished", 1, 2, 1],
    ]);
    expect(timeline(name, { ram: 500, cores: 2, oom: "kill-newest" }, rows)).toEqual([
      ["finished", 0, 4, 4],
      ["killed", null, 1, 0],
    ]);
  });

  it("kills one that is too large by itself: at once, or when it has grown so far", () => {
    const rows = table([0, 1, 0, 600, 600], [1, 4, 0, 100, 900], [9, 0, 0, 0, 501], [10, 0, 0, 0, 500]);
    for (const oom of ["kill-newest", "kill-largest"] as const) {
      expect(timeline(name, { ram: 500, oom }, rows)).toEqual([
        ["killed", null, 0, 0],
        ["killed", 1, 3, 2],
        ["killed", null, 9, 0],
        ["finished", 10, 10, 0],
      ]);
    }
  });

  it("a completion at the instant at which memory is full comes first and makes room", () => {
    const rows = table([0, 2, 0, 100, 300], [0, 4, 0, 100, 500]);
    expect(timeline(name, { ram: 600, cores: 2, oom: "kill-newest" }, rows)).toEqual([
      ["finished", 0, 2, 2],
      ["finished", 0, 4, 4],
    ]);
  });

  it("full and not growing is no reason to kill", () => {
    const rows = table([0, 2, 0, 300, 300], [0, 4, 0, 200, 200]);
    expect(timeline(name, { ram: 500, oom: "kill-largest" }, rows)).toEqual([
      ["finished", 0, 4, 2],
      ["finished", 0, 6, 4],
    ]);
  });

  it("a kill frees cores: those that are left get more of them from then on", () => {
    // Three on one core get a third each and grow by 100 MiB/s together, to 600 MiB at 3; then two get half each.
    const rows = table([0, 3, 0, 100, 400], [0, 3, 0, 100, 400], [0, 3, 0, 100, 400]);
    const killed = timeline(name, { ram: 600, oom: "kill-newest" }, rows);
    // At 3 each holds 200 MiB. Then two grow by 100 MiB/s together, from 400 MiB to 600 at 5, with 2 s of CPU each.
    expect(killed.map(([outcome]) => outcome)).toEqual(["finished", "killed", "killed"]);
    for (const [i, end] of [6, 5, 3].entries()) expect(killed[i]![2]).toBeCloseTo(end, 12);
  });
});

describe.each(["edf", "ideal"])("%s out of memory", (name) => {
  it("has the RAM of all machines as one", () => {
    const rows = table([0, 2, 2, 400, 400], [0, 2, 2, 400, 400], [0, 2, 2, 400, 400], [0, 2, 2, 400, 400]);
    const config = { machines: 3, cores: 2, ram: 400, oom: "kill-newest" } as const;
    expect(timeline(name, config, rows).map(([outcome]) => outcome)).toEqual([
      "finished",
      "finished",
      "finished",
      "killed",
    ]);
  });

  it("what waits holds its memory and does not grow, and may be the victim", () => {
    // The second waits with 200 MiB; the first grows by 100 MiB/s from 100 and fills 500 MiB at 2.
    const rows = table([0, 4, 2, 100, 500], [0, 4, 2, 200, 600]);
    expect(timeline(name, { ram: 500, oom: "kill-newest" }, rows)).toEqual([
      ["finished", 0, 4, 4],
      ["killed", null, 2, 0],
    ]);
    expect(timeline(name, { ram: 500, oom: "kill-largest" }, rows)).toEqual([
      ["killed", 0, 2, 2],
      // It holds 500 MiB when it has run for 3 s, at 5.
      ["killed", 2, 5, 3],
    ]);
  });

  it("who is killed as it comes preempts nobody", () => {
    const rows = table([0, 4, 0, 400, 400], [1, 1, 2, 200, 200]);
    expect(timeline(name, { ram: 500, oom: "kill-newest" }, rows)).toEqual([
      ["finished", 0, 4, 4],
      ["killed", null, 1, 0],
    ]);
    expect(replayInMemory(name, { ram: 500, oom: "kill-newest", prices: [1, 2, 4] }, rows).preemptions).toEqual(
      Uint32Array.of(0, 0),
    );
  });

  it("a core that a kill frees goes to the first in run order, be it one that waits or the arrival", () => {
    const large = [0, 1.5, 2, 400, 400] as const;
    const later = table([...large], [0.5, 1.25, 2, 50, 50], [1, 1, 0, 100, 100]);
    expect(timeline(name, { ram: 500, oom: "kill-largest" }, later)).toEqual([
      ["killed", 0, 1, 1],
      ["finished", 1, 2.25, 1.25],
      ["finished", 2.25, 3.25, 1],
    ]);
    const before = table([...large], [0.5, 1.25, 1, 50, 50], [1, 0.25, 2, 100, 100]);
    expect(timeline(name, { ram: 500, oom: "kill-largest" }, before)).toEqual([
      ["killed", 0, 1, 1],
      ["finished", 1.25, 2.5, 1.25],
      ["finished", 1, 1.25, 0.25],
    ]);
  });
});
