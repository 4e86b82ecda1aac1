export { category, cumulative, exponential, logGamma, normal, pareto, Stream } from "./distributions.js";
export { hashWords, keyed, keyedBy, PURPOSE, type Purpose } from "./keyed.js";
export { Threefry, uniformOf } from "./threefry.js";
