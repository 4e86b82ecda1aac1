export { hashWords, keyed, keyedBy, PURPOSE, type Purpose } from "./keyed.js";
export { Threefry } from "./threefry.js";
