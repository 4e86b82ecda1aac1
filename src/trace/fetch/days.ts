import { Invalid } from "../../invalid.js";
import type { DayArchive } from "./datasets.js";

/** Days of a release as people write them: "2", "1..3", "1,5", "1..3,7" or "all"; in order, each once. Throws Invalid. */
export function parseDays(text: string, days: number): readonly number[] {
  const wrong = () => new Invalid("days", text, "--days", `days from 1 to ${days}, such as 2, 1..3, 1,5 or all`);
  if (text.trim() === "all") return Array.from({ length: days }, (_, i) => i + 1);
  const chosen = new Set<number>();
  for (const part of text.split(",")) {
    const [, from, to] = /^\s*(\d{1,3})(?:\.\.(\d{1,3}))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to ?? from)];
    if (!(first >= 1 && first <= last && last <= days)) throw wrong();
    for (let day = first; day <= last; day++) chosen.add(day);
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Names of an archive's families, "durations,memory", in the archive's order. Throws Invalid. */
export function parseFamilies(text: string, { families }: DayArchive): readonly string[] {
  const named = text.split(",").map((name) => name.trim());
  for (const name of named) {
    if (Object.hasOwn(families, name)) continue;
    throw new Invalid("family", name, "--families", `some of ${Object.keys(families).join(",")}`);
  }
  return Object.keys(families).filter((name) => named.includes(name));
}

/** Names of an archive's files of some days and families. */
export function filesOf(archive: DayArchive, days: readonly number[], families: readonly string[]): readonly string[] {
  return families.flatMap((name) => {
    const family = archive.families[name]!;
    return days.filter((day) => day <= family.days).map(family.file);
  });
}
