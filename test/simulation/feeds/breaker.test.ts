import { expect, test } from 'vitest';
import { SIDES } from './sides.ts';
import { accessOf, SimFeed } from './sim-feed.ts';

test.each(['binance', 'mexc'] as const)(
  '%s: more than ten failures a minute halt the instrument, a clean minute and a fresh picture free it',
  (name) => {
    const [symbol = ''] = SIDES[name]().symbols;
    const faults = Array.from({ length: 14 }, (_, n) => ({
      kind: 'gap' as const,
      symbol,
      atMs: 60_000 + n * 3_000,
      forMs: 2_500,
    }));
    const feed = new SimFeed({ seed: 7, sides: [SIDES[name](faults)], access: accessOf() }).start();
    feed.pass(110_000);
    const halted = feed.newest?.instruments.filter((one) => one.status === 'halted') ?? [];
    expect(halted.map((one) => one.instrumentId)).toContain(`${name}:${symbol}`);
    feed.pass(190_000);
    expect(feed.dead()).toEqual([]);
    expect(feed.wrong).toEqual([]);
    expect(feed.notes.flatMap(({ kind }) => (kind.startsWith('breaker') ? [kind] : []))).toEqual([
      'breaker_opened',
      'breaker_closing_wanted',
      'breaker_closed',
    ]);
    // Nobody else was halted, and nothing was missed.
    expect(halted).toHaveLength(1);
    expect(feed.missed).toBe(0);
  },
);
