import { expect, test } from 'vitest';
import type { DeckleEvent } from '../../core/events.ts';
import type { FeedEvent } from '../../fargate/feed-news.ts';
import type { WindowNews } from '../../fargate/run-feed.ts';
import { WindowSender } from '../../fargate/window-sender.ts';
import { CountedMetrics } from '../support/desk.ts';
import { at, market, T0, windowOf } from '../support/values.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const news = (n: number, events: readonly FeedEvent[] = []): WindowNews => {
  const newest = windowOf(n, [market()]);
  return { newest, windows: [newest], events };
};

const silenced = (n: number): FeedEvent => ({
  type: 'feed.silenced',
  version: 1,
  id: `feed.silenced/main/${n}`,
  at: at(n),
  feedId: 'main',
  instrumentId: 'binance:COINUSDT',
  detail: 'no message of it came',
});

function world(take: (call: number) => Promise<void>) {
  const time = new VirtualTime(T0);
  const metrics = new CountedMetrics();
  const calls: (readonly DeckleEvent[])[] = [];
  const said: string[] = [];
  const sender = new WindowSender({
    publisher: {
      publish: (events) => {
        calls.push(events);
        return take(calls.length);
      },
    },
    clock: time,
    metrics,
    log: { info: (event) => void said.push(event), warn: (event) => void said.push(event), error: () => {} },
    takeMsMax: 1_000,
  });
  const run = async (work: () => Promise<void>): Promise<void> => {
    time.start(time.now(), work);
    await time.run();
  };
  return { time, metrics, calls, said, sender, run };
}

const types = (events: readonly DeckleEvent[] = []): string[] => events.map((one) => one.id);

test('news of a feed that the bus did not take goes with the next window, and once it is taken no more', async () => {
  const { sender, calls, run } = world(async (call) => {
    if (call <= 2) throw new Error('refused');
  });
  await run(async () => {
    await sender.send(news(1, [silenced(1)]));
    await sender.send(news(2, [silenced(2)]));
    await sender.send(news(3));
    await sender.send(news(4));
  });
  expect(calls.map((events) => types(events.slice(1)))).toEqual([
    ['feed.silenced/main/1'],
    ['feed.silenced/main/1', 'feed.silenced/main/2'],
    ['feed.silenced/main/1', 'feed.silenced/main/2'],
    [],
  ]);
  expect(sender.failed).toBe(2);
});

test('a trouble is said once when it begins and once when it is over', async () => {
  const { sender, said, metrics, run } = world(async (call) => {
    if (call >= 2 && call <= 5) throw new Error('refused');
  });
  await run(async () => {
    for (let n = 1; n <= 7; n += 1) await sender.send(news(n));
  });
  expect(said).toEqual(['window not published', 'bus takes windows again']);
  expect(metrics.total('feed_publish_failed_total')).toBe(4);
});

test('a bus that hangs costs a second a window, three times, and nothing from then on', async () => {
  const { sender, calls, time, run } = world(() => new Promise(() => {}));
  const waits: number[] = [];
  await run(async () => {
    for (let n = 1; n <= 6; n += 1) {
      const before = time.now();
      await sender.send(news(n));
      waits.push(time.now() - before);
    }
  });
  expect(waits).toEqual([1_000, 1_000, 1_000, 0, 0, 0]);
  expect(calls).toHaveLength(3);
  expect(sender.failed).toBe(6);
});

test('a drain waits for what is under way, but not for ever', async () => {
  const slow = world(() => slow.time.wait(1_400));
  await slow.run(async () => {
    await slow.sender.send(news(1));
    await slow.sender.drain();
    expect(slow.time.now() - T0).toBe(1_400);
  });
  const hanging = world(() => new Promise(() => {}));
  await hanging.run(async () => {
    await hanging.sender.send(news(1));
    await hanging.sender.drain();
    expect(hanging.time.now() - T0).toBe(2_000);
  });
  expect(hanging.sender.failed).toBe(1);
});
