import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ScorePoller } from '../../../../adapters/venues/espn/poller.ts';
import { type Frame, isFrame } from '../../../../adapters/venues/frame-source.ts';
import { wsTransport } from '../../../../adapters/venues/session/ws-transport.ts';
import { plusMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { openLoopback } from '../../loopback-server.ts';
import { NFL_LIVE, scoreboard } from './samples.ts';
import { listen, START } from './score-world.ts';

test('over a real connection: packed answers, a tag and a name', async () => {
  const body = gzipSync(scoreboard(NFL_LIVE));
  const headers = { etag: '"v1"', 'content-encoding': 'gzip', 'content-type': 'application/json' };
  const host = await openLoopback(({ headers: asked }) =>
    asked['if-none-match'] === '"v1"' ? { status: 304, headers: { etag: '"v1"' } } : { headers, body },
  );
  const timers = new VirtualTimers(START);
  const { reader, updates } = listen();
  let arrived: (frame: Frame) => void = () => undefined;
  const next = () =>
    new Promise<Frame>((resolve) => {
      arrived = resolve;
    });
  const poller = new ScorePoller({
    leagues: ['nfl'],
    transport: wsTransport,
    timers,
    random: () => 0.5,
    host: host.url,
  });
  const first = next();
  poller.start({
    stamp: () => timers.now(),
    take: (item) => {
      if (!isFrame(item)) return;
      reader.read(item);
      arrived(item);
    },
  });
  expect((await first).raw).toBe(scoreboard(NFL_LIVE));
  const second = next();
  timers.runUntil(plusMs(START, 10_000));
  expect((await second).channel).toBe('rest:scoreboard-unchanged:nfl');
  poller.stop();
  expect(updates.map(({ kind }) => kind)).toEqual(['new']);
  expect(host.received.map(({ path }) => path)).toEqual(
    Array(2).fill('/apis/site/v2/sports/football/nfl/scoreboard?dates=20261003-20261004&limit=200'),
  );
  const [asked] = host.received;
  expect(asked?.headers).toMatchObject({
    'user-agent': 'deckle',
    'accept-encoding': expect.stringContaining('gzip'),
    'cache-control': 'max-age=600',
    connection: 'keep-alive',
  });
});
