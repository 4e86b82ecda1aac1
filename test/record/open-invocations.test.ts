import fc from "fast-check";
import { expect, it } from "vitest";
import { type ArrivedColumns, OpenInvocations, PlacedInvocations } from "../../src/record/open-invocations.js";

/** What arrives with an invocation, told by its number; every third takes no time. */
const columns = (sequence: number): ArrivedColumns => ({
  arrival_s: Float64Array.of(sequence / 3),
  runtime_s: Float64Array.of(sequence % 3),
  price_class: Uint8Array.of(sequence % 5),
  memory_initial_mib: Float32Array.of(sequence % 1000),
  memory_peak_mib: Float32Array.of((sequence % 1000) + 50),
  kept: Uint8Array.of(sequence % 2),
});

it("finds what arrived with each that is open, however old, and beyond 2^32 of them", () => {
  const steps = fc.array(fc.record({ ends: fc.nat(), ahead: fc.constantFrom(1, 1, 1, 2, 700, 5000) }), {
    minLength: 50,
    maxLength: 400,
    size: "max",
  });
  const property = fc.property(fc.constantFrom(0, 2 ** 32 - 3000), steps, (first, list) => {
    const known = new OpenInvocations();
    const open = new Map<number, number>();
    let sequence = first;
    for (const [step, { ends, ahead }] of list.entries()) {
      sequence += ahead;
      open.set(sequence, known.add(sequence, columns(sequence), 0));
      if (step % 3 > 0) continue;
      const [gone, record] = [...open][ends % open.size]!;
      expect(known.find(gone)).toBe(record);
      known.remove(gone, record);
      open.delete(gone);
    }
    expect(new Set(open.values()).size).toBe(open.size);
    for (const [of, record] of open) {
      expect(known.find(of)).toBe(record);
      const needed = of % 3;
      const initial = of % 1000;
      const ending = new Float64Array(4);
      known.tellPeak(record, ending);
      const found = [known.arrival(record), ending[3], known.priceClass(record), ending[1]];
      expect(found).toEqual([of / 3, needed, of % 5, initial + 50]);
      const coming = new Float64Array(4);
      known.tellHeld(record, coming);
      const memory = [coming[1], coming[2]];
      expect(ending[2]).toBe(coming[2]);
      expect(memory).toEqual(needed > 0 ? [initial, 50 / needed] : [initial + 50, 0]);
    }
  });
  fc.assert(property, { seed: 61, numRuns: 60 });
});

it("finds what arrived with each that is placed where its slot says, whose slot is used again", () => {
  const known = new PlacedInvocations();
  for (const slot of [1, 0, 5000, 70_000, 3]) {
    for (const sequence of [slot + 11, slot + 4]) {
      const record = known.add(slot, columns(sequence), 0);
      expect(known.find(slot)).toBe(record);
      expect([known.arrival(record), known.priceClass(record)]).toEqual([sequence / 3, sequence % 5]);
      expect(known.isKept(record)).toBe(sequence % 2 === 1);
      known.remove();
    }
  }
  expect(known.arrival(known.find(5000))).toBe(5004 / 3);
});

it("keeps what is told of one later", () => {
  const known = new OpenInvocations();
  const record = known.add(7, columns(7), 0);
  known.add(8, columns(8), 0);
  known.arrives(record, 99.5);
  known.changeClass(record, 4);
  expect([known.arrival(record), known.priceClass(record), known.needed(record)]).toEqual([99.5, 4, 1]);
});
