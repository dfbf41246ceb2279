import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { BeatingSource, Followings } from '../../adapters/venues/frame-source.ts';
import { NO_LOG, NO_METRICS } from '../../core/metrics.ts';
import type { CatalogueReader } from '../../core/ports.ts';
import { plusMs } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { runDesk } from '../../local/desk.ts';
import { OAK } from '../core/market/samples.ts';
import { asset, NOON } from '../core/universe/listings.ts';
import { configWith } from '../lambdas/universe-world.ts';

const ETH = asset('ETHUSDT');
const BEATS_MAX = 200;
/** The venue answers while the feed runs. */
const ANSWER_AT = 20;

/** A desk on a source that only beats, in no time at all: no minute passes, and no mark of the schedule. */
async function beatsUntilFollowed() {
  const told: Followings[] = [];
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const catalogueReader: CatalogueReader = {
    read: async () => {
      await answered;
      return { kind: 'read', listings: [ETH], problems: [] };
    },
    search: async () => ({ kind: 'failed', why: 'nobody searches' }),
    host: () => 'http://127.0.0.1:9000',
  };
  let beats = 0;
  const source: BeatingSource = {
    name: 'beats',
    async *frames(signal) {
      while (beats < BEATS_MAX && told.length === 0 && !signal.aborted) {
        beats += 1;
        if (beats === ANSWER_AT) answer();
        yield { beat: plusMs(NOON, beats) };
        await setImmediate();
      }
    },
    need: () => false,
    follow: (followings) => {
      told.push(followings);
      return [];
    },
  };
  await runDesk({
    config: configWith([{ name: 'all', venue: 'binance', symbols: ['*USDT'] }]),
    input: {
      kind: 'live',
      session: 'live-main',
      description: 'beats',
      instruments: [OAK],
      open: async () => source,
    },
    store: openSqliteStore({ path: ':memory:' }),
    sha256,
    clock: { now: () => NOON, wait: async () => undefined },
    metrics: NO_METRICS,
    log: () => NO_LOG,
    alertSender: { send: async () => undefined },
    reportSink: { write: async () => undefined },
    health: new FeedHealth(),
    catalogueReader,
    signal: new AbortController().signal,
  });
  return { beats, told };
}

test('a live desk looks at the lists when it starts, and follows what is found as soon as it is', async () => {
  const { beats, told } = await beatsUntilFollowed();
  expect(told.map(({ follow }) => follow)).toEqual([[ETH.instrument.id]]);
  expect(beats).toBeLessThan(BEATS_MAX);
});
