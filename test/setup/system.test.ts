import { describe, expect, it } from "vitest";
import { commands, decide, NEEDS, type Situation, setUp } from "../../scripts/system.mjs";

const person: Situation = { off: false, ci: false, root: false, terminal: true, apt: true, sudo: true };
const container: Situation = { ...person, root: true, terminal: false, sudo: false };

describe("what is missing from the system", () => {
  it.each<[string, Partial<Situation>, string]>([
    ["root without a terminal installs", { root: true, terminal: false, sudo: false }, "install"],
    ["CI=true installs, with sudo where it is not root", { ci: true, terminal: false }, "install"],
    ["CI=true installs on a terminal too", { ci: true, root: true }, "install"],
    ["a person on a terminal is asked", {}, "ask"],
    ["root on a terminal is asked", { root: true, sudo: false }, "ask"],
    ["a user without a terminal is told", { terminal: false }, "tell"],
    ["without sudo a user is told", { sudo: false }, "tell"],
    ["CI=true without root or sudo is told", { ci: true, sudo: false }, "tell"],
    ["other systems than Debian and Ubuntu are told", { apt: false, root: true, terminal: false }, "tell"],
    ["REPLAYBOOK_SETUP=off only tells, even root in CI", { off: true, ci: true, root: true, terminal: false }, "tell"],
  ])("%s", (_fact, differs, decision) => {
    expect(decide({ ...person, ...differs })).toBe(decision);
  });

  it("is updated and installed without questions, quietly, with sudo only for others than root", () => {
    const apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"];
    const install = ["install", "-y", "--no-install-recommends", "a", "b"];
    expect(commands(["a", "b"], container)).toEqual([
      [...apt, "update"],
      [...apt, ...install],
    ]);
    expect(commands(["a", "b"], person)[1]).toEqual(["sudo", ...apt, ...install]);
    expect(commands(["a"], { ...person, ci: true, terminal: false })[0]).toEqual(["sudo", "-n", ...apt, "update"]);
  });

  it("every need says what goes without it, and how each system gets it", () => {
    for (const need of NEEDS) {
      expect(need.packages.length).toBeGreaterThan(0);
      expect([need.name, need.why, need.elsewhere].every((text) => text.length > 0)).toBe(true);
    }
  });
});

describe("setUp", () => {
  /** A need that becomes present when apt-get installs it, unless that fails. */
  function world(answer: boolean, problem: string | null = null) {
    let installed = false;
    const said: string[] = [];
    const done: string[] = [];
    const need = {
      name: "Redis",
      why: "the queue's tests",
      packages: ["redis-server"],
      elsewhere: "brew install redis",
    };
    const execute = (command: string[]) => {
      done.push(command.join(" "));
      if (command.includes("install") && problem === null) installed = true;
      return problem;
    };
    const by = { ask: async () => answer, execute, say: (line: string) => said.push(line) };
    return { needs: [{ ...need, present: () => installed }], by, said, done };
  }
  const told = "replaybook: Redis missing, so the queue's tests are skipped; install with: ";

  it("installs in a container and leaves nothing missing", async () => {
    const { needs, by, said, done } = world(false);
    expect(await setUp(needs, container, by)).toEqual([]);
    expect(said).toEqual(["replaybook: installing redis-server …"]);
    expect(done.map((command) => command.split(" ").slice(5)[1])).toEqual(["update", "install"]);
  });

  it("does as a person answers", async () => {
    const yes = world(true);
    expect(await setUp(yes.needs, person, yes.by)).toEqual([]);
    const no = world(false);
    expect(await setUp(no.needs, person, no.by)).toHaveLength(1);
    expect(no.done).toEqual([]);
    expect(no.said).toEqual([`${told}sudo apt-get install -y --no-install-recommends redis-server`]);
  });

  it("touches nothing with REPLAYBOOK_SETUP=off, and says in one line what to install", async () => {
    const { needs, by, said, done } = world(true);
    expect(await setUp(needs, { ...container, off: true }, by)).toHaveLength(1);
    expect(done).toEqual([]);
    expect(said).toEqual([`${told}apt-get install -y --no-install-recommends redis-server`]);
  });

  it("names the other way where there is no apt-get", async () => {
    const { needs, by, said } = world(true);
    await setUp(needs, { ...person, apt: false }, by);
    expect(said).toEqual([`${told}brew install redis`]);
  });

  it("says why an installation failed", async () => {
    const { needs, by, said } = world(true, "E: Unable to locate package redis-server");
    expect(await setUp(needs, container, by)).toHaveLength(1);
    expect(said[2]).toMatch(/install -y --no-install-recommends redis-server failed: E: Unable to locate/);
    expect(said[3]).toBe(`${told}apt-get install -y --no-install-recommends redis-server`);
  });

  it("does and says nothing where nothing is missing", async () => {
    const { by, said, done } = world(true);
    expect(await setUp([], container, by)).toEqual([]);
    expect([...said, ...done]).toEqual([]);
  });
});
