import type { Arrivals } from "../../cluster/observer.js";

/** One invocation as machines take them: placed when and as the control plane says, not as the workload has it. */
export class OneArrival implements Arrivals {
  readonly rows = 1;
  /** Its sequence. */
  first = 0;
  /** When it is placed. */
  readonly arrival_s = new Float64Array(1);
  readonly runtime_s = new Float64Array(1);
  /** Effective. */
  readonly price_class = new Uint8Array(1);
  readonly memory_initial_mib = new Float32Array(1);
  readonly memory_peak_mib = new Float32Array(1);
  readonly function = new Int32Array(1);
}
