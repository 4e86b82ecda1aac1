import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SCHEDULERS } from "../../src/scheduler/schedulers.js";
import { done } from "../cli/built.js";
import { DIFFERS, runFolder } from "./runs.js";
import { newFolder, sha256Of } from "./tables.js";

it("of several batches a worker per scheduler and a thread for its tables make the bytes that one thread makes", async () => {
  const folder = newFolder();
  const lines = Array.from({ length: 150_000 }, (_, i) => `${i / 64},${((i * 7919) % 1009) / 1000},${i % 5}`);
  writeFileSync(join(folder, "long.csv"), `arrival_s,runtime_s,price_class\n${lines.join("\n")}\n`);
  const flags = { scheduler: Object.keys(SCHEDULERS).join(","), machines: "5", cores: "8", k: "2" };
  const options = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  await done(["replay", "long.csv", "-o", "run", ...options], folder);
  const expected = sha256Of(await runFolder(join(folder, "long.csv"), flags), DIFFERS);
  expect(sha256Of(join(folder, "run"), DIFFERS)).toEqual(expected);
});
