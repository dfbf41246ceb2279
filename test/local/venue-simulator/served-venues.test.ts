import { expect, test } from 'vitest';
import { HOUR_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import { FAULT_KINDS } from '../../../local/venue-simulator/faults.ts';
import { serveVenue } from '../../../local/venue-simulator/serve.ts';
import { SERVED_VENUES } from '../../../local/venue-simulator/served-venues.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { START } from './sim-world.ts';

/** Where each tells what it lists. */
const LISTS: Readonly<Record<string, string>> = {
  binance: '/api/v3/exchangeInfo',
  mexc: '/api/v3/exchangeInfo',
  coinbase: '/api/v3/brokerage/market/products',
  'coinbase-exchange': '/products',
  kalshi: '/trade-api/v2/series',
  polymarket: '/events/keyset',
  espn: '/apis/site/v2/sports/football/nfl/scoreboard',
};
const NAMES = [...SERVED_VENUES.keys()];
const OPTIONS = { seed: 7, port: 0, symbols: 2, stepMs: 100, faultHours: 0 };

test('all five venues can be served, one of them by both of its interfaces, and scores', () => {
  expect(NAMES.toSorted()).toEqual(Object.keys(LISTS).toSorted());
});

test.each(NAMES)('%s: says where it is and what to set, and lists what it says', async (venue) => {
  const { server, text } = await serveVenue({ ...OPTIONS, venue });
  try {
    const [head = '', ...rest] = text.split('\n');
    const [, names = ''] = head.split(`A simulated ${venue}, seed 7: `);
    expect(rest).toContain(`  REST       ${server.hosts.rest}`);
    expect(rest.includes(`  WebSocket  ${server.hosts.ws}`)).toBe(venue !== 'espn');
    expect(text.split(server.hosts.rest).length).toBeGreaterThan(2);
    expect(text.endsWith('\nIt runs until Ctrl+C.\n')).toBe(true);
    const answer = await fetch(`${server.hosts.rest}${LISTS[venue]}`, { headers: { 'user-agent': 'test' } });
    expect(answer.status).toBe(200);
    const [first = ''] = names.split(', ');
    expect((await answer.text()).toLowerCase()).toContain(first.toLowerCase());
  } finally {
    await server.close();
  }
});

test.each(NAMES)('%s: things go wrong where that is wanted, and else not', (name) => {
  const start = SERVED_VENUES.get(name) ?? expect.fail(`nobody serves ${name}`);
  const troubled = [0, 1].map((faultHours) => {
    const timers = new VirtualTimers(START);
    const { venue } = start({ seed: 7, timers, count: 2, stepMs: 60_000, faultHours });
    let seconds = 0;
    for (let ms = 0; ms < HOUR_MS; ms += SECOND_MS) {
      timers.runUntil(plusMs(START, ms));
      if (FAULT_KINDS.some((kind) => venue.faults.find(kind) !== undefined)) seconds += 1;
    }
    return seconds > 60;
  });
  expect(troubled).toEqual([false, true]);
});
