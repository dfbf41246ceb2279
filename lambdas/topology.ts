import type { EventType } from '../core/events.ts';

export type FunctionName =
  | 'fills'
  | 'signals'
  | 'risk'
  | 'relay'
  | 'alerts'
  | 'guard'
  | 'reconcile'
  | 'report'
  | 'universe';

/** What a function may touch; the cloud grants exactly this. */
export interface Touches {
  readonly table: 'none' | 'read' | 'write';
  readonly bus: boolean;
  readonly topics: boolean;
  readonly bucket: boolean;
}

export interface FunctionWiring {
  readonly name: FunctionName;
  /** The module of its use case, which runs embedded. */
  readonly useCase: string;
  /** The module of its door in the cloud; exports `handler`. */
  readonly door: string;
  /** Event types that wake it, in no particular order. */
  readonly listens: readonly EventType[];
  /** Kinds of items (attribute `entity`) whose changes wake it, from the table's stream; none for all but one function. */
  readonly stream: readonly string[];
  /** EventBridge Scheduler expressions, UTC. Under a virtual clock the runtime follows the same times in event time. */
  readonly schedules: readonly string[];
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly touches: Touches;
  /**
   * Whether its errors have an alarm of their own, each of which is paid for. What it could not do is in the failure queue
   * in any case, and the alarm of that tells of it some minutes later.
   */
  readonly ownAlarm: boolean;
}

const wiring = (
  name: FunctionName,
  rest: Partial<Omit<FunctionWiring, 'name' | 'useCase' | 'door' | 'touches'>> & {
    readonly touches: Partial<Touches>;
  },
): FunctionWiring => ({
  name,
  useCase: `lambdas/${name}/${name}.ts`,
  door: `lambdas/${name}/handler.ts`,
  listens: [],
  stream: [],
  schedules: [],
  memoryMb: 256,
  timeoutSeconds: 30,
  ownAlarm: true,
  ...rest,
  touches: { table: 'none', bus: false, topics: false, bucket: false, ...rest.touches },
});

/**
 * The only wiring there is: the CDK stack, the embedded runtime and a test read it. Functions that listen to one event
 * are called in this order where one process runs them all: a window fills working orders before strategies see it.
 */
export const TOPOLOGY: readonly FunctionWiring[] = [
  wiring('fills', { listens: ['market.window'], memoryMb: 512, touches: { table: 'write' } }),
  wiring('signals', { listens: ['market.window'], memoryMb: 512, touches: { table: 'write', bus: true } }),
  wiring('risk', { listens: ['signals.raised'], memoryMb: 512, touches: { table: 'write' } }),
  wiring('relay', {
    stream: ['order', 'decision', 'fill', 'mode', 'reconciliation', 'report', 'universe'],
    touches: { table: 'write', bus: true },
  }),
  wiring('alerts', {
    listens: [
      'mode.changed',
      'reconciliation.finished',
      'feed.silenced',
      'feed.resumed',
      'venue.disconnected',
      'venue.connected',
      'breaker.opened',
      'breaker.closed',
      'universe.changed',
      'report.ready',
    ],
    touches: { table: 'write', topics: true },
  }),
  wiring('reconcile', {
    schedules: ['rate(15 minutes)', 'cron(0 0 * * ? *)'],
    memoryMb: 1024,
    timeoutSeconds: 300,
    touches: { table: 'write' },
  }),
  // Its timeout leaves a halt the half minute in which it is tried again.
  wiring('guard', { schedules: ['rate(1 minute)'], timeoutSeconds: 60, touches: { table: 'write' } }),
  wiring('report', {
    schedules: ['cron(5 0 * * ? *)'],
    memoryMb: 1024,
    timeoutSeconds: 300,
    touches: { table: 'write', bucket: true },
  }),
  // Woken as often as the rules may be looked at; the configuration says how often they are. Lists are some ten megabytes.
  wiring('universe', {
    schedules: ['rate(5 minutes)'],
    memoryMb: 512,
    timeoutSeconds: 120,
    touches: { table: 'write' },
    ownAlarm: false,
  }),
];
