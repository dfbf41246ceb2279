import { expect, test } from 'vitest';
import {
  type Beat,
  type Frame,
  isFrame,
  type Need,
  type SourceItem,
} from '../../../../adapters/venues/frame-source.ts';
import type { Feeder, FeedSink, Following } from '../../../../adapters/venues/session/feeder.ts';
import {
  ClockStepError,
  type LiveOptions,
  LiveSource,
} from '../../../../adapters/venues/session/live-source.ts';
import type { Timers } from '../../../../adapters/venues/session/timers.ts';
import type { WireId } from '../../../../adapters/venues/wire.ts';
import { type EpochMs, epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';

const START = 1_000_000;

/** A feeder that says what it is told to say. */
class TestFeeder implements Feeder {
  readonly wire: WireId;
  readonly name = 'test';
  readonly heard: string[] = [];
  private sink: FeedSink | undefined;
  private lives = 0;

  constructor(wire: WireId) {
    this.wire = wire;
  }

  start(sink: FeedSink): void {
    this.sink = sink;
    this.open();
  }

  stop(): void {
    this.sink = undefined;
    this.heard.push('stopped');
  }

  need({ wire, kind }: Need): boolean {
    if (wire !== this.wire) return false;
    this.heard.push(kind);
    return true;
  }

  follow({ follow }: Following): void {
    this.heard.push(`follow ${follow.join()}`);
  }

  interrupt(why: string): void {
    this.heard.push(why);
    this.change('lost');
    this.open();
  }

  say(raw: string): void {
    if (this.sink) this.sink.take(this.frame(raw, this.sink.stamp()));
  }

  private open(): void {
    this.lives += 1;
    this.change('opened');
  }

  private change(change: 'opened' | 'lost'): void {
    const receivedAt = this.sink?.stamp() ?? epochMs(0);
    this.sink?.take({
      wire: this.wire,
      receivedAt,
      connection: `${this.wire}/${this.lives}`,
      change,
      detail: '',
    });
  }

  private frame(raw: string, receivedAt: EpochMs): Frame {
    return { wire: this.wire, receivedAt, channel: '', raw, connection: `${this.wire}/${this.lives}` };
  }
}

/** A clock that can be set: alarms are not moved by it. */
class SettableTimers implements Timers {
  shiftMs = 0;
  readonly virtual = new VirtualTimers(epochMs(START));
  now = (): EpochMs => epochMs(this.virtual.now() + this.shiftMs);
  after = (ms: number, run: () => void): (() => void) => this.virtual.after(ms, run);
}

function opened(over: Partial<LiveOptions> = {}) {
  const timers = new SettableTimers();
  const kalshi = new TestFeeder('kalshi');
  const espn = new TestFeeder('espn');
  const source = new LiveSource({ name: 'live', feeders: [kalshi, espn], timers, windowMs: 1_000, ...over });
  const items: (SourceItem | Beat)[] = [];
  const failures: Error[] = [];
  return {
    timers,
    kalshi,
    espn,
    source,
    items,
    failures,
    start: () => source.start({ take: (item) => items.push(item), fail: (error) => failures.push(error) }),
    pass: (ms: number) => timers.virtual.runUntil(epochMs(timers.virtual.now() + ms)),
    /** Items in short: `raw@time`, `beat@time`, `kalshi/1 opened@time`. */
    story: () => items.map(words),
  };
}

function words(item: SourceItem | Beat): string {
  if ('beat' in item) return `beat@${item.beat - START}`;
  if ('reason' in item) return `${item.reason}: ${item.detail}`;
  const what = isFrame(item) ? item.raw : 'change' in item ? `${item.connection} ${item.change}` : '?';
  return `${what}@${item.receivedAt - START}`;
}

test('joins its feeders in receive order, with a beat at each edge of a window', () => {
  const { start, pass, kalshi, espn, story } = opened();
  start();
  pass(400);
  kalshi.say('a');
  espn.say('b');
  pass(600);
  kalshi.say('c');
  pass(2_100);
  kalshi.say('d');
  expect(story()).toEqual([
    'kalshi/1 opened@0',
    'espn/1 opened@0',
    'a@400',
    'b@400',
    'c@1000', // stamped with the edge, it belongs to the next window
    'beat@1000',
    'beat@2000',
    'beat@3000',
    'd@3100',
  ]);
});

test('after a beat comes nothing that is stamped before it, also when the alarm goes off early', () => {
  const { start, pass, timers, kalshi, story } = opened({ graceMs: 0 });
  start();
  timers.shiftMs = -3; // so that the alarm of the edge finds the clock before it
  pass(1_000);
  kalshi.say('a');
  pass(3);
  kalshi.say('b');
  pass(10);
  expect(story().slice(2)).toEqual(['a@997', 'beat@1000', 'b@1000']);
});

test('stamps stand still when the clock is set back, and the step is told', () => {
  const { start, pass, timers, kalshi, story } = opened();
  start();
  pass(700);
  kalshi.say('a');
  timers.shiftMs = -500;
  kalshi.say('b');
  pass(600);
  kalshi.say('c');
  expect(story().slice(2)).toEqual([
    'a@700',
    'clock_back: the clock was set back by 500 ms',
    'b@700',
    'c@800',
  ]);
});

test('a clock that is set back by more than a minute ends the life of the feed', () => {
  const { start, pass, timers, kalshi, failures } = opened();
  start();
  pass(700);
  kalshi.say('a');
  timers.shiftMs = -60_001;
  kalshi.say('b');
  expect(failures).toEqual([new ClockStepError('the clock was set back by 60001 ms; the feed begins anew')]);
});

test('after a sleep of the machine all connections were lost when it fell asleep', () => {
  const { start, pass, timers, kalshi, story } = opened();
  start();
  pass(1_200);
  kalshi.say('a');
  timers.shiftMs = 3_600_000;
  kalshi.say('b');
  expect(story().slice(2)).toEqual([
    'beat@1000',
    'a@1200',
    'kalshi/1 lost@1200',
    'kalshi/2 opened@1200',
    'espn/1 lost@1200',
    'espn/2 opened@1200',
    'b@3601200',
  ]);
  expect(kalshi.heard).toEqual(['nothing was seen for 3600 s: the machine slept, or stood still']);
});

test('needs and changes of what is followed go to the feeder of their wire', () => {
  const { start, source, kalshi, espn } = opened();
  start();
  const need = { kind: 'snapshot', connection: 'x', symbol: 'A', why: '' } as const;
  const change = { follow: ['A'], unfollow: [], detail: '' };
  expect([
    source.need({ ...need, wire: 'kalshi' }),
    source.need({ ...need, wire: 'polymarket' }),
    source.change('espn', change),
    source.change('polymarket', change),
  ]).toEqual([true, false, true, false]);
  expect([kalshi.heard, espn.heard]).toEqual([['snapshot'], ['follow A']]);
});

/** Lets whoever takes the items come to rest. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Takes items as `frames` gives them; nothing while it is asked to hold. */
function taking({ source }: { source: LiveSource }, signal: AbortSignal) {
  const taken: string[] = [];
  const hold = { wait: Promise.resolve() };
  const done = (async () => {
    for await (const item of source.frames(signal)) {
      taken.push(words(item));
      await hold.wait;
    }
    return 'ended';
  })();
  return { taken, hold, done };
}

test('gives items to whoever takes them, until it is told to stop', async () => {
  const world = opened();
  const stop = new AbortController();
  const { taken, done } = taking(world, stop.signal);
  await settled();
  world.pass(400);
  world.kalshi.say('a');
  await settled();
  world.pass(700);
  await settled();
  stop.abort();
  expect(await done).toBe('ended');
  expect(taken).toEqual(['kalshi/1 opened@0', 'espn/1 opened@0', 'a@400', 'beat@1000']);
  expect([world.kalshi.heard, world.timers.virtual.nextAt()]).toEqual([['stopped'], null]);
});

test('stops its feeders when nobody wants more', async () => {
  const world = opened();
  for await (const item of world.source.frames(new AbortController().signal)) {
    expect(words(item)).toBe('kalshi/1 opened@0');
    break;
  }
  expect([world.kalshi.heard, world.espn.heard]).toEqual([['stopped'], ['stopped']]);
});

test('whoever takes too slowly loses all frames at once, and every connection begins anew', async () => {
  const world = opened({ limits: { itemsMax: 10, bytesMax: 1e6 } });
  const stop = new AbortController();
  const { taken, hold, done } = taking(world, stop.signal);
  await settled();
  let goOn = (): void => undefined;
  hold.wait = new Promise((resolve) => {
    goOn = resolve;
  });
  world.kalshi.say('first');
  await settled();
  for (let n = 0; n < 12; n += 1) world.kalshi.say(`${n}`);
  world.pass(10);
  world.kalshi.say('after');
  goOn();
  await settled();
  stop.abort();
  await done;
  expect(taken).toEqual([
    'kalshi/1 opened@0',
    'espn/1 opened@0',
    'first@0',
    'overflow: 11 frames were dropped: the feed takes them more slowly than they come',
    'kalshi/1 lost@0',
    'kalshi/2 opened@0',
    'espn/1 lost@0',
    'espn/2 opened@0',
    'after@10',
  ]);
});

test('what was dropped last begins nothing anew in a source that has ended', async () => {
  const world = opened({ limits: { itemsMax: 4, bytesMax: 1e6 } });
  const stop = new AbortController();
  const { done } = taking(world, stop.signal);
  await settled();
  for (let n = 0; n < 6; n += 1) world.kalshi.say(`${n}`);
  stop.abort();
  await done;
  world.pass(1_000);
  expect(world.kalshi.heard).toEqual(['stopped']);
});

test('what ends the feed is thrown to whoever takes its items', async () => {
  const world = opened();
  const { done, taken } = taking(world, new AbortController().signal);
  await settled();
  world.timers.shiftMs = -120_000;
  world.kalshi.say('a');
  await expect(done).rejects.toThrow(ClockStepError);
  expect([taken.length, world.kalshi.heard]).toEqual([2, ['stopped']]);
});
