import { expect, it } from "vitest";
import { queueAddress, scrubbed } from "../../src/sweep/queue-address.js";

const EXPECTED = "expected an address such as redis://:PASSWORD@host:6379/0, or rediss:// for TLS";

it.each([
  ["redis://head", { host: "head", port: 6379, db: 0 }, "redis://head:6379/0"],
  ["redis://head:7000/2", { host: "head", port: 7000, db: 2 }, "redis://head:7000/2"],
  ["valkey://[::1]:7000/", { host: "::1", port: 7000, db: 0 }, "valkey://[::1]:7000/0"],
  ["redis://:p%40ss@head", { host: "head", port: 6379, db: 0, password: "p@ss" }, "redis://***@head:6379/0"],
  [
    "rediss://ann:pass@head",
    { host: "head", port: 6379, db: 0, username: "ann", password: "pass", tls: {} },
    "rediss://***@head:6379/0",
  ],
])("%s is read, and shown without user and password", (text, connection, shown) => {
  expect(queueAddress(text, "--queue")).toEqual({ connection, shown, where: "--queue" });
});

it.each([
  ["head:6379", "head:6379"],
  ["http://head", "http://head"],
  ["redis://", "redis://"],
  ["redis://head/name", "redis://head/name"],
  ["redis://ann:pa ss@head:x", "redis://***@head:x"],
  ["redis://ann:pa@ss@he ad", "redis://***@he ad"],
  ["redis://:%zz@head", "redis://***@head"],
  ["redis://head?password=pass", "redis://head"],
  ["ann:pass@head", "***@head"],
])("%s is refused in one line without a password", (text, shown) => {
  expect(() => queueAddress(text, "--queue")).toThrow(`invalid queue: ${shown} (--queue); ${EXPECTED}`);
});

it("what a server says is passed on without user and password", () => {
  const address = queueAddress("redis://ann:s%2Bcret@head", "--queue");
  expect(scrubbed("no s+cret of ann here", address)).toBe("no *** of *** here");
});
