import type { Column } from "./column.js";

const label = (name: string, about: string): Column => ({
  name,
  type: "dictionary",
  unit: "",
  about,
  nulls: "unknown",
});

/** What `replaybook cost RUN -o` writes: a row per scheduler and invocation, as its invocations.arrow has them. */
export const BILLS: readonly Column[] = [
  { name: "scheduler", type: "dictionary", unit: "", about: "Name of the scheduler." },
  { name: "invocation", type: "uint32", unit: "", about: "Row of workload.arrow." },
  label("function", "The function's name in the trace."),
  label("app", "The app it belongs to."),
  label("owner", "The tenant that owns the app, who pays."),
  { name: "price_class", type: "uint8", unit: "", about: "Effective price class." },
  { name: "outcome", type: "dictionary", unit: "", about: "finished, killed, rejected or unfinished." },
  { name: "cpu_s", type: "float64", unit: "s", about: "CPU seconds billed." },
  { name: "memory_gib_s", type: "float64", unit: "GiB s", about: "Memory billed." },
  { name: "cpu_dollars", type: "float64", unit: "USD", about: "CPU seconds x price of the class x price unit." },
  { name: "memory_dollars", type: "float64", unit: "USD", about: "Memory billed x its price." },
  { name: "dollars", type: "float64", unit: "USD", about: "The bill: both together." },
];
