import { DURATION_LEVELS, MEMORY_LEVELS } from "../../trace/trace.js";
import type { AzureApp } from "./azure-day.js";

const DAY = 1440;
const COMMA = 44;
const NEWLINE = 10;
const ZERO = 48;
/** Most bytes of a cell and its comma: counts are below 2^32. */
const CELL = 11;
const ZEROS = Buffer.from("0,".repeat(DAY));

/** The three families of files, by the release's names before `.dNN.csv`, and their header lines. */
export const FAMILIES = {
  invocations: {
    file: "invocations_per_function_md.anon",
    header: ["HashOwner,HashApp,HashFunction,Trigger", ...Array.from({ length: DAY }, (_, i) => i + 1)].join(","),
  },
  durations: {
    file: "function_durations_percentiles.anon",
    header: [
      "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum",
      ...DURATION_LEVELS.map((level) => `percentile_Average_${level}`),
    ].join(","),
  },
  memory: {
    file: "app_memory_percentiles.anon",
    header: [
      "HashOwner,HashApp,SampleCount,AverageAllocatedMb",
      ...MEMORY_LEVELS.map((level) => `AverageAllocatedMb_pct${level}`),
    ].join(","),
  },
} as const;

/** `invocations_per_function_md.anon.d01.csv`, of a day from 0. */
export function fileName(family: keyof typeof FAMILIES, day: number): string {
  return `${FAMILIES[family].file}.d${String(day + 1).padStart(2, "0")}.csv`;
}

/** The most bytes of the invocations rows of an app. */
export function countBytes(app: AzureApp): number {
  return app.functions.length * (300 + DAY * CELL);
}

/** Puts the invocations rows of an app into a buffer; gives where they end. */
export function putCounts({ owner, app, functions }: AzureApp, buffer: Buffer, from: number): number {
  let at = from;
  for (const { label, trigger, counts } of functions) {
    at += buffer.write(`${owner},${app},${label},${trigger},`, at, "latin1");
    for (let minute = 0; minute < DAY; ) {
      let zeros = minute;
      while (zeros < DAY && counts[zeros] === 0) zeros++;
      if (zeros > minute) at += ZEROS.copy(buffer, at, 0, 2 * (zeros - minute));
      minute = zeros;
      if (minute === DAY) break;
      at = putWhole(counts[minute++]!, buffer, at);
      buffer[at++] = COMMA;
    }
    buffer[at - 1] = NEWLINE;
  }
  return at;
}

function putWhole(value: number, buffer: Buffer, at: number): number {
  let end = at + 1;
  for (let rest = value; rest > 9; rest = Math.floor(rest / 10)) end++;
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    const tens = Math.floor(rest / 10);
    buffer[i] = ZERO + rest - 10 * tens;
    rest = tens;
  }
  return end;
}

/** The durations rows of an app. Minimum and Maximum print as `2595.0`, as the release has them. */
export function durationLines({ owner, app, functions }: AzureApp): string {
  let lines = "";
  for (const { label, durations } of functions) {
    for (const { average, count, minimum, maximum, percentiles } of durations) {
      lines += `${owner},${app},${label},${average},${count},${minimum}.0,${maximum}.0,${percentiles.join(",")}\n`;
    }
  }
  return lines;
}

/** The memory rows of an app. */
export function memoryLines({ owner, app, memory }: AzureApp): string {
  let lines = "";
  for (const { samples, average, percentiles } of memory) {
    lines += `${owner},${app},${samples},${average}.0,${percentiles.map((level) => `${level}.0`).join(",")}\n`;
  }
  return lines;
}
