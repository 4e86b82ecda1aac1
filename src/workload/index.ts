export { formatArrivals, parseArrivals } from "./arrivals.js";
export { PAPER_SHARES } from "./class-rules.js";
export { formatClasses, parseClasses } from "./classes.js";
export { prepareWorkload } from "./prepare.js";
export { PAPER, PAPER_COLUMNS, type PaperOptions, paperBatches } from "./synthetic/paper.js";
export type { ArrivalPattern, ClassRule, Workload, WorkloadOptions, WorkloadReport } from "./workload.js";
