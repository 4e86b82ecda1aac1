import { describe, expect, it } from "vitest";
import { drain, feed, type Model } from "../../src/engine/simulation.js";

/** A model with events at these times, which writes down what is done. */
class Script implements Model {
  readonly done: string[] = [];
  private readonly events: number[];

  constructor(...events: number[]) {
    this.events = events;
  }

  next(): number {
    return this.events[0] ?? Number.POSITIVE_INFINITY;
  }

  step(): void {
    this.done.push(`event ${this.events.shift()}`);
  }

  arrive(i: number): void {
    this.done.push(`arrival ${i}`);
  }
}

const FOREVER = Number.POSITIVE_INFINITY;

describe("feed", () => {
  it("performs the events up to each arrival, those at its instant before it", () => {
    const model = new Script(1, 2, 2, 3);
    expect(feed(model, Float64Array.of(0, 2, 2), 3, FOREVER)).toBe(3);
    expect(model.done).toEqual(["arrival 0", "event 1", "event 2", "event 2", "arrival 1", "arrival 2"]);
  });

  it("stops at the first arrival after the end, and leaves later events alone", () => {
    const model = new Script(1.5, 2.5);
    expect(feed(model, Float64Array.of(1, 2, 2.25, 9), 4, 2)).toBe(2);
    expect(model.done).toEqual(["arrival 0", "event 1.5", "arrival 1"]);
  });

  it("takes the first `count` arrivals", () => {
    const model = new Script();
    expect(feed(model, Float64Array.of(1, 2, 3), 2, FOREVER)).toBe(2);
    expect(model.done).toEqual(["arrival 0", "arrival 1"]);
  });
});

describe("drain", () => {
  it("performs every event up to and including the end", () => {
    const model = new Script(1, 2, 3);
    expect(drain(model, 2)).toBe(false);
    expect(model.done).toEqual(["event 1", "event 2"]);
  });

  it("performs some at a time, and says whether there may be more", () => {
    const model = new Script(1, 2, 3);
    expect(drain(model, FOREVER, 2)).toBe(true);
    expect(model.done.length).toBe(2);
    expect(drain(model, FOREVER, 2)).toBe(false);
    expect(model.done.length).toBe(3);
  });
});
