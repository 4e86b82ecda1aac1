import { gzipSync } from "node:zlib";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";

/** Whole numbers from 0 up to, not including, `below`. */
export type Draw = (below: number) => number;

/** Mulberry32. */
export function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 4294967296) * below);
  };
}

/** Files by path inside a folder. */
export type Files = Record<string, Buffer>;

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const csv = (header: string, rows: readonly string[]) => Buffer.from(`${header}\n${rows.join("\n")}\n`);
const cells = (draw: Draw, n: number) => times(n, () => (draw(3) === 0 ? draw(50) : 0)).join(",");
const label = (draw: Draw) => ["a", "b", "ab", "é", '"q, r"', "x".repeat(40)][draw(6)]!;

const LEVELS = [0, 1, 25, 50, 75, 99, 100];

function azure2019(draw: Draw): Files {
  const keys = times(2 + draw(6), (i) => `o${draw(3)},${label(draw)},f${i}`);
  const minutes = times(4 + draw(8), (i) => 480 + i);
  const counts = (day: number) =>
    csv(
      `HashOwner,HashApp,HashFunction,Trigger,${minutes.join(",")}`,
      keys.map((key, i) => `${key},${["http", "timer", ""][(i + day) % 3]},${cells(draw, minutes.length)}`),
    );
  const durations = csv(
    `HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,${LEVELS.map((l) => `percentile_Average_${l}`)}`,
    keys.map(
      (key) => `${key},${draw(900)},${draw(99)},1.0,${900 + draw(99)}.0,${times(7, (i) => i * draw(99)).join(",")}`,
    ),
  );
  const memory = csv(
    "HashOwner,HashApp,SampleCount,AverageAllocatedMb,AverageAllocatedMb_pct1,AverageAllocatedMb_pct100",
    keys.map((key) => `${key.slice(0, key.lastIndexOf(","))},${draw(9)},${draw(200)}.5,100,200`),
  );
  const second: Files = draw(2) === 0 ? { "invocations.d03.csv": counts(3) } : {};
  return { "invocations.d01.csv": counts(1), "durations.d01.csv": durations, "memory.d01.csv": memory, ...second };
}

function azure2021(draw: Draw): Files {
  const rows = times(3 + draw(20), () => `${label(draw)},f${draw(3)},${draw(1000)}.${draw(999)},${draw(9)}.5`);
  return { "log.csv": csv("app,func,end_timestamp,duration", rows) };
}

function azureLlm2023(draw: Draw): Files {
  const time = () => `2023-11-1${draw(9)} 18:0${draw(9)}:1${draw(9)}.${1000000 + draw(8999999)}`;
  const rows = (n: number) => times(n, () => `${time()},${draw(9000)},${draw(900)}`);
  const header = "TIMESTAMP,ContextTokens,GeneratedTokens";
  return { "code.csv": csv(header, rows(3 + draw(20))), "conv.csv": csv(header, rows(3 + draw(20))) };
}

function awsLambdaReport(draw: Draw): Files {
  const lines = times(3 + draw(12), (i) => {
    const time = `2024-05-01T12:${10 + i}:${10 + draw(50)}.${100 + draw(900)}Z`;
    const memory = `Memory Size: 128 MB\tMax Memory Used: ${50 + draw(70)} MB\t`;
    const init = draw(4) === 0 ? `Init Duration: ${draw(900)}.${draw(99)} ms\t` : "";
    const report = `REPORT RequestId: r-${i}\tDuration: ${draw(900)}.${draw(99)} ms\tBilled Duration: ${draw(900)} ms\t`;
    return `${time} START RequestId: r-${i} Version: $LATEST\n${time} ${report}${memory}${init}\n`;
  });
  return { "echo.txt": Buffer.from(lines.join("")) };
}

function huawei2023(draw: Draw): Files {
  const functions = times(3 + draw(5), (i) => i * (1 + draw(2)) + i);
  const head = `day,time,${[...new Set(functions)].join(",")}`;
  const value = (of: () => string) => (draw(3) === 0 ? ["", "NaN"][draw(2)]! : of());
  const day = (number: number, of: () => string) =>
    csv(
      head,
      times(2 + draw(6), (i) => {
        const row = times(head.split(",").length - 2, () => value(of));
        return `${number},${86400 * number + 60 * i},${row.join(",")}`;
      }),
    );
  return {
    "requests_minute/day_00.csv": day(0, () => `${draw(40)}.0`),
    "requests_minute/day_02.csv": day(2, () => `${draw(40)}`),
    "function_delay_minute/day_00.csv": day(0, () => `${draw(400)}.${draw(99)}`),
    "memory_limit_minute/day_00.csv": day(0, () => `${128 * (1 + draw(2))}`),
    "memory_usage_minute/day_00.csv": day(0, () => `0.${draw(99)}`),
    "cpu_usage_minute/day_00.csv": day(0, () => `0.${draw(99)}`),
  };
}

