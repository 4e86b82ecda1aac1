import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { content, failure, fileWith, folderWith, read, rows } from "./helpers.js";

const T0 = Date.UTC(2024, 4, 1, 12);
const iso = (ms: number) => new Date(ms).toISOString();
const insights = (ms: number) => iso(ms).replace("T", " ").slice(0, -1);

/** A cold start that ends 1.5 s after noon, a warm one 1 s later; and what stands around them in a log. */
const COLD =
  "REPORT RequestId: r-1\tDuration: 271.61 ms\tBilled Duration: 725 ms\tMemory Size: 128 MB\tMax Memory Used: 67 MB\tInit Duration: 452.88 ms\t";
const WARM =
  "REPORT RequestId: r-2\tDuration: 3.07 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 68 MB\t";
const XRAY = "XRAY TraceId: 1-5e34a614-10bdxmplf1fb44f07bc535a1\tSegmentId: 07f5xmpl2d1f6f85\tSampled: true\t";
const MESSAGES: readonly (readonly [number, string])[] = [
  [T0 + 500, "INIT_START Runtime Version: nodejs:20.v9\tRuntime Version ARN: arn:x"],
  [T0 + 1000, "START RequestId: r-1 Version: $LATEST"],
  [T0 + 1200, '2024-05-01T12:00:01.200Z\tr-1\tINFO\thello, "world"'],
  [T0 + 1500, "END RequestId: r-1"],
  [T0 + 1500, COLD],
  [T0 + 2500, `${WARM}\n${XRAY}`],
];
const GROUP = "/aws/lambda/echo";
const STREAM = "2024/05/01/[$LATEST]94fa867e5374431291a7fc14e2f56ae7";

const nothing = { price_class: null, memory_initial_mib: null, parent: null };
const report = { ...nothing, restore_s: null, billed_restore_s: null, memory_size_mib: 128, status: null };
const EXPECTED = [
  {
    function_id: 0,
    arrival_s: 0,
    runtime_s: 0.27161,
    memory_peak_mib: 67,
    ...report,
    billed_s: 0.725,
    init_s: 0.45288,
  },
  {
    function_id: 0,
    arrival_s: 1.72142,
    runtime_s: 0.00307,
    memory_peak_mib: 68,
    ...report,
    billed_s: 0.004,
    init_s: null,
  },
];

const events = MESSAGES.map(([timestamp, message], i) => ({
  logStreamName: STREAM,
  timestamp,
  message: `${message}\n`,
  ingestionTime: timestamp + 700,
  eventId: `3${i}`,
}));
const text = (front: (ms: number) => string) => MESSAGES.map(([ms, message]) => `${front(ms)}${message}\n`).join("");
const platform = (ms: number, metrics: object, status = "success") => ({
  time: iso(ms),
  type: "platform.report",
  record: { requestId: "r", metrics, status },
});
const FULL = {
  durationMs: 271.61,
  billedDurationMs: 725,
  memorySizeMB: 128,
  maxMemoryUsedMB: 67,
  initDurationMs: 452.88,
};
const WARM_METRICS = { durationMs: 3.07, billedDurationMs: 4, memorySizeMB: 128, maxMemoryUsedMB: 68 };
const subscription = {
  messageType: "DATA_MESSAGE",
  owner: "123456789012",
  logGroup: GROUP,
  logStream: STREAM,
  logEvents: events,
};
const csv = (header: string, row: (ms: number, message: string) => string) =>
  `${header}\n${MESSAGES.map(([ms, message]) => `${row(ms, `"${message.replaceAll('"', '""')}\n"`)}\n`).join("")}`;
const query = {
  results: events.map((event) => [
    { field: "@timestamp", value: insights(event.timestamp) },
    { field: "@message", value: event.message },
    { field: "@log", value: `123456789012:${GROUP}` },
    { field: "@ptr", value: "x" },
  ]),
  status: "Complete",
};

