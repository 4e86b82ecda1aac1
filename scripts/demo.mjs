// @ts-check
/** Where the demo run lands. */
export const DEMO_RUN = "data/runs/demo";

/** The command line of the demo: the embedded sample, on the machines that make it busy, under all three schedulers. */
export const DEMO = [
  ...["replay", "traces/azure-functions-sample", "--machines", "auto", "--load", "0.95"],
  ...["--scheduler", "xx,hermod,edf", "-o", DEMO_RUN, "--force"],
];