function huawei2025(draw: Draw): Files {
  const pod = () => `pool2${draw(3)}-300-128-000${draw(99)}`;
  const rows = times(3 + draw(20), () => {
    const memory = draw(4) === 0 ? "" : `${draw(100)}.25`;
    return `${2592000 + draw(86400)}.${draw(999)},,${draw(1e9)},${draw(9)},${pod()},${draw(5)},${draw(9)}.${draw(99)},${memory}`;
  });
  return {
    "part.csv": csv("time_worker,time_frontend,requestID,funcName,podID,userID,totalCost_worker,memory_usage", rows),
    "functions.csv": csv("funcID,triggerType-invocationType", ["1---1---pool21-300-128,APIG-S", "2---3---p,OBS-A"]),
  };
}

const WORKLOAD = [
  "arrival_s",
  "runtime_s",
  "price_class",
  "memory_initial_mib",
  "memory_peak_mib",
  "function",
  "parent",
];

function workloadRow(draw: Draw, i: number): (number | string | null)[] {
  const initial = draw(100);
  const parent = i > 0 && draw(3) === 0 ? draw(i) : null;
  return [
    i + draw(8) / 8,
    draw(40) / 4,
    draw(5),
    initial,
    initial + draw(9),
    draw(4) === 0 ? null : label(draw),
    parent,
  ];
}

function workload(draw: Draw): Files {
  const rows = times(3 + draw(20), (i) => workloadRow(draw, i));
  const kind = draw(3);
  if (kind === 0)
    return {
      "w.csv": csv(
        WORKLOAD.join(","),
        rows.map((row) => row.map((x) => x ?? "").join(",")),
      ),
    };
  const column = (name: string) => rows.map((row) => row[WORKLOAD.indexOf(name)]!);
  if (kind === 1) {
    const columns = WORKLOAD.map((name) => {
      const numbers = name === "function" ? null : Float64Array.from(column(name), (x) => (x ?? 0) as number);
      return [name, numbers ?? column(name)] as const;
    });
    return {
      "w.arrow": Buffer.from(
        tableToIPC(tableFromArrays(Object.fromEntries(columns.slice(0, 6))), draw(2) === 0 ? "file" : "stream"),
      ),
    };
  }
  const columnData = WORKLOAD.map((name) => ({
    name,
    data: column(name),
    type: name === "function" ? ("STRING" as const) : ("DOUBLE" as const),
  }));
  const codec = draw(2) === 0 ? "SNAPPY" : "UNCOMPRESSED";
  return { "w.parquet": Buffer.from(parquetWriteBuffer({ columnData, codec, rowGroupSize: 1 + draw(20) })) };
}

/** By format: small valid files of it. */
export const SAMPLES: Readonly<Record<string, (draw: Draw) => Files>> = {
  "azure-functions-2019": azure2019,
  "azure-functions-2021": azure2021,
  "azure-llm-2023": azureLlm2023,
  "aws-lambda-report": awsLambdaReport,
  "huawei-2023": huawei2023,
  "huawei-2025": huawei2025,
  workload,
};

const HUGE = [
  "9".repeat(25),
  "1e308",
  "-1",
  "4294967296",
  "1e999",
  "NaN",
  "inf",
  "0x10",
  "1e-400",
  "--5",
  "1.7976931348623157e308",
];

const splice = (bytes: Buffer, at: number, length: number, piece: Buffer) =>
  Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + length)]);

/** Lines changed by `change`; the header is the first. */
const byLine = (bytes: Buffer, change: (lines: string[]) => void) => {
  const lines = bytes.toString("latin1").split("\n");
  change(lines);
  return Buffer.from(lines.join("\n"), "latin1");
};
const swap = (list: string[], i: number, j: number) => {
  [list[i], list[j]] = [list[j]!, list[i]!];
};

/** What may befall a file of any kind. */
const TO_BYTES: readonly ((bytes: Buffer, draw: Draw) => Buffer)[] = [
  function flipBits(bytes, draw) {
    const flipped = Buffer.from(bytes);
    for (let i = 1 + draw(4); i > 0; i--) flipped[draw(flipped.length)]! ^= 1 << draw(8);
    return flipped;
  },
  function changeBytes(bytes, draw) {
    const changed = Buffer.from(bytes);
    for (let i = 1 + draw(8); i > 0; i--) changed[draw(changed.length)] = draw(256);
    return changed;
  },
  function cutShort(bytes, draw) {
    return bytes.subarray(0, draw(bytes.length));
  },
  function cutOut(bytes, draw) {
    return splice(bytes, draw(bytes.length), 1 + draw(40), Buffer.alloc(0));
  },
  function doubleUp(bytes, draw) {
    const at = draw(bytes.length);
    return splice(bytes, at, 0, bytes.subarray(at, at + draw(60)));
  },
  function zeros(bytes, draw) {
    return splice(bytes, draw(bytes.length), draw(20), Buffer.alloc(1 + draw(20)));
  },
];

