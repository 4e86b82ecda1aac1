import type { Command } from "commander";

/** A file per command in this folder exports one of these; main.ts lists them. */
export type Register = (program: Command) => void;
