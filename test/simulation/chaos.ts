/** How badly a bus behaves. Times in milliseconds, the rest as shares of deliveries unless told otherwise. */
export interface BusFaults {
  /** A hand-off takes `base` and up to `jitter` more; jitter beyond a window puts events out of order. */
  readonly base: number;
  readonly jitter: number;
  /** Hand-offs that take up to `slowMs` more: a cold start. */
  readonly slow: number;
  readonly slowMs: number;
  /** Delivered twice, a fifth of those a minute later. */
  readonly duplicate: number;
  /** Delivered a hundred times at the same moment. */
  readonly flood: number;
  /** Handed over a minute late only. */
  readonly lose: number;
  /** Never handed over: kept as a dead letter of the rule. */
  readonly drop: number;
  /** Windows from which on the feed cannot reach the bus for up to `outageWindows` windows: those are never events. */
  readonly outage: number;
  readonly outageWindows: number;
  /** Publications that the publisher sees fail, after none, some or all of their events were taken. */
  readonly unpublished: number;
  /** Batches of the table's stream that come again although they were told. */
  readonly streamRepeats: number;
  /** An event older than this is not tried again after a failure. Lambda's shortest is a minute. */
  readonly eventAgeMs: number;
}

/** How badly the table behaves, as shares of accesses unless told otherwise. */
export interface StoreFaults {
  /** Longest time of an access, so that functions run through each other. */
  readonly accessMs: number;
  readonly slow: number;
  readonly slowMs: number;
  /** Transactions that other transactions kept from being tried, also after the driver's retries. */
  readonly busy: number;
  readonly throttled: number;
  /** Transactions that committed and whose caller is told that the table did not answer. */
  readonly lostAnswers: number;
  /**
   * Transactions that committed and whose caller, trying again without the token of the first try, is told of a conflict:
   * with itself. Alerts rest on a driver that does not; orders, fills and signals need not.
   */
  readonly ownConflicts: number;
  /** Times that an invocation reads the table as it was up to `staleMs` ago, until its next write. */
  readonly stale: number;
  readonly staleMs: number;
  /** Accesses before or after which the invocation ends without another word. */
  readonly killed: number;
}

/** What happens to a desk in a run. Without `limits` and `halts` the run has a sequential twin. */
export interface Chaos {
  readonly bus: BusFaults;
  readonly store: StoreFaults;
  /** Alerts that SNS refuses: half of them were sent all the same. */
  readonly unsent: number;
  /** A person halts trading somewhere in the run and lifts it again. */
  readonly halts: boolean;
  /** Limits so tight that the guard acts. */
  readonly limits: boolean;
}

const CALM_BUS: BusFaults = {
  base: 100,
  jitter: 150,
  slow: 0,
  slowMs: 0,
  duplicate: 0,
  flood: 0,
  lose: 0,
  drop: 0,
  outage: 0,
  outageWindows: 1,
  unpublished: 0,
  streamRepeats: 0,
  eventAgeMs: 60_000,
};

const CALM_STORE: StoreFaults = {
  accessMs: 0,
  slow: 0,
  slowMs: 0,
  busy: 0,
  throttled: 0,
  lostAnswers: 0,
  ownConflicts: 0,
  stale: 0,
  staleMs: 0,
  killed: 0,
};

/** What is not named is calm. */
export interface SomeChaos {
  readonly bus?: Partial<BusFaults>;
  readonly store?: Partial<StoreFaults>;
  readonly unsent?: number;
  readonly halts?: boolean;
  readonly limits?: boolean;
}

export const chaosOf = ({ bus, store, unsent, halts, limits }: SomeChaos): Chaos => ({
  bus: { ...CALM_BUS, ...bus },
  store: { ...CALM_STORE, ...store },
  unsent: unsent ?? 0,
  halts: halts ?? false,
  limits: limits ?? false,
});

/** Retries after one and two minutes really happen before the event is too old. */
const PATIENT = 300_000;

