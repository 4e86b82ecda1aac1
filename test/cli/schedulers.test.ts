import { describe, expect, it } from "vitest";
import { register } from "../../src/cli/schedulers.js";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { call } from "./call.js";

describe("replaybook schedulers", () => {
  it("says a line of each, its name first", async () => {
    const lines = (await call(register, "schedulers")).trimEnd().split("\n");
    const expected = Object.entries(SCHEDULERS).map(([name, { about }]) => `${name.padEnd(6)}  ${about}`);
    expect(lines).toEqual(expected);
  });

  it("prints them as JSON", async () => {
    const [xx] = JSON.parse(await call(register, "schedulers", "--json"));
    expect(xx).toEqual({ name: "xx", about: SCHEDULERS["xx"]!.about, uses: SCHEDULERS["xx"]!.uses });
    expect(xx.uses).toContain("shards");
  });
});
