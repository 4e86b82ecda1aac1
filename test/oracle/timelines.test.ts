import { describe, expect, it } from "vitest";
import { Observer } from "../../src/cluster/observer.js";
import { drain, feed } from "../../src/engine/simulation.js";
import type { SchedulerConfig } from "../../src/scheduler/scheduler.js";
import { schedulerNamed } from "../../src/scheduler/schedulers.js";
import { chunks, DEFAULTS, type Invocations, replayInMemory } from "./replay-in-memory.js";

/** [arrival, runtime, class] of each invocation. */
const table = (...rows: [number, number, number][]): Invocations => ({
  arrival_s: rows.map((row) => row[0]),
  runtime_s: rows.map((row) => row[1]),
  price_class: rows.map((row) => row[2]),
});
const CLASSES = { prices: [1, 2, 4] };

/** [start, finish, preemptions] of each invocation. */
function timeline(name: string, config: Partial<SchedulerConfig>, rows: Invocations, until: number | null = null) {
  const { start, finish, preemptions } = replayInMemory(name, config, rows, until);
  return Array.from(start, (at, i) => [at, finish[i], preemptions[i]]);
}

/** Everything that a scheduler tells, in order. */
class Told extends Observer {
  readonly lines: string[] = [];
  override placed(i: number, m: number, at: number) {
    this.lines.push(`${at} ${i} placed on ${m}`);
  }
  override started(i: number, m: number, at: number) {
    this.lines.push(`${at} ${i} started on ${m}`);
  }
  override preempted(i: number, m: number, at: number) {
    this.lines.push(`${at} ${i} preempted on ${m}`);
  }
  override finished(i: number, m: number, _start: number, at: number) {
    this.lines.push(`${at} ${i} finished on ${m}`);
  }
}

function told(name: string, config: Partial<SchedulerConfig>, rows: Invocations): string[] {
  const observer = new Told();
  const scheduler = schedulerNamed(name).create({ ...DEFAULTS, ...config }, observer);
  for (const chunk of chunks(rows, 1000)) {
    scheduler.open(chunk);
    feed(scheduler, chunk.arrival_s, chunk.rows, Number.POSITIVE_INFINITY);
  }
  drain(scheduler, Number.POSITIVE_INFINITY);
  return observer.lines;
}

describe.each(["xx", "ideal"])("preemptive priority (%s)", (name) => {
  it("a higher class takes the core, an equal one waits, and the preempted one goes on where it was", () => {
    const rows = table([0, 2, 0], [0.5, 1, 1], [0.75, 1, 1]);
    expect(timeline(name, CLASSES, rows)).toEqual([
      [0, 4, 1],
      [0.5, 1.5, 0],
      [1.5, 2.5, 0],
    ]);
  });

  it("a preempted invocation goes before the later ones of its class", () => {
    const rows = table([0, 2, 0], [0.5, 1, 0], [1, 1, 2]);
    expect(timeline(name, CLASSES, rows)).toEqual([
      [0, 3, 1],
      [3, 4, 0],
      [1, 2, 0],
    ]);
  });

  it("of two that run the lower class is preempted, of equal ones the later", () => {
    const rows = table([0, 4, 1], [0, 4, 0], [1, 4, 0], [1, 1, 2]);
    expect(timeline(name, { ...CLASSES, cores: 3 }, rows)).toEqual([
      [0, 4, 0],
      [0, 4, 0],
      [1, 6, 1],
      [1, 2, 0],
    ]);
  });

  it("is preempted as often as a higher class comes", () => {
    const rows = table([0, 3, 0], [1, 1, 1], [1.5, 0.5, 2], [3, 1, 2]);
    expect(timeline(name, CLASSES, rows)).toEqual([
      [0, 5.5, 2],
      [1, 2.5, 1],
      [1.5, 2, 0],
      [3, 4, 0],
    ]);
  });

  it("a completion comes before an arrival at the same instant, so that nobody is preempted", () => {
    const rows = table([0, 1, 0], [1, 1, 2]);
    expect(timeline(name, CLASSES, rows)).toEqual([
      [0, 1, 0],
      [1, 2, 0],
    ]);
  });

  it("of arrivals at the same instant each is placed by itself: a stint of length zero is a start and a preemption", () => {
    const rows = table([1, 1, 0], [1, 1, 2]);
    expect(timeline(name, CLASSES, rows)).toEqual([
      [1, 3, 1],
      [1, 2, 0],
    ]);
  });

  it("one without runtime ends the instant it gets a core, and preempts for it", () => {
    const rows = table([0, 2, 1], [1, 0, 2], [1, 0, 1], [1, 0, 0]);
    expect(timeline(name, CLASSES, rows)).toEqual([
      [0, 2, 1],
      [1, 1, 0],
      [2, 2, 0],
      [2, 2, 0],
    ]);
  });

  it("what happens at exactly the end of the run still happens", () => {
    const rows = table([0, 1, 0], [0.5, 1, 0], [1, 1, 2], [1.5, 1, 0]);
    expect(timeline(name, CLASSES, rows, 1)).toEqual([
      [0, 1, 0],
      [1, Number.NaN, 1],
      [1, Number.NaN, 0],
      [Number.NaN, Number.NaN, 0],
    ]);
    expect([...replayInMemory(name, CLASSES, rows, 1).ended]).toEqual([1, 1, 1, 0]);
  });

  it("what a stopped run has delivered to each", () => {
    const rows = table([0, 4, 0], [1, 1, 1], [1.5, 2, 0]);
    expect([...replayInMemory(name, CLASSES, rows, 2.5).cpu]).toEqual([1.5, 1, 0]);
  });
});

