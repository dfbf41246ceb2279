import { randomBytes } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, onTestFinished, test } from 'vitest';
import { BYTES_MAX } from '../../../adapters/eventbridge/bus-entry.ts';
import {
  createEventBridgePublisher,
  type EventBridgePublisherOptions,
  EventTooLargeError,
  PublishError,
} from '../../../adapters/eventbridge/event-bridge-publisher.ts';
import { decodeEvent, encodeEvent } from '../../../adapters/eventbridge/event-codec.ts';
import type { DeckleEvent } from '../../../core/events.ts';
import type { Metrics } from '../../../core/metrics.ts';
import { market, T0, windowOf } from '../../support/values.ts';
import {
  LOCAL_CREDENTIALS,
  type Loopback,
  openLoopback,
  type Received,
  type Reply,
} from '../loopback-server.ts';

interface SentEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

const report = (n: number, summary = 'a day'): DeckleEvent => ({
  type: 'report.ready',
  version: 1,
  id: `report.ready/${n}`,
  at: T0,
  accountId: 'main',
  day: '2026-11-21',
  summary,
});
const reports = (count: number, summary?: string): DeckleEvent[] =>
  Array.from({ length: count }, (_, n) => report(n + 1, summary));
/** An event that makes an entry of exactly so many bytes. */
const ofBytes = (n: number, bytes: number): DeckleEvent => {
  const { detailType, detail } = encodeEvent(report(n, ''));
  const empty = 'deckle'.length + detailType.length + detail.length + 14;
  return report(n, 'x'.repeat(bytes - empty));
};

const entriesOf = ({ body }: Received): SentEntry[] => JSON.parse(body.toString('utf8')).Entries;
const idsOf = (request: Received): string[] => entriesOf(request).map((one) => JSON.parse(one.Detail).id);
/** Request by request, the numbers of the reports in it. */
const sent = (bus: Loopback): number[][] =>
  bus.received.map((one) => idsOf(one).map((id) => Number(id.split('/')[1])));

/** The bus's answer: taken, or the code with which it refused, per entry. */
const answer = (...codes: (string | null)[]): Reply => ({
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({
    FailedEntryCount: codes.filter((code) => code !== null).length,
    Entries: codes.map((code, n) =>
      code === null ? { EventId: `e-${n}` } : { ErrorCode: code, ErrorMessage: `said ${code}` },
    ),
  }),
});
const taken = (request: Received): Reply => answer(...entriesOf(request).map(() => null));
const refusal = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: code, message }),
});

async function openBus(
  reply: (request: Received, n: number) => Reply,
  options: Partial<EventBridgePublisherOptions> = {},
) {
  const bus = await openLoopback(reply);
  const waits: number[] = [];
  const counted: Record<string, number> = {};
  const metrics: Metrics = {
    add: (name, value) => {
      counted[name] = (counted[name] ?? 0) + value;
    },
    set: () => undefined,
  };
  const client = clientOf(bus.url);
  const publisher = createEventBridgePublisher({
    client,
    busName: 'deckle-test',
    metrics,
    random: () => 0.5,
    wait: async (ms) => void waits.push(ms),
    ...options,
  });
  return { bus, waits, counted, publisher };
}

