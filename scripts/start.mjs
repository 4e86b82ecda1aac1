// @ts-check
// npm start: installs, builds, replays the embedded sample and prints what happened. Needs only Node and npm.
import { join } from "node:path";
import { DEMO, DEMO_RUN } from "./demo.mjs";
import { build, ensurePackages, ROOT, run } from "./prepare.mjs";

const NEXT = `
What to try next
  npx replaybook replay PATH --machines auto --load 0.9 --scheduler xx,hermod,edf -o data/runs/mine
                            your own trace: an Azure Functions folder or log, or a table of arrival_s, runtime_s
  npx replaybook --help     all commands; each has --help with an example
  npm run notebook          notebooks/02-replay.ipynb: the same run, as tables and a chart to take apart
  npm test                  every test, the notebook in real Jupyter among them`;

ensurePackages();
if (!build()) process.exit(1);
const main = join(ROOT, "dist", "cli", "main.js");
console.log(`$ npx replaybook ${DEMO.join(" ")}`);
for (const command of [DEMO, ["summary", DEMO_RUN]]) {
  const status = run([main, ...command]);
  if (status !== 0) process.exit(status ?? 1);
}
console.log(NEXT);