describe("reports are read out of", () => {
  it.each([
    ["text with a time in front, as exports to S3 have it", "echo.log", text((ms) => `${iso(ms)} `)],
    ["text of `aws logs tail`", "echo.txt", text((ms) => `${iso(ms).replace("Z", "000+00:00")} ${STREAM} `)],
    ["text of `sam logs`", "echo.txt", text((ms) => `${STREAM} ${iso(ms).replace("Z", "000")} `)],
    ["text with group, stream and time", "x.log", text((ms) => `${GROUP} ${STREAM} ${iso(ms)} `)],
    ["text with the time in milliseconds", "echo.log", text((ms) => `${ms}\t`)],
    [
      "text with a date and a time, CRLF and a byte order mark",
      "echo.log",
      `\ufeff${text((ms) => `${insights(ms)} `).replaceAll("\n", "\r\n")}`,
    ],
    [
      "older lines, with a space behind ms",
      "echo.log",
      text((ms) => `${iso(ms)} `).replaceAll("ms\tMemory", "ms \tMemory"),
    ],
    ["lines whose tabs became spaces", "echo.log", text((ms) => `${iso(ms)} `).replaceAll("\t", " ")],
    [
      "JSON of filter-log-events, of many lines",
      "echo.json",
      JSON.stringify({ events, searchedLogStreams: [] }, null, 4),
    ],
    ["JSON of get-log-events, on one line", "echo.json", JSON.stringify({ events, nextForwardToken: "f/1" })],
    ["JSON, an event a line", "echo.jsonl", events.map((event) => `${JSON.stringify(event)}\n`).join("")],
    ["a list of events", "echo.json", JSON.stringify(events, null, 1)],
    ["a subscription's data", "x.json", JSON.stringify(subscription)],
    [
      "a subscription's data, members in another order",
      "x.json",
      JSON.stringify({ logEvents: events, owner: "123456789012", logGroup: GROUP }, null, 2),
    ],
    [
      "subscriptions' data without anything between",
      "x.json",
      [events.slice(0, 5), events.slice(5)]
        .map((logEvents) => JSON.stringify({ ...subscription, logEvents }, null, 1))
        .join(""),
    ],
    ["JSON of get-query-results", "x.json", JSON.stringify(query, null, 2)],
    [
      "JSON of Logs Insights",
      "echo.json",
      JSON.stringify(
        events.map(({ timestamp, message }) => ({ "@timestamp": insights(timestamp), "@message": message })),
        null,
        2,
      ),
    ],
    [
      "CSV of Logs Insights",
      "x.csv",
      csv("@timestamp,@message,@log", (ms, message) => `${insights(ms)},${message},123456789012:${GROUP}`),
    ],
    [
      "CSV of the console",
      "echo.csv",
      csv("timestamp,message", (ms, message) => `${ms},${message}`).replaceAll("\n", "\r\n"),
    ],
    ["gzip", "echo.log.gz", gzipSync(text((ms) => `${iso(ms)} `))],
  ])("%s", async (_, name, bytes) => {
    const { folder, manifest } = await read(fileWith(name, bytes));
    expect(rows(folder, "invocations")).toEqual(EXPECTED);
    expect(rows(folder, "functions")).toEqual([
      {
        function_id: 0,
        owner: name.startsWith("x.") && !name.endsWith(".log") ? "123456789012" : null,
        app: null,
        function: "echo",
        trigger: null,
      },
    ]);
    expect(manifest).toMatchObject({
      format: "aws-lambda-report",
      starts_at: "2024-05-01T12:00:00.77551Z",
      invocations: 2,
    });
    expect(manifest.rows["reports"]).toMatchObject({ kept: 2, filled: 0, quarantined: 0 });
  });

  it.each([
    [
      "Lambda's JSON log format",
      "echo.json",
      [platform(T0 + 1500, FULL), { time: iso(T0), level: "INFO", message: "x" }, platform(T0 + 2500, WARM_METRICS)]
        .map((line) => JSON.stringify(line))
        .join("\n"),
    ],
    [
      "Lambda's JSON log format with a time in front",
      "echo.log",
      [platform(T0 + 9, FULL), platform(T0 + 9, WARM_METRICS)]
        .map((line, i) => `${iso(T0 + 1500 + 1000 * i)} ${JSON.stringify(line)}\n`)
        .join(""),
    ],
    [
      "Lambda's JSON log format in events",
      "echo.json",
      JSON.stringify(
        {
          events: [
            { timestamp: T0 + 1500, message: JSON.stringify(platform(T0, FULL)) },
            { timestamp: T0 + 2500, message: platform(T0, WARM_METRICS) },
          ],
        },
        null,
        2,
      ),
    ],
    [
      "columns of Logs Insights",
      "x.csv",
      `@timestamp,@type,@duration,@billedDuration,@initDuration,@memorySize,@maxMemoryUsed,@log\n${insights(T0 + 1500)},REPORT,271.61,725.0,452.88,1.28E8,6.7E7,echo\n${insights(T0 + 1500)},END,,,,,,echo\n${insights(T0 + 2500)},REPORT,3.07,4.0,,1.28E8,6.8E7,echo\n`,
    ],
  ])("%s", async (_, name, text) => {
    const { folder } = await read(fileWith(name, text));
    const status = name === "x.csv" ? null : "success";
    expect(rows(folder, "invocations")).toEqual(EXPECTED.map((row) => ({ ...row, status })));
    expect(rows(folder, "functions")).toMatchObject([{ function: "echo" }]);
  });
});

