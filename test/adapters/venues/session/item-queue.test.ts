import { expect, test } from 'vitest';
import { type Frame, POLL } from '../../../../adapters/venues/frame-source.ts';
import { ItemQueue, type QueuedItem } from '../../../../adapters/venues/session/item-queue.ts';
import { epochMs } from '../../../../core/time.ts';

const frame = (raw: string, connection = 'kalshi/1'): Frame => ({
  wire: 'kalshi',
  receivedAt: epochMs(0),
  channel: 'book',
  raw,
  connection,
});

const change = (connection: string, what: 'opened' | 'lost' | 'closed'): QueuedItem => ({
  wire: 'kalshi',
  receivedAt: epochMs(0),
  connection,
  change: what,
  detail: '',
});

const beat = (at: number): QueuedItem => ({ beat: epochMs(at) });
const closed: QueuedItem = { wire: 'kalshi', receivedAt: epochMs(0), venueOpen: false, detail: '' };

function opened(itemsMax = 5, bytesMax = 1e6) {
  let overflows = 0;
  const queue = new ItemQueue({ itemsMax, bytesMax }, () => {
    overflows += 1;
  });
  return {
    queue,
    overflows: () => overflows,
    push: (...items: QueuedItem[]) =>
      items.forEach((item) => {
        queue.push(item);
      }),
    all: (): QueuedItem[] => {
      const taken: QueuedItem[] = [];
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) taken.push(item);
      return taken;
    },
  };
}

const overflow = (frames: number) => ({
  reason: 'overflow',
  detail: `${frames} frames were dropped: the feed takes them more slowly than they come`,
});

test('gives items in the order in which they came', () => {
  const { push, all, overflows } = opened();
  push(change('kalshi/1', 'opened'), frame('a'), beat(1), frame('b'));
  expect(all()).toEqual([change('kalshi/1', 'opened'), frame('a'), beat(1), frame('b')]);
  expect([all(), overflows()]).toEqual([[], 0]);
});

test('drops all frames when too many items wait, says how many, and keeps what is no frame', () => {
  const { push, all, overflows, queue } = opened();
  push(change('kalshi/1', 'opened'), frame('a'), closed, frame('b'), frame('c'), frame('d'));
  expect(all()).toEqual([change('kalshi/1', 'opened'), closed, overflow(4)]);
  expect([overflows(), queue.dropped]).toEqual([1, 4]);
});

test('drops all frames when their messages are too long together', () => {
  const { push, all } = opened(1_000, 1_000);
  push(frame('x'.repeat(400)), frame('y'.repeat(400))); // 560 + 560, with 160 for each frame itself
  expect(all()).toEqual([overflow(2)]);
});

test('what was taken makes room', () => {
  const { queue, push, overflows } = opened(1_000, 1_000);
  for (let n = 0; n < 50; n += 1) {
    push(frame('x'.repeat(700)));
    queue.shift();
  }
  expect(overflows()).toBe(0);
});

test('takes no frame after it dropped some until it is told that all has begun anew', () => {
  const { push, all, queue } = opened(3);
  push(frame('a'), frame('b'), frame('c'), frame('c'));
  push(frame('d'), change('kalshi/1', 'lost'));
  queue.listen();
  push(frame('e', 'kalshi/2'));
  // Anything of d after the gap could pass for what continues a book.
  expect(all()).toEqual([overflow(4), change('kalshi/1', 'lost'), frame('e', 'kalshi/2')]);
  expect(queue.dropped).toBe(5);
});

test('a loss that the reader has not heard of is always kept; a connection that came and went unseen is forgotten', () => {
  const { push, all } = opened(7);
  push(change('kalshi/1', 'lost'));
  push(change('kalshi/2', 'opened'), frame('a', 'kalshi/2'), change('kalshi/2', 'lost'));
  push(change(POLL, 'opened'), change(POLL, 'closed'), change('kalshi/3', 'opened'), frame('b', 'kalshi/3'));
  expect(all()).toEqual([
    change('kalshi/1', 'lost'),
    change(POLL, 'opened'),
    change(POLL, 'closed'),
    change('kalshi/3', 'opened'),
    overflow(2),
  ]);
});

test('what is no frame never makes it overflow alone', () => {
  const { push, all, overflows } = opened(2);
  push(closed, closed, closed, closed);
  expect([all().length, overflows()]).toEqual([4, 0]);
});

test('stays bounded however long nobody takes anything', () => {
  const { push, all, queue } = opened(50);
  for (let n = 0; n < 2_000; n += 1) {
    push(change(`kalshi/${n}`, 'opened'), beat(n));
    for (let more = 0; more < 60; more += 1) push(frame('x', `kalshi/${n}`));
    push(change(`kalshi/${n}`, 'lost'));
    queue.listen();
  }
  const left = all();
  expect(left.length).toBeLessThan(60);
  expect(left.filter((item) => 'reason' in item).length).toBe(1);
});

test('whoever waits is woken by an item, and by the end', async () => {
  const { queue, push } = opened();
  const woken: string[] = [];
  const waiting = queue.any().then(() => woken.push('item'));
  await Promise.resolve();
  expect(woken).toEqual([]);
  push(frame('a'));
  await waiting;
  await queue.any(); // it still waits to be taken
  queue.shift();
  const ending = queue.any().then(() => woken.push('end'));
  queue.close();
  await ending;
  expect(woken).toEqual(['item', 'end']);
});

test('what ended it comes after the last item, and nothing is taken in any more', () => {
  const { queue, push } = opened();
  push(frame('a'));
  queue.close(new Error('the clock was set back'));
  push(frame('b'));
  expect(queue.shift()).toEqual(frame('a'));
  expect(() => queue.shift()).toThrow('the clock was set back');
});

test('a long queue that is taken one by one keeps its order', () => {
  const { queue, push } = opened(100_000);
  const taken: string[] = [];
  for (let n = 0; n < 20_000; n += 1) {
    push(frame(`${n}`));
    if (n % 3 === 0) continue;
    const item = queue.shift();
    if (item && 'raw' in item) taken.push(item.raw);
  }
  expect(taken).toEqual(Array.from({ length: taken.length }, (_, n) => `${n}`));
});