/** What may befall a CSV file. */
const TO_TEXT: readonly ((bytes: Buffer, draw: Draw) => Buffer)[] = [
  function cutRows(bytes, draw) {
    return byLine(bytes, (lines) => void lines.splice(draw(lines.length), 1 + draw(3)));
  },
  function swapRows(bytes, draw) {
    return byLine(bytes, (lines) => swap(lines, draw(lines.length), draw(lines.length)));
  },
  function repeatRow(bytes, draw) {
    return byLine(bytes, (lines) => void lines.splice(draw(lines.length), 0, lines[draw(lines.length)]!));
  },
  function swapColumns(bytes, draw) {
    const [a, b] = [draw(5), draw(5)];
    const headAlone = draw(2) === 0;
    return byLine(bytes, (lines) => {
      for (let i = 0; i < (headAlone ? 1 : lines.length); i++) {
        const fields = lines[i]!.split(",");
        if (fields.length < 2) continue;
        swap(fields, a % fields.length, b % fields.length);
        lines[i] = fields.join(",");
      }
    });
  },
  function dropFields(bytes, draw) {
    const column = draw(6);
    const from = draw(2);
    return byLine(bytes, (lines) => {
      for (let i = from; i < lines.length; i++) {
        const fields = lines[i]!.split(",");
        fields.splice(column % fields.length, 1);
        lines[i] = fields.join(",");
      }
    });
  },
  function hugeNumber(bytes, draw) {
    const numbers = [...bytes.toString("latin1").matchAll(/\d+(\.\d+)?/g)];
    const one = numbers[draw(numbers.length)];
    return one ? splice(bytes, one.index, one[0].length, Buffer.from(HUGE[draw(HUGE.length)]!)) : bytes;
  },
  function invalidUtf8(bytes, draw) {
    return splice(
      bytes,
      draw(bytes.length),
      0,
      [Buffer.of(0xff), Buffer.of(0xc3), Buffer.of(0xed, 0xa0, 0x80)][draw(3)]!,
    );
  },
  function crlf(bytes) {
    return Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r\n"), "latin1");
  },
  function crAlone(bytes) {
    return Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r"), "latin1");
  },
  function byteOrderMark(bytes) {
    return Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes]);
  },
  function utf16(bytes) {
    return Buffer.from(`\ufeff${bytes.toString("utf8")}`, "utf16le");
  },
  function quote(bytes, draw) {
    return splice(bytes, draw(bytes.length), 0, Buffer.from('"'));
  },
  function comma(bytes, draw) {
    return splice(bytes, draw(bytes.length), draw(2), Buffer.from(","));
  },
  function emptyLines(bytes, draw) {
    return splice(bytes, draw(bytes.length), 0, Buffer.from("\n\r\n\n"));
  },
  function noFinalNewline(bytes) {
    return bytes.subarray(0, -1);
  },
  function empty() {
    return Buffer.alloc(0);
  },
  function packed(bytes) {
    return gzipSync(bytes);
  },
  function packedAndCut(bytes, draw) {
    const whole = gzipSync(bytes);
    return whole.subarray(0, draw(whole.length));
  },
  function packedAndDamaged(bytes, draw) {
    const whole = gzipSync(bytes);
    whole[draw(whole.length)]! ^= 1 << draw(8);
    return whole;
  },
  function bomb(bytes, draw) {
    const lines = bytes.toString("latin1").trimEnd().split("\n");
    const line = [lines.at(-1)!, ",".repeat(40), "0"][draw(3)]!;
    return gzipSync(
      Buffer.concat([bytes, Buffer.from(`${line}\n`.repeat(Math.ceil(1e6 / (line.length + 1))), "latin1")]),
    );
  },
];

/** The files with one to three things done to one or two of them, and what was done. */
export function broken(files: Files, draw: Draw): { files: Files; done: string } {
  const result = { ...files };
  const names = Object.keys(files);
  const done: string[] = [];
  for (let i = 1 + draw(3); i > 0; i--) {
    const name = names[draw(names.length)]!;
    const bytes = result[name]!;
    const isText = name.endsWith(".csv") || name.endsWith(".txt");
    const all = isText ? [...TO_TEXT, ...TO_TEXT, ...TO_BYTES] : TO_BYTES;
    const change = all[draw(all.length)]!;
    if (bytes.length === 0) continue;
    result[name] = change(bytes, draw);
    done.push(`${change.name} ${name}`);
  }
  return { files: result, done: done.join(", ") };
}
