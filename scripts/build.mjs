// @ts-check
import { build } from "./prepare.mjs";

process.exitCode = build(true) ? 0 : 1;
