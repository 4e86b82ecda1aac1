import { Invalid } from "../invalid.js";
import { Edf } from "./edf.js";
import { Hermod } from "./hermod.js";
import { Ideal } from "./ideal.js";
import { neverKills } from "./out-of-memory.js";
import { RandomPlacement } from "./random.js";
import type { SchedulerEntry } from "./scheduler.js";
import { createXX } from "./xx/create.js";
import { hasAmpleMachines } from "./xx/machines.js";
import { follows } from "./xx/options.js";

/** The schedulers there are. To add one: a file, a line here, a test. */
export const SCHEDULERS: Readonly<Record<string, SchedulerEntry>> = {
  xx: {
    about: "price classes: shards place by power of k, machines run the highest class first, preemptively",
    sharing: false,
    central: false,
    uses: ["k", "shards", "prices", "seed", "ram", "swap", "swapInWatermark", "xx"],
    tellsArrivals: ({ xx }) => xx !== undefined && follows(xx),
    tellsSlots: hasAmpleMachines,
    create: createXX,
  },
  hermod: {
    about: "power of k, early binding, processor sharing; ignores price classes",
    sharing: true,
    central: false,
    uses: ["k", "seed", "ram", "oom"],
    tellsSlots: neverKills,
    create: (config, observer) => new Hermod(config, observer),
  },
  edf: {
    about: "the drafts' ideal: earliest deadline first over one pool of all cores; knows every runtime",
    sharing: false,
    central: true,
    uses: ["prices", "ram", "oom"],
    tellsSlots: neverKills,
    create: (config, observer) => new Edf(config, observer),
  },
  ideal: {
    about: "a ceiling: preemptive priority over one pool of all cores",
    sharing: false,
    central: true,
    uses: ["prices", "ram", "oom"],
    tellsSlots: neverKills,
    create: (config, observer) => new Ideal(config, observer),
  },
  random: {
    about: "a floor: a machine at random, processor sharing",
    sharing: true,
    central: false,
    uses: ["seed", "ram", "oom"],
    tellsSlots: neverKills,
    create: (config, observer) => new RandomPlacement(config, observer),
  },
};

/** The entry of a name. Throws Invalid with the names there are. */
export function schedulerNamed(name: string, where = "--scheduler"): SchedulerEntry {
  const entry = Object.hasOwn(SCHEDULERS, name) ? SCHEDULERS[name] : undefined;
  if (!entry) throw new Invalid("scheduler", name, where, `one of ${Object.keys(SCHEDULERS).join(", ")}`);
  return entry;
}
