// `fetch` of data sets that are given as JSON, as a process of its own: node fetch-child.mjs JSON fetch NAME -o DIR
import { Command } from "commander";
import { fetchCommand } from "../../dist/cli/fetch.js";

const [datasets, ...words] = process.argv.slice(2);
const program = new Command("replaybook");
fetchCommand(JSON.parse(datasets), () => null)(program);
await program.parseAsync(words, { from: "user" });
