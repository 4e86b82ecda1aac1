type Numbers<T = number> = Readonly<Record<string, T>>;

/** How something is spread over functions or invocations; null: too few values to tell. */
export interface Distribution {
  /** Functions or invocations that have it. */
  readonly known: number;
  /** At 10, 25, 50, 75, 90 and 99 %. */
  readonly quantiles: readonly (number | null)[];
  readonly least: number | null;
  readonly largest: number | null;
}

/** What is in a trace, and what a replay will assume: what `replaybook inspect --json` says. */
export interface Inspection {
  readonly trace: Readonly<Record<string, unknown>>;
  readonly owners: number;
  readonly apps: number;
  /** Invocations and CPU seconds by interval of so many seconds since the trace's start. */
  readonly interval_s: number;
  readonly invocations: readonly number[];
  readonly cpu_s: readonly number[];
  /** Invocations and cores, the least and the most of a whole minute. */
  readonly minutes: Readonly<Record<"invocations" | "cores", Readonly<Record<string, unknown>>>>;
  /** Cores that the known durations ask for; null: none is known. */
  readonly mean_cores: number | null;
  /** Over functions: invocations_per_day, mean_duration_s, memory_mib, gaps_cv. */
  readonly functions: Numbers<Distribution>;
  /** Over invocations: duration_s, memory_mib. */
  readonly by_invocation: Numbers<Distribution>;
  readonly triggers: readonly {
    readonly trigger: string | null;
    readonly functions: number;
    readonly invocations: number;
    readonly cpu_s: number;
  }[];
  /** Who uses the CPU. */
  readonly cpu: Readonly<Record<string, unknown>>;
  /** What the trace does not say, counted. */
  readonly missing: Numbers;
  /** What a replay does about it, counted; or why it would refuse. */
  readonly assumed: Readonly<Record<string, unknown>>;
  /** CPU seconds of a replay, what is missing filled. */
  readonly expected_cpu_s: number | null;
}