it("keeps what else a report says: restoring and its bill, a status; and passes over what it does not know", async () => {
  const line =
    "REPORT RequestId: a\tDuration: 100.00 ms\tBilled Duration: 300 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\tRestore Duration: 400.00 ms\tBilled Restore Duration: 200 ms\tPhase: invoke\tSome Total Duration: 9 ms\tStatus: timeout\tError Type: Sandbox.Timedout\n";
  const { folder, manifest } = await read(fileWith("f.log", `${iso(T0)} ${line}`));
  expect(rows(folder, "invocations")[0]).toMatchObject({
    ...{ runtime_s: 0.1, billed_s: 0.3, restore_s: 0.4, billed_restore_s: 0.2, init_s: null, status: "timeout" },
    ...{ memory_size_mib: 512, memory_peak_mib: 90 },
  });
  expect(manifest.starts_at).toBe("2024-05-01T11:59:59.5Z");
});

it("says how arrivals come about, how many started cold, and what was passed over", async () => {
  const { manifest } = await read(
    fileWith(
      "echo.log",
      text((ms) => `${iso(ms)} `),
    ),
  );
  expect(manifest).toMatchObject({
    lacks: ["owner", "app", "trigger", "memory_initial", "price_class"],
    notes: [
      "arrivals: a report's time - Duration - Init Duration - Restore Duration; runtimes: Duration",
      "1 report is of a cold start, with an Init Duration (init_s)",
      "5 lines or events are no report, and passed over",
      "2 reports are of a function that only the file's name tells",
    ],
    rows: { reports: { kept: 2, filled: 0, quarantined: 0, others: 5 } },
  });
});

it("tells the function by the stream where functions share a log group", async () => {
  const shared = { ...subscription, logGroup: "/shared/group", logStream: "2024/05/01/fn-7[$LATEST]ab" };
  const bare = events.map(({ logStreamName, ...event }) => event);
  const path = folderWith({
    "a.json": JSON.stringify({ ...shared, logEvents: bare }),
    "b.json": JSON.stringify({ ...shared, logStream: "other", logEvents: bare }),
  });
  expect(rows((await read(path)).folder, "functions")).toMatchObject([
    { owner: "123456789012", function: "/shared/group" },
    { owner: "123456789012", function: "fn-7" },
  ]);
});

it("reads days in several files and shapes as one trace on one clock, whatever their order", async () => {
  const day = 86400000;
  const line = (ms: number) => `${iso(ms)} ${WARM}\n`;
  const one = await read(folderWith({ "f.log": [0, 1, 2, 3].map((i) => line(T0 + i * day)).join("") }));
  expect(rows(one.folder, "invocations").map((row) => row["arrival_s"])).toEqual([0, 86400, 172800, 259200]);
  const paths = [
    fileWith("f.log.gz", gzipSync(line(T0 + 3 * day) + line(T0 + day))),
    fileWith("f.json", JSON.stringify({ events: [{ timestamp: T0 + 2 * day, message: WARM }] })),
    fileWith("f.csv", `@timestamp,@message\n${insights(T0)},"${WARM}"\n`),
  ];
  const several = await read(paths);
  expect(several.manifest.sha256).toBe(one.manifest.sha256);
  expect(content(several.folder)["invocations.arrow"]).toBe(content(one.folder)["invocations.arrow"]);
});

