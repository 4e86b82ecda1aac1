import type { Seconds } from "../units.js";
import type { Quantity, Question } from "./question.js";

/** Statistics whose differences are looked at. */
export const COMPARED = ["mean", "p50", "p99", "p999"] as const;
export type Compared = (typeof COMPARED)[number];

/** What to compare, and with what. */
export interface CompareQuestion extends Pick<Question, "scheduler" | "warmupCut" | "endedOnly"> {
  /** What every other is set against, by its label, such as "xx" or "xx k=5"; the first by default. */
  readonly baseline?: string;
}

/** A difference of one statistic of one class. */
export interface Difference {
  readonly price_class: number | null;
  readonly of: Quantity;
  readonly statistic: Compared;
  /** Of several seeds their mean. Infinity: killed or rejected ones reach it; null: too few observations. */
  readonly baseline_value: number | null;
  readonly other_value: number | null;
  /** other_value - baseline_value: below 0 where the other is faster. Null where either is, or both are infinite. */
  readonly difference: number | null;
  /** The true difference is at least this (>=), at most (<=) or may be either (~), since unfinished ones count with what they have. */
  readonly bound: "" | ">=" | "<=" | "~";
  /** 95 % interval of the difference; null: none. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Shares of a class's invocations for which the other has a lower, higher, the same latency, or which is not known. */
export interface PairShares {
  readonly price_class: number | null;
  readonly count: number;
  readonly better: number;
  readonly worse: number;
  readonly equal: number;
  /** One or both have not ended, and may yet turn out either way. */
  readonly unknown: number;
}

/** One pair of what was compared. */
export interface Comparison {
  readonly baseline: string;
  readonly other: string;
  /** Of the workloads on which both were replayed, one after the other. */
  readonly runs: readonly {
    readonly baseline: string;
    readonly other: string;
    readonly seed: number;
    readonly warmup_s: Seconds;
  }[];
  /** What intervals come from: five or more seeds, or blocks of time of the only one. None: two to four seeds are too few. */
  readonly interval: "t" | "blocks" | "none";
  readonly prices: readonly number[];
  /** All together (class null) last; classes without invocations are left out. */
  readonly differences: readonly Difference[];
  readonly shares: readonly PairShares[];
}

export interface CompareAnswer {
  readonly comparisons: readonly Comparison[];
  /** Runs that share their workload with no other. */
  readonly left_out: readonly string[];
  readonly ended_only: boolean;
}