describe("earliest deadline first", () => {
  it("deadline = arrival + runtime x highest price / own price; the earlier takes the core", () => {
    // Deadlines 8, 3, 5 and 3.5.
    const rows = table([0, 2, 0], [1, 1, 1], [1, 1, 0], [1.5, 2, 2]);
    expect(timeline("edf", CLASSES, rows)).toEqual([
      [0, 6, 1],
      [1, 2, 0],
      [4, 5, 0],
      [2, 4, 0],
    ]);
  });

  it("the highest price is the list's, whether or not anybody asks for it", () => {
    // Deadlines 4 and 3 with the list's 4; with 1 the first would end before the second comes up.
    const rows = table([0, 1, 0], [0.5, 0.625, 0]);
    expect(timeline("edf", { prices: [1, 4] }, rows)).toEqual([
      [0, 1.625, 1],
      [0.5, 1.125, 0],
    ]);
  });

  it("of equal deadlines the one that came first goes first", () => {
    const rows = table([0, 2, 1], [0, 1, 0], [0, 1, 0]);
    expect(timeline("edf", CLASSES, rows)).toEqual([
      [0, 2, 0],
      [2, 3, 0],
      [3, 4, 0],
    ]);
  });
});

describe("processor sharing", () => {
  it("one without runtime ends at once on a crowded machine", () => {
    const rows = table([0, 2, 0], [1, 1, 0], [1.5, 0, 0]);
    expect(timeline("hermod", {}, rows)).toEqual([
      [0, 3, 0],
      [1, 3, 0],
      [1.5, 1.5, 0],
    ]);
  });

  it("what happens at exactly the end of the run still happens", () => {
    const rows = table([0, 1, 0], [1, 1, 0], [1, 1, 0], [2, 1, 0], [3, 1, 0]);
    const { finish, cpu, ended } = replayInMemory("hermod", {}, rows, 2);
    expect([...finish]).toEqual([1, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect([...cpu]).toEqual([1, 0.5, 0.5, 0, 0]);
    expect([...ended]).toEqual([1, 1, 1, 1, 0]);
  });

  it("starts are arrivals, and nobody is preempted", () => {
    const rows = table([0, 2, 0], [1, 1, 2], [1.5, 1, 2]);
    for (const [i, [start, , preemptions]] of timeline("random", CLASSES, rows).entries()) {
      expect([start, preemptions]).toEqual([rows.arrival_s[i], 0]);
    }
  });
});

describe("order of events", () => {
  it("completions of one instant come by machine, then by sequence, and before arrivals", () => {
    const rows = table([0, 2, 0], [0, 3, 0], [1, 2, 0], [1, 1, 0], [2, 1, 0]);
    const lines = told("xx", { machines: 2, cores: 2, k: 2 }, rows);
    // 0 and 2 go to machine 0, 1 and 3 to machine 1.
    expect(lines.filter((line) => /^[23] /.test(line))).toEqual([
      "2 0 finished on 0",
      "2 3 finished on 1",
      "2 4 placed on 0",
      "2 4 started on 0",
      "3 2 finished on 0",
      "3 4 finished on 0",
      "3 1 finished on 1",
    ]);
  });

  it("of those that share a machine completions of one instant come by sequence, crowded or not", () => {
    const finishes = (cores: number, rows: Invocations) =>
      told("hermod", { cores }, rows).filter((line) => line.includes("finished"));
    const uncrowded = finishes(3, table([0, 2, 0], [1, 1, 0], [1, 1, 0]));
    expect(uncrowded).toEqual(["2 0 finished on 0", "2 1 finished on 0", "2 2 finished on 0"]);
    const crowded = finishes(1, table([0, 2, 0], [1, 1, 0], [1, 1, 0]));
    expect(crowded).toEqual(["4 0 finished on 0", "4 1 finished on 0", "4 2 finished on 0"]);
  });

  it("in a pool completions of one instant come by sequence", () => {
    const rows = table([0, 3, 0], [0, 2, 0], [1, 2, 0], [2, 1, 0]);
    const lines = told("edf", { machines: 2, cores: 2 }, rows);
    expect(lines.filter((line) => line.startsWith("3 "))).toEqual([
      "3 0 finished on -1",
      "3 2 finished on -1",
      "3 3 finished on -1",
    ]);
  });

  it("the machine that an event touched settles before the next event of that instant", () => {
    const rows = table([0, 1, 0], [0, 1, 0], [0.5, 1, 0], [1, 1, 1]);
    expect(told("xx", { machines: 1, cores: 2, prices: [1, 2] }, rows).slice(5)).toEqual([
      "1 0 finished on 0",
      "1 2 started on 0",
      "1 1 finished on 0",
      "1 3 placed on 0",
      "1 3 started on 0",
      "2 2 finished on 0",
      "2 3 finished on 0",
    ]);
  });
});

describe("placement", () => {
  it("polling all machines takes the fewest placed and unfinished, of equal ones the lowest index", () => {
    const rows = table([0, 9, 0], [0, 1, 0], [0, 9, 0], [0, 9, 0], [2, 9, 0], [2, 9, 0]);
    for (const name of ["xx", "hermod"]) {
      for (const k of [3, 7]) {
        expect([...replayInMemory(name, { machines: 3, k }, rows).machine]).toEqual([0, 1, 2, 0, 1, 1]);
      }
    }
  });

  it("a pool has no machines", () => {
    for (const name of ["edf", "ideal"]) {
      expect([...replayInMemory(name, { machines: 3 }, table([0, 1, 0], [0, 1, 0])).machine]).toEqual([-1, -1]);
    }
  });
});
