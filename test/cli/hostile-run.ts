import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { register as registerReplay } from "../../src/cli/replay.js";
import { call } from "./call.js";

/** Names that a page might take for markup, as owners, apps and functions. */
export const HOSTILE = [
  "<script>document.title='owned'</script>",
  `"><img src=x onerror="document.title='owned'">`,
  "</text></svg><script>document.title='owned'</script>",
  "</pre></details></style><h1>big</h1>",
  "'-alert(1)-' & <b>bold</b> \u202e",
] as const;

/** And the trace's own name, which must do as a file's. */
export const HOSTILE_TRACE = "<img src=x onerror=document.title='owned'>&amp;";

/** Replays a small workload of hostile names into `folder`/run, under xx with too little RAM, and hermod. */
export async function hostileRun(folder: string): Promise<string> {
  const csv = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const names = (i: number) => Array.from({ length: 3 }, () => csv(HOSTILE[i % HOSTILE.length]!)).join(",");
  const rows = Array.from({ length: 5000 }, (_, i) => {
    const runtime = 0.2 + (i % 17) / 10;
    return `${i / 20},${runtime},${i % 4 === 0 ? 2 : 1},100,${400 + 700 * (i % 7)},${names(i)}`;
  });
  const trace = join(folder, `${HOSTILE_TRACE}.csv`);
  const head = "arrival_s,runtime_s,price_class,memory_initial_mib,memory_peak_mib,function,app,owner";
  writeFileSync(trace, `${[head, ...rows].join("\n")}\n`);
  const run = join(folder, "run");
  const cluster = ["--machines", "4", "--cores", "5", "--ram", "12GiB", "--prices", "1,2,3"];
  await call(registerReplay, "replay", trace, "-o", run, ...cluster, "--scheduler", "xx,hermod");
  return run;
}

/** Replays the beginning of the same into `folder`/plain, under edf with unlimited RAM. */
export async function plainRun(folder: string): Promise<string> {
  const trace = join(folder, `${HOSTILE_TRACE}.csv`);
  const run = join(folder, "plain");
  const cluster = ["--machines", "4", "--cores", "5", "--prices", "1,2,3", "--cut", "0s..20s"];
  await call(registerReplay, "replay", trace, "-o", run, ...cluster, "--scheduler", "edf");
  return run;
}