it("does not depend on the order of reports that arrive together", async () => {
  const line = (used: number, status = "") =>
    `${iso(T0)} ${WARM.replace("68 MB", `68 MB\tInit Duration: 1 ms`).replace("4 ms", `${used} ms`)}${status}\n`;
  const lines = [line(5), line(4, "Status: timeout"), line(4, "Status: error"), line(4)];
  const a = await read(fileWith("f.log", lines.join("")));
  const b = await read(fileWith("f.log", lines.reverse().join("")));
  expect(content(a.folder)).toEqual(content(b.folder));
  expect(rows(a.folder, "invocations").map((row) => row["status"])).toEqual([null, "error", "timeout", null]);
});

describe("a report is bad", () => {
  const at = `${iso(T0)} `;
  const behind = "expected a number of ms >= 0 and ms behind it";
  it.each([
    [
      "without a time",
      WARM,
      `invalid time: "" (f.log line 2); expected a time, such as 2024-05-01T12:00:00.123Z: a report alone does not say when it was`,
    ],
    [
      "with a damaged time",
      `2024-05-41T12:00:00Z ${WARM}`,
      `invalid time: 2024-05-41T12:00:00Z (f.log line 2); expected a time, such as 2024-05-01T12:00:00.123Z: a report alone does not say when it was`,
    ],
    [
      "without a duration",
      `${at}REPORT RequestId: a\tBilled Duration: 4 ms`,
      `invalid Duration: "" (f.log line 2); ${behind}`,
    ],
    [
      "with a negative duration",
      at + WARM.replace("3.07", "-3.07"),
      `invalid Duration: -3.07 ms (f.log line 2); ${behind}`,
    ],
    [
      "with a duration that is no number",
      at + WARM.replace("3.07", "3,07"),
      `invalid Duration: 3,07 ms (f.log line 2); ${behind}`,
    ],
    [
      "with a duration too large",
      at + WARM.replace("3.07", "9e999"),
      `invalid Duration: 9e999 ms (f.log line 2); ${behind}`,
    ],
    [
      "with another unit",
      at + WARM.replace("128 MB", "128 GB"),
      "invalid Memory Size: 128 GB (f.log line 2); expected a number of MB >= 0 and MB behind it",
    ],
    [
      "with a duration twice",
      `${at}${WARM}Duration: 3.07 ms`,
      "invalid Duration: 3.07 ms, twice (f.log line 2); expected it once",
    ],
    [
      "behind something else",
      `${at}r-1\tINFO\t${WARM}`,
      /^invalid report: 2024-05-01T12:00:00\.000Z r-1.*; expected REPORT at a message's start, behind nothing but a time, a log group and a stream$/,
    ],
    [
      "with a damaged start",
      at + WARM.replace("REPORT", "REPXRT"),
      /^invalid report: .*; expected REPORT at a message's start/,
    ],
    [
      "in damaged JSON",
      `{"timestamp":${T0},"message":"REPORT RequestId: a\tDuration: 3 ms"`,
      /^invalid JSON: .*\(f\.log line 2\); expected an event in JSON$/,
    ],
  ])("%s: stops with file, line and value, or puts it aside", async (_, line, message) => {
    const path = fileWith("f.log", `${at}${COLD}\n${line}\n${at}${WARM}\n`);
    expect(await failure(path)).toMatch(message);
    const { folder, manifest } = await read(path, { onBadRow: "quarantine" });
    expect(manifest.rows["reports"]).toMatchObject({ kept: 2, quarantined: 1, others: 0 });
    expect(readFileSync(join(folder, "rejects.csv"), "utf8")).toContain(line.replaceAll('"', '""'));
  });

  it("in a line that was cut", async () => {
    expect(await failure(fileWith("f.log", `${at}${COLD}\n${at}${WARM.slice(0, 30)}`))).toBe(
      `invalid Duration: "" (f.log line 2, the last, without a line end); ${behind}`,
    );
  });

  it.each([
    ["@duration", "fast", "invalid @duration: fast (f.csv line 2); expected a number of ms >= 0"],
    [
      "@maxMemoryUsed",
      "67",
      "invalid @maxMemoryUsed: 67 (f.csv line 2); expected bytes, as Logs Insights has them: 1.28E8 is 128 MB",
    ],
  ])("with a column %s that says %s", async (name, value, message) => {
    const columns = { "@timestamp": insights(T0), "@duration": "1", [name]: value };
    const path = fileWith("f.csv", `${Object.keys(columns).join(",")}\n${Object.values(columns).join(",")}\n`);
    expect(await failure(path)).toBe(message);
  });

  it("in a CSV record with too many fields, or whose quote is not as it should be; what is behind is read", async () => {
    const good = `${insights(T0)},"${WARM}\n"\n`;
    const path = fileWith(
      "f.csv",
      `@timestamp,@message\n${good}${insights(T0)},"x" y\n${good}${insights(T0)},a,b\n${good}`,
    );
    expect(await failure(path)).toBe(
      `invalid row: ${insights(T0)},"x" y (f.csv line 4); expected a closing quote, and a comma or the line's end behind it`,
    );
    const { manifest } = await read(path, { onBadRow: "quarantine" });
    expect(manifest.rows["reports"]).toMatchObject({ kept: 3, quarantined: 2, others: 0 });
  });

  it("in a list of events, by its number", async () => {
    const list = [
      { timestamp: T0, message: COLD },
      { timestamp: "noon", message: WARM },
    ];
    expect(await failure(fileWith("f.json", JSON.stringify({ events: list }, null, 1)))).toBe(
      "invalid time: noon (f.json row 2); expected a time, such as 2024-05-01T12:00:00.123Z: a report alone does not say when it was",
    );
  });
});

