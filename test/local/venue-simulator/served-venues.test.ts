import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { LEAGUES } from '../../../core/market/game.ts';
import { HOUR_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import { FAULT_KINDS } from '../../../local/venue-simulator/faults.ts';
import { namedFault } from '../../../local/venue-simulator/named-faults.ts';
import { runServe, serveVenue } from '../../../local/venue-simulator/serve.ts';
import { SERVED_VENUES } from '../../../local/venue-simulator/served-venues.ts';
import { faultKindsAt, STRIKES_NEVER } from '../../../local/venue-simulator/venue-faults.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { configOf, rawConfig } from '../../support/desk.ts';
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

test('of each it is known which faults it can have: a board of scores is only asked', () => {
  expect(Object.keys(STRIKES_NEVER).toSorted()).toEqual(NAMES.toSorted());
  expect(faultKindsAt('espn')).toEqual(['http', 'http_hang', 'region', 'clock_skew']);
});

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

test('faults that are named begin and end at their moments, whatever else goes wrong', () => {
  const start = SERVED_VENUES.get('kalshi') ?? expect.fail('nobody serves kalshi');
  const timers = new VirtualTimers(START);
  const faults = [namedFault('http=429@60+30')];
  const { venue } = start({ seed: 7, timers, count: 2, stepMs: 60_000, faultHours: 0, faults });
  const seen = [59, 60, 89, 91].map((second) => {
    timers.runUntil(plusMs(START, second * SECOND_MS));
    return venue.faults.find('http')?.status;
  });
  expect(seen).toEqual([undefined, 429, 429, undefined]);
});

test('scores are put into a configuration by their address', async () => {
  const { server, text } = await serveVenue({ ...OPTIONS, venue: 'espn' });
  await server.close();
  const [, yaml = ''] = /In the configuration:\n\n([\s\S]*)\nIt runs/.exec(text) ?? [];
  expect(configOf({ ...rawConfig(), ...parse(yaml) }).scores).toEqual({
    leagues: LEAGUES,
    host: server.hosts.rest,
  });
});

/** What is said, and the exit code. */
async function called(...args: readonly string[]) {
  const said = { out: '', err: '' };
  const code = await runServe(args, {
    stdout: (text) => {
      said.out += text;
    },
    stderr: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

test.each([
  [[], "required option '--venue <name>' not specified"],
  [['--venue', 'nowhere'], "argument 'nowhere' is invalid. Allowed choices are binance"],
  [['--venue', 'espn', '--port', 'x'], "argument 'x' is invalid. must be a whole number from 0 to 65535."],
  [['--venue', 'espn', '--fault', 'rain@1'], "argument 'rain@1' is invalid. knows no kind 'rain'"],
  [
    ['--fault', 'gap@1', '--fault', 'checksum@1', '--venue', 'binance'],
    "error: option '--fault <what>': binance has nothing for 'checksum' to strike; there are gap, duplicate, ",
  ],
  [['--venue', 'polymarket', '--fault', 'ids_back@1'], "polymarket has nothing for 'ids_back' to strike"],
  [['--venue', 'espn', '--fault', 'gap@1'], 'there are http, http_hang, region, clock_skew.'],
  [['--venue', 'espn', '--nothing'], "unknown option '--nothing'"],
])('a wrong call is said and exits with 2: %s', async (args, words) => {
  const { code, out, err } = await called(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(words);
});

test('help is no failure, and names every kind of fault', async () => {
  const { code, out } = await called('--help');
  expect(code).toBe(0);
  expect(FAULT_KINDS.filter((kind) => !out.includes(`  ${kind}`))).toEqual([]);
});

test('a port that is taken is said in words, and exits with 1', async () => {
  const { server } = await serveVenue({ ...OPTIONS, venue: 'espn' });
  const { port } = new URL(server.hosts.rest);
  try {
    expect(await called('--venue', 'espn', '--port', port)).toEqual({
      code: 1,
      out: '',
      err: `simulate: port ${port} on 127.0.0.1 is taken by another program; choose another with --port N\n`,
    });
  } finally {
    await server.close();
  }
});
