/** The first day of the 2019 release, by which AZURE is calibrated. */
export const DAY_ONE = { functions: 46412, apps: 16821, invocations: 909783379 } as const;

/** Share of the population up to a value, and the value. */
export type Knot = readonly [share: number, value: number];

/** The share that the largest of so many has when it stands for its own half of a rank. */
const top = (rank: number, of: number = DAY_ONE.apps): number => 1 - (rank - 0.5) / of;

/** What is known of one trigger. */
export interface TriggerFigures {
  /** Shares of functions on the first day, and of invocations over the release. */
  readonly functions: number;
  readonly invocations: number;
  /** Where its functions' average durations lie among all: deviations of a standard normal. */
  readonly duration: number;
  /** How strongly its rate follows the hour: 1 as all invocations together. */
  readonly daily: number;
}

/**
 * What the generated population is like. Unless it says "ours", a figure is that of the first day of Azure Functions 2019
 * (Shahrad et al., Serverless in the wild, ATC'20, and counts of its files).
 */
export const AZURE = {
  /** Functions of an app: share of apps with at most so many; its tail is on log-log scales. */
  functionsPerApp: [
    [0.503, 1],
    [0.724, 2],
    [0.819, 3],
    [0.868, 4],
    [0.9, 5],
    [0.99, 20],
    [top(1), 298.9],
  ],
  /** Apps of an owner: share with one alone, then a Pareto of this index from two, cut. So 500 functions drawn have 428 owners. */
  appsPerOwner: { one: 0.77, tail: 1.6, most: 150 },
  /**
   * Invocations of an app and day. 8 %, 12 %, 97 % and ranks 10 and 50 are ours: they give the first ten apps 46.4 %, the first
   * hundredth 86.6 % and all together the day's invocations.
   */
  invocationsPerApp: [
    [0, 0.6],
    [0.08, 1.4],
    [0.0801, 1.6],
    [0.12, 2.4],
    [0.25, 15],
    [0.301, 24],
    [0.5, 288],
    [0.78, 1440],
    [0.9, 8573],
    [0.95, 35946],
    [0.97, 100000],
    [0.99, 490000],
    [top(50), 2.55e6],
    [top(10), 2e7],
    [top(1), 127471685],
  ],
  /** Coefficient of variation of an app's inter-arrival times; 90 % and the largest are ours. */
  interArrivalCv: [
    [0, 0],
    [0.227, 0],
    [0.22701, 0.15],
    [0.25, 0.53],
    [0.5, 1.97],
    [0.75, 4.99],
    [0.9, 11.5],
    [0.99, 33.3],
    [top(1, 15000), 300],
  ],
  /** Average duration of a function, ms. Its ends are ours: 2.6 % print as 0, and ten minutes, where most plans stop one. */
  averageDuration_ms: [
    [0, 0.1],
    [0.026, 0.5],
    [0.1, 20],
    [0.25, 125],
    [0.5, 670],
    [0.75, 3120],
    [0.9, 16555],
    [0.95, 42295],
    [0.99, 222620],
    [1, 600000],
  ],
  /** Average memory of an app, MB; its ends are ours. */
  averageMemory_mb: [
    [0, 40],
    [0.05, 100],
    [0.25, 120],
    [0.5, 140],
    [0.75, 185],
    [0.9, 210],
    [0.95, 240],
    [0.99, 405],
    [1, 1536],
  ],
  /** In the order in which the generator counts them. The last two columns are ours. */
  triggers: {
    timer: { functions: 0.375, invocations: 0.018, duration: 0.15, daily: 0 },
    http: { functions: 0.343, invocations: 0.225, duration: -0.4, daily: 1.2 },
    queue: { functions: 0.149, invocations: 0.424, duration: 0.25, daily: 1 },
    orchestration: { functions: 0.071, invocations: 0.014, duration: -0.8, daily: 1 },
    event: { functions: 0.027, invocations: 0.309, duration: -0.4, daily: 0.9 },
    storage: { functions: 0.02, invocations: 0.008, duration: 0, daily: 1 },
    others: { functions: 0.014, invocations: 0.001, duration: 0, daily: 1 },
  } satisfies Record<string, TriggerFigures>,
  /**
   * Invocations by hour of day over their mean: the trough at 4 and the peak at 13 h are the release's, the rest ours.
   * A weekend day has this share of a weekday's: so 14 days have the release's 12,495,810,846.
   */
  hours: [
    0.955, 0.941, 0.928, 0.918, 0.913, 0.919, 0.931, 0.952, 0.978, 1.005, 1.031, 1.056, 1.074, 1.088, 1.083, 1.073,
    1.059, 1.044, 1.026, 1.018, 1.01, 1.003, 1.001, 0.994,
  ],
  weekend: 0.934,
  /** The most of one function in one minute over its mean: that of the release's largest cell, 151,835. */
  largestCell: 151835,
  /** Of a day's functions that were not there the day before: so 14 days have 72,359 different ones. */
  newcomers: 0.043,
} as const;

/** Names of the triggers, in the order of AZURE.triggers. */
export const TRIGGERS = Object.keys(AZURE.triggers) as (keyof typeof AZURE.triggers)[];

/** What the real files have that a clean one would not: of so many on the first day, so many. */
export const ODDITIES = {
  functionsWithoutDurations: 622 / DAY_ONE.functions,
  appsWithoutMemory: 422 / DAY_ONE.apps,
  durationsTwice: 16 / DAY_ONE.functions,
  memoryTwice: 10 / DAY_ONE.apps,
  /** A clock that went back: Average and Minimum below 0. */
  negativeDurations: 1 / DAY_ONE.functions,
  /** One HashFunction under two apps, where this one is an app's first; ours. */
  sharedNames: 0.01,
  /** Count a little off the minutes' sum, and far below it; ours. */
  countOff: 0.3,
  countFarBelow: 0.04,
} as const;