describe("a file is refused", () => {
  it("without a report", async () => {
    expect(await failure(fileWith("f.log", text((ms) => `${iso(ms)} `).replaceAll(/.*REPORT.*\n/g, "")))).toBe(
      "invalid file: f.log (no REPORT line); expected a log with a REPORT line for each invocation",
    );
  });

  it("that is JSON cut short, wherever", async () => {
    const json = JSON.stringify({ events }, null, 2);
    for (let length = json.indexOf("REPORT"); length < json.length; length += 97) {
      expect(await failure(fileWith("f.json", json.slice(0, length)))).toBe(
        "invalid file: f.json (JSON, cut short); expected a whole JSON file",
      );
    }
  });

  it("that is JSON of something else", async () => {
    expect(await failure(fileWith("package.json", '{"name": "x", "version": "1"}'))).toMatch(
      /^invalid format: package\.json \(columns name, version\); expected files of one of/,
    );
  });
});

it("makes of damaged JSON and CSV a trace, or says in a line what is wrong (400 tries)", async () => {
  const random = fc.sample(fc.array(fc.nat(0xffffff), { minLength: 8, maxLength: 8 }), { seed: 1, numRuns: 400 });
  const csvText = csv("@timestamp,@message", (ms, message) => `${insights(ms)},${message}`);
  let traces = 0;
  for (const [i, [shape, ...draws]] of random.entries()) {
    const [name, whole] = (
      [
        ["f.csv", csvText],
        ["f.json", JSON.stringify({ events }, null, 1)],
        ["f.jsonl", events.map((event) => `${JSON.stringify(event)}\n`).join("")],
        ["f.json", JSON.stringify([subscription, subscription])],
      ] as const
    )[shape! % 4]!;
    const bytes = Buffer.from(whole);
    for (let k = 0; k < 1 + (i % 3); k++) bytes[draws[2 * k]! % bytes.length]! ^= 1 << (draws[2 * k + 1]! % 8);
    const path = fileWith(name, i % 7 === 0 ? bytes.subarray(0, draws[6]! % bytes.length) : bytes);
    try {
      const { folder, manifest } = await read(path, { onBadRow: "quarantine" });
      expect(rows(folder, "invocations").length).toBe(manifest.rows["reports"]!["kept"]);
      traces++;
    } catch (error) {
      expect((error as Error).message).toMatch(/^invalid [^\n]+; expected [^\n]+$/);
      expect((error as Error).name).toBe("Invalid");
    }
  }
  expect(traces).toBeGreaterThan(100);
  expect(traces).toBeLessThan(400);
});

it("leaves JSON of something else aside in a folder", async () => {
  const folder = folderWith({ "f.log": text((ms) => `${iso(ms)} `), "package.json": '{"name": "x"}' });
  expect((await read(folder)).manifest.notes.at(-1)).toBe("left aside, no table of aws-lambda-report: package.json");
});
