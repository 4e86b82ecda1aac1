import type { TraceManifest } from "../trace/trace.js";
import { shortLabel } from "./labels.js";
import { plural, whole } from "./plain.js";
import { textTable, wrapped } from "./text-table.js";

const LABEL_WIDTH = 12;

/** What ingest says on the terminal: what was read, what it lacks, and the functions that use most CPU; 80 columns. */
export function ingestReport(manifest: TraceManifest, folder: string): string {
  const { name, format, rows, lacks, notes } = manifest;
  const families = Object.entries(rows).map(([family, counts]) => {
    return [family, ...["kept", "filled", "quarantined"].map((of) => whole(counts[of] ?? 0))];
  });
  return [
    `${name}: ${format}`,
    `  ${plural(manifest.functions, "function")}, ${plural(manifest.invocations, "invocation")}`,
    `  ${span(manifest)}`,
    "",
    ...textTable([["rows", "kept", "filled", "quarantined"], ...families]),
    "",
    ...wrapped(`lacks: ${lacks.join(", ") || "nothing"}`, 7),
    ...notes.flatMap((note) => wrapped(`note: ${note}`, 6)),
    "",
    ...biggest(manifest),
    "",
    `wrote ${folder}`,
  ].join("\n");
}

function biggest({ kind, duration_s, cpu }: TraceManifest): string[] {
  if (!cpu) return [];
  const lines: string[] = [];
  if (cpu.biggest.length > 0) {
    const how = kind === "counts" ? "invocations x average" : "durations added up";
    const cores = duration_s > 0 ? `; ${(cpu.cpu_s / duration_s).toPrecision(3)} cores on average` : "";
    lines.push(`CPU of the biggest functions (${how}${cores})`);
    const rows = cpu.biggest.map((of) => [
      ...[shortLabel(of.function, LABEL_WIDTH), shortLabel(of.app, LABEL_WIDTH), shortLabel(of.trigger)],
      ...[whole(of.invocations), of.mean_s.toPrecision(4), percent(of.share)],
    ]);
    const together = cpu.biggest.reduce((sum, { share }) => sum + share, 0);
    rows.push(["together", "", "", "", "", percent(together)]);
    lines.push(...textTable([["function", "app", "trigger", "invocations", "mean s", "share"], ...rows], { left: 3 }));
  }
  if (cpu.unknown.functions > 0) {
    const { functions, invocations } = cpu.unknown;
    lines.push(`duration unknown: ${plural(functions, "function")} (${plural(invocations, "invocation")})`);
  }
  return lines;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function span({ kind, duration_s, first_minute }: TraceManifest): string {
  if (kind === "invocations") return `the last arrives after ${length(duration_s)}`;
  const minutes = duration_s / 60;
  const from = first_minute > 0 ? `, from minute ${first_minute + 1} of the release` : "";
  return `${plural(minutes, "minute")} (${length(duration_s)})${from}`;
}

function length(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toPrecision(4))} s`;
  const minutes = Math.round(seconds / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts = [days > 0 ? `${days} d` : "", hours > 0 ? `${hours} h` : "", `${minutes % 60} min`];
  return parts.filter((part) => part && part !== "0 min").join(" ");
}
