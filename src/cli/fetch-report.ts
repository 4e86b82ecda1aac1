import type { Dataset } from "../trace/fetch/datasets.js";
import type { Fetched } from "../trace/fetch/fetch.js";
import { megabytes } from "../trace/fetch/megabytes.js";
import { textTable, wrapped } from "./text-table.js";

const MOST_LISTED = 12;

/** What fetch says on the terminal: the files, whose they are, and what to type next; `days` are those unpacked. */
export function fetchReport(
  name: string,
  dataset: Dataset,
  days: readonly number[],
  { files, archive }: Fetched,
  folder: string,
): string {
  const { archive: kind, terms } = dataset;
  const some = kind?.kind === "tar.xz" && days.length < kind.days;
  const lines = [
    some ? `${name}: ${days.length === 1 ? "day" : "days"} ${spans(days)} of ${kind.days}` : name,
    ...listOf(files),
    "",
    ...wrapped(terms),
    "",
    ...(some && archive !== null ? [`its other days are in ${archive}`] : []),
    ...(!some && archive !== null ? [`the archive is ${archive}`] : []),
    `wrote ${folder}`,
  ];
  const first = kind?.kind === "tar.xz" ? kind.families["invocations"] : undefined;
  const replayable = !first || days.some((day) => files.some((file) => file.name === first.file(day)));
  if (replayable) lines.push(`next: npx replaybook ingest ${quoted(folder)} -o ${quoted(`${folder}-trace`)}`);
  return lines.join("\n");
}

/** A line each; where that would fill a screen, one for all. */
function listOf(files: Fetched["files"]): string[] {
  if (files.length <= MOST_LISTED) return textTable(files.map((file) => [file.name, megabytes(file.bytes)]));
  return [`  ${files.length} files, ${megabytes(files.reduce((sum, { bytes }) => sum + bytes, 0))}`];
}

/** [1, 2, 3, 7] → "1..3, 7" */
function spans(days: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}..${to}`)).join(", ");
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