function clientOf(endpoint: string): EventBridgeClient {
  const client = new EventBridgeClient({
    endpoint,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

const failure = async (publishing: Promise<void>): Promise<Error> => {
  const [result] = await Promise.allSettled([publishing]);
  if (result.status === 'fulfilled') throw new Error('was published');
  return result.reason;
};

test('an event arrives signed on its bus, as the codec writes it', async () => {
  const { bus, publisher, counted } = await openBus(taken);
  await publisher.publish([report(1)]);
  const [request] = bus.received;
  expect(request?.method).toBe('POST');
  expect(request?.headers).toMatchObject({
    'x-amz-target': 'AWSEvents.PutEvents',
    authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=local\/\d+\/eu-west-1\/events\//),
  });
  const [entry] = request ? entriesOf(request) : [];
  expect(entry).toMatchObject({ EventBusName: 'deckle-test', Source: 'deckle', DetailType: 'report.ready' });
  expect(decodeEvent(entry?.DetailType, entry?.Detail)).toEqual({ kind: 'event', event: report(1) });
  expect(counted).toEqual({});
});

test('nothing to publish is no request', async () => {
  const { bus, publisher } = await openBus(taken);
  await publisher.publish([]);
  expect(bus.received).toHaveLength(0);
});

test('events go in order, at most ten to a request', async () => {
  const { bus, publisher } = await openBus(taken);
  await publisher.publish(reports(23));
  expect(sent(bus).map((one) => one.length)).toEqual([10, 10, 3]);
  expect(sent(bus).flat()).toEqual(Array.from({ length: 23 }, (_, n) => n + 1));
});

test('a request is split before its bytes pass the limit', async () => {
  const { bus, publisher } = await openBus(taken);
  const half = BYTES_MAX / 2;
  await publisher.publish([
    ofBytes(1, half),
    ofBytes(2, half),
    ofBytes(3, half),
    ofBytes(4, half + 1),
    report(5),
  ]);
  expect(sent(bus)).toEqual([[1, 2], [3], [4, 5]]);
});

test('an event of 300 KB and one of exactly the limit are sent', async () => {
  const { bus, publisher } = await openBus(taken);
  await publisher.publish([ofBytes(1, 300_000), ofBytes(2, BYTES_MAX)]);
  expect(sent(bus)).toEqual([[1], [2]]);
});

test('what the bus refused of a request is sent again alone, in order, each time after a longer wait', async () => {
  const { bus, publisher, waits, counted } = await openBus((request, n) => {
    if (n === 1) return answer(null, 'InternalFailure', null, 'ThrottlingException', null);
    if (n === 2) return answer('ThrottlingException', null);
    return taken(request);
  });
  await publisher.publish(reports(5));
  expect(sent(bus)).toEqual([[1, 2, 3, 4, 5], [2, 4], [2]]);
  expect(waits).toEqual([50, 100]);
  expect(counted).toEqual({ bus_publish_retries_total: 3 });
});

test.each([
  { what: 'a throttle', reply: refusal(400, 'ThrottlingException', 'Rate exceeded') },
  { what: 'a 503', reply: refusal(503, 'ServiceUnavailable', 'back soon') },
  { what: 'a connection cut off', reply: 'cut' },
  { what: 'no answer in time', reply: 'hang' },
  { what: 'an answer that is no JSON', reply: { body: '<html>proxy</html>' } },
  { what: 'an answer about fewer events than were sent', reply: answer(null) },
  { what: 'an answer about nothing', reply: { body: '{}' } },
] as const)('after $what the events are sent again', async ({ reply }) => {
  const { bus, publisher, waits } = await openBus((request, n) => (n === 1 ? reply : taken(request)), {
    timeoutMs: 1_500,
  });
  await publisher.publish(reports(2));
  expect(bus.received).toHaveLength(2);
  expect(sent(bus)[1]).toContain(2);
  expect(waits).toEqual([50]);
});

test('after five tries the events that are left are given back in words, those before them are on the bus', async () => {
  const { bus, publisher, waits, counted } = await openBus((request) =>
    answer(...idsOf(request).map((id) => (id === 'report.ready/2' ? 'InternalFailure' : null))),
  );
  const error = await failure(publisher.publish(reports(12)));
  expect(error).toBeInstanceOf(PublishError);
  expect(error).toMatchObject({ fault: 'unavailable', unsent: [report(2)] });
  expect(error.message).toBe(
    '1 of 12 events did not reach the bus deckle-test (InternalFailure: said InternalFailure). ' +
      'Try again: an event that was taken after all keeps its id and is recognized as a repeat.',
  );
  expect(sent(bus)).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [2], [2], [2], [2], [11, 12]]);
  expect(waits).toEqual([50, 100, 200, 400]);
  expect(counted).toEqual({ bus_publish_retries_total: 4 });
});

test('a bus that takes nothing is tried five times, not five times for each request', async () => {
  const { bus, publisher } = await openBus(() => refusal(503, 'ServiceUnavailable', 'back soon'));
  const error = await failure(publisher.publish(reports(25)));
  expect(error).toMatchObject({ fault: 'unavailable', unsent: reports(25) });
  expect(error.message).toContain('25 of 25 events did not reach the bus deckle-test (ServiceUnavailable');
  expect(bus.received).toHaveLength(5);
});

test('an endpoint that is not there is said in words', async () => {
  const gone = await openBus(taken, { client: clientOf('http://127.0.0.1:1') });
  const error = await failure(gone.publisher.publish(reports(1)));
  expect(error).toMatchObject({ name: 'PublishError', fault: 'unavailable' });
  expect(error.message).toContain('(ECONNREFUSED: ');
});

test.each([
  {
    code: 'ResourceNotFoundException',
    message: 'Event bus deckle-test does not exist.',
    says: 'There is no bus of that name in this account and region: deploy the stack, or correct DECKLE_BUS.',
  },
  {
    code: 'AccessDeniedException',
    message: 'not authorized to perform: events:PutEvents',
    says: 'granted events:PutEvents on this bus',
  },
])('$code is refused at once, in words', async ({ code, message, says }) => {
  const { bus, publisher } = await openBus(() => refusal(400, code, message));
  const error = await failure(publisher.publish(reports(2)));
  expect(error).toMatchObject({ fault: 'refused', unsent: reports(2) });
  expect(error.message).toContain(`(${code}: ${message})`);
  expect(error.message).toContain(says);
  expect(bus.received).toHaveLength(1);
});

test('an event that the bus refuses for itself is not tried again and holds no other up', async () => {
  const { bus, publisher, counted } = await openBus((request) =>
    answer(...idsOf(request).map((id) => (id === 'report.ready/1' ? 'MalformedDetail' : null))),
  );
  const error = await failure(publisher.publish(reports(11)));
  expect(error).toMatchObject({ name: 'PublishError', fault: 'refused', unsent: [report(1)] });
  expect(sent(bus).map((one) => one.length)).toEqual([10, 1]);
  expect(counted).toEqual({});
});

test('an event over the limit is never sent; all others are, and the error names it and the fix', async () => {
  const { bus, publisher } = await openBus(taken);
  const instruments = Array.from({ length: 12 }, () => market({ bids: [['1', '1']] }));
  // Text without repeats, so that packing cannot make it small.
  const configHash = randomBytes(800_000).toString('base64');
  const large: DeckleEvent = {
    type: 'market.window',
    version: 1,
    id: 'market.window/main/9',
    at: T0,
    feedId: 'main',
    epoch: 1,
    closes: [],
    windows: [{ ...windowOf(1, instruments), configHash }],
  };
  const error = await failure(publisher.publish([report(1), large, report(2)]));
  expect(error).toBeInstanceOf(EventTooLargeError);
  expect(error).toMatchObject({ eventId: large.id, events: [large] });
  expect(error.message).toMatch(
    /^too large for the bus, which takes 990000 bytes: market\.window\/main\/9 \(\d{7} bytes\)\. To do: follow fewer instruments or less depth in deckle\.yaml, or run a second feed\.$/,
  );
  expect(sent(bus)).toEqual([[1, 2]]);
});

test('a bus with a smaller limit refuses a request for its size: each event goes alone, and the large one is named', async () => {
  const { bus, publisher } = await openBus((request) =>
    request.body.length > 262_144
      ? refusal(400, 'ValidationException', 'Total size of the entries in the request is over the limit.')
      : taken(request),
  );
  const error = await failure(publisher.publish([report(1), ofBytes(2, 300_000), report(3)]));
  expect(error).toMatchObject({ name: 'EventTooLargeError', eventId: 'report.ready/2' });
  expect(sent(bus)).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test('events that may pass later outweigh those that are too large: the caller publishes again', async () => {
  const { publisher } = await openBus(() => refusal(503, 'ServiceUnavailable', 'back soon'));
  const error = await failure(publisher.publish([report(1), ofBytes(2, BYTES_MAX + 1)]));
  expect(error).toMatchObject({ name: 'PublishError', fault: 'unavailable', unsent: [report(1)] });
  expect(error.message).toContain('Besides, 1 are too large for any bus.');
});