/** One fault each, then mixtures. */
export const KINDS: Readonly<Record<string, Chaos>> = {
  calm: chaosOf({}),
  duplicates: chaosOf({ bus: { duplicate: 0.5, streamRepeats: 0.3 } }),
  reorder: chaosOf({ bus: { base: 50, jitter: 1_200, duplicate: 0.2 } }),
  coldStart: chaosOf({ bus: { slow: 0.02, slowMs: 900 } }),
  loss: chaosOf({ bus: { duplicate: 0.1, lose: 0.03 } }),
  dropped: chaosOf({ bus: { drop: 0.05 } }),
  outage: chaosOf({ bus: { outage: 0.06, outageWindows: 5 } }),
  hundredfold: chaosOf({ bus: { flood: 0.02 }, store: { accessMs: 4 } }),
  unpublished: chaosOf({ bus: { unpublished: 0.2, eventAgeMs: PATIENT } }),
  interleaved: chaosOf({ bus: { base: 50, jitter: 300, duplicate: 0.3 }, store: { accessMs: 12 } }),
  slowTable: chaosOf({ store: { accessMs: 4, slow: 0.02, slowMs: 400 } }),
  conflicts: chaosOf({ store: { accessMs: 2, busy: 0.03 } }),
  throttled: chaosOf({ store: { accessMs: 2, throttled: 0.004 } }),
  lostAnswers: chaosOf({ store: { accessMs: 2, lostAnswers: 0.04 } }),
  ownConflicts: chaosOf({ bus: { jitter: 1_200 }, store: { accessMs: 2, ownConflicts: 0.1 } }),
  staleReads: chaosOf({ store: { accessMs: 4, stale: 0.1, staleMs: 1_500 } }),
  killed: chaosOf({ bus: { duplicate: 0.2 }, store: { accessMs: 4, killed: 0.004 } }),
  killedAndTriedAgain: chaosOf({
    bus: { eventAgeMs: PATIENT },
    store: { accessMs: 4, killed: 0.006 },
  }),
  outageAndKilled: chaosOf({
    bus: { outage: 0.2, outageWindows: 2, eventAgeMs: PATIENT },
    store: { accessMs: 2, killed: 0.004, lostAnswers: 0.02 },
  }),
  halted: chaosOf({
    bus: { base: 50, jitter: 600, duplicate: 0.2 },
    store: { accessMs: 8 },
    halts: true,
  }),
  guarded: chaosOf({
    bus: { duplicate: 0.9, flood: 0.1, streamRepeats: 0.5 },
    store: { accessMs: 4 },
    limits: true,
  }),
  refusedAlerts: chaosOf({
    bus: { duplicate: 0.3, flood: 0.1 },
    store: { accessMs: 4, killed: 0.002 },
    unsent: 0.5,
    limits: true,
  }),
  storm: chaosOf({ bus: { jitter: 800, slow: 0.1, slowMs: 5_000, duplicate: 0.3, lose: 0.1 } }),
  stormInterleaved: chaosOf({
    bus: { base: 50, jitter: 900, slow: 0.1, slowMs: 3_000, duplicate: 0.3, lose: 0.05 },
    store: { accessMs: 40 },
  }),
  everything: chaosOf({
    bus: {
      jitter: 500,
      slow: 0.05,
      slowMs: 3_000,
      duplicate: 0.2,
      flood: 0.01,
      lose: 0.03,
      drop: 0.01,
      outage: 0.03,
      outageWindows: 3,
      unpublished: 0.05,
      streamRepeats: 0.1,
      eventAgeMs: PATIENT,
    },
    store: {
      accessMs: 8,
      slow: 0.01,
      slowMs: 300,
      busy: 0.01,
      throttled: 0.001,
      lostAnswers: 0.01,
      stale: 0.03,
      staleMs: 1_000,
      killed: 0.001,
    },
    unsent: 0.2,
    limits: true,
    halts: true,
  }),
};
