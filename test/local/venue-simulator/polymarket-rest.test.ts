import { describe, expect, test } from 'vitest';
import {
  eventRequest,
  listingsRequest,
  marketRequest,
  searchRequest,
  toListings,
} from '../../../adapters/venues/polymarket/catalogue.ts';
import { HOSTS } from '../../../adapters/venues/polymarket/hosts.ts';
import {
  bookRequests,
  marketRequests,
  resolutionRequests,
  tokenRequests,
  tradeRequests,
} from '../../../adapters/venues/polymarket/requests.ts';
import { toResolution, toTokenPayout } from '../../../adapters/venues/polymarket/resolutions.ts';
import { parseRest } from '../../../adapters/venues/polymarket/rest.ts';
import type { FrameRequest } from '../../../adapters/venues/session/protocol.ts';
import { plusMs, SECOND_MS } from '../../../core/time.ts';
import { winnerPlan } from '../../../local/venue-simulator/polymarket-plans.ts';
import type { PolymarketVenueOptions } from '../../../local/venue-simulator/polymarket-venue.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import { openContracts } from './contract-client.ts';
import { FED, polymarketTrial, upDownPlan, WINDOW_CLOSE } from './polymarket-trial.ts';
import { START } from './sim-world.ts';

const RUNNING = upDownPlan();
const [CUT = RUNNING] = FED;
const GAME = winnerPlan(
  fixture('nfl', { gameId: '1', startsAt: plusMs(START, 86_400_000), home: 'NE', away: 'BUF' }),
);

const open = (options: Partial<PolymarketVenueOptions> = {}) =>
  openContracts(polymarketTrial([], options).venue);
type World = ReturnType<typeof open>;

const parsedBy = (world: World, [one]: readonly FrameRequest[]) => {
  if (one === undefined) throw new Error('no request');
  const { url, body } = one.request;
  return parseRest({
    wire: 'polymarket',
    receivedAt: START,
    raw: world.read(url, body),
    channel: one.channel,
  });
};

describe('the catalogue', () => {
  test('is read page by page, every market with both of its outcomes', () => {
    const world = open();
    const slugs: string[] = [];
    let cursor: string | null = null;
    do {
      const page = toListings(world.read(listingsRequest(cursor).url.replace('limit=100', 'limit=2')));
      expect(page.problems).toEqual([]);
      for (const { instrument, title, tradable } of page.listings) {
        slugs.push(`${instrument.contract?.event} ${instrument.contract?.outcome}`);
        expect([title.length > 5, tradable]).toEqual([true, true]);
      }
      cursor = page.next;
    } while (cursor !== null);
    expect(slugs.toSorted()).toEqual(
      [...FED, upDownPlan(), upDownPlan(1), upDownPlan(2)]
        .flatMap(({ event, outcomes }) => outcomes.map((outcome) => `${event.slug} ${outcome}`))
        .toSorted(),
    );
  });

  test('knows a market by its address, with the window, the fees and the quotes of both sides', () => {
    const { listings } = toListings(open().read(marketRequest(RUNNING.slug).url));
    const [up, down] = listings;
    expect(up?.instrument.contract).toMatchObject({
      series: 'btc-updown-15m',
      opensAt: START + WINDOW_CLOSE - 15 * 60_000,
      closesAt: START + WINDOW_CLOSE,
      opposite: down?.instrument.symbol,
    });
    expect(up?.fees).toMatchObject({ model: 'quadratic', takerBps: '700', makerBps: '0' });
    expect(Number(up?.bestBid) + Number(down?.bestAsk)).toBeCloseTo(1, 8);
    expect(open().ask(marketRequest('nothing').url).status).toBe(404);
  });

  test('has events of several markets, games by their teams, and a search', () => {
    const world = open({ plans: [...FED, GAME] });
    expect(toListings(world.read(eventRequest('fed-decision').url)).listings).toHaveLength(6);
    const [away] = toListings(world.read(searchRequest('bills patriots').url)).listings;
    expect(away?.game).toEqual({
      eventId: 'nfl-buf-ne-2026-09-22',
      league: 'nfl',
      teams: [
        { code: null, name: 'Bills' },
        { code: null, name: 'Patriots' },
      ],
      date: null,
      startsAt: START + 86_400_000 - (START % 1_000),
    });
  });

  test('shows open markets or closed ones, by their tokens', () => {
    const world = open();
    const shown = (closed: boolean) =>
      parsedBy(world, marketRequests(HOSTS, RUNNING.tokens, 'clob_token_ids', closed));
    expect([false, true].map((closed) => shown(closed))).toMatchObject([{ markets: [{}] }, { markets: [] }]);
    world.until(WINDOW_CLOSE + 41 * SECOND_MS);
    expect([false, true].map((closed) => shown(closed))).toMatchObject([
      { markets: [] },
      { markets: [{ market: { closed: true, outcomePrices: '["0","1"]' } }] },
    ]);
    expect(parsedBy(world, marketRequests(HOSTS, RUNNING.tokens, 'position_ids', false))).toMatchObject({
      markets: [],
    });
  });

  test('wants no offset', () => {
    expect(open().ask('https://gamma-api.polymarket.com/markets/keyset?offset=100').status).toBe(422);
  });
});

describe('the matching engine', () => {
  test('gives whole books of many tokens, those without one left out', () => {
    const answer = parsedBy(open(), bookRequests(HOSTS, [...CUT.tokens, '123']));
    expect(answer).toMatchObject({
      kind: 'books',
      books: CUT.tokens.map((token) => ({
        asset_id: token,
        market: CUT.condition,
        hash: expect.stringMatching(/^[0-9a-f]{40}$/),
        min_order_size: '5',
        tick_size: '0.001',
        neg_risk: true,
      })),
    });
  });

  test('has no book of a market that was just listed', () => {
    const world = open();
    const [token] = upDownPlan(3).tokens;
    const path = `https://clob.polymarket.com/book?token_id=${token}`;
    world.until(WINDOW_CLOSE + 19_000);
    expect([
      world.ask(path).status,
      toListings(world.read(marketRequest(upDownPlan(3).slug).url)).listings.length,
    ]).toEqual([404, 2]);
    world.until(WINDOW_CLOSE + 20_000);
    expect(world.ask(path).status).toBe(200);
  });

  test('tells a market in short words, the step of prices, and the time', () => {
    const world = open();
    const host = 'https://clob.polymarket.com';
    expect(JSON.parse(world.read(`${host}/markets/${CUT.condition}`))).toMatchObject({
      closed: false,
      minimum_tick_size: 0.001,
    });
    expect(JSON.parse(world.read(`${host}/tick-size?token_id=${CUT.tokens[1]}`))).toEqual({
      minimum_tick_size: '0.001',
    });
    expect(world.read(`${host}/time`)).toBe('1790000000');
  });
});

describe('the data service', () => {
  test('says what a decided market pays, by token and by market', () => {
    const world = open();
    const tokens = () => parsedBy(world, tokenRequests(HOSTS, RUNNING.tokens));
    const resolutions = () => parsedBy(world, resolutionRequests(HOSTS, [RUNNING.condition], RUNNING.tokens));
    const before = [tokens(), resolutions()];
    world.until(WINDOW_CLOSE + 40 * SECOND_MS);
    const rows = (answer: ReturnType<typeof tokens>): readonly unknown[] =>
      'rows' in answer ? answer.rows : [];
    expect(before.map(({ kind }) => kind)).toEqual(['tokens', 'resolutions']);
    expect(
      before
        .flatMap(rows)
        .map((row) => toTokenPayout(row) ?? toResolution(row))
        .every((one) => one === null || typeof one === 'string'),
    ).toBe(true);
    expect(rows(tokens()).map(toTokenPayout)).toEqual([
      { token: RUNNING.tokens[0], payout: 0n },
      { token: RUNNING.tokens[1], payout: 100_000_000n },
    ]);
    expect(rows(resolutions()).map(toResolution)).toEqual([
      {
        condition: RUNNING.condition,
        payouts: [0n, 100_000_000n],
        resolvedAt: START + WINDOW_CLOSE + 40 * SECOND_MS,
      },
    ]);
  });

  test('lists trades, newest first', () => {
    const world = open();
    world.until(60 * SECOND_MS);
    const answer = parsedBy(world, tradeRequests(HOSTS, [CUT.condition]));
    if (answer.kind !== 'trades') throw new Error(answer.kind);
    const times = answer.rows.map((row) => (row as { timestamp: number }).timestamp);
    expect([times.length > 10, times]).toEqual([true, times.toSorted((a, b) => b - a)]);
  });

  test('answers at most twenty markets', () => {
    const many = Array.from({ length: 21 }, () => CUT.condition).join(',');
    expect(open().ask(`https://data-api.polymarket.com/v2/resolutions?condition=${many}`).status).toBe(400);
  });
});

test('over its limits answers are held back before they are refused', () => {
  const world = open();
  const answers = Array.from({ length: 451 }, () => world.ask('https://gamma-api.polymarket.com/series'));
  expect([0, 299, 300, 449, 450].map((n) => [answers[n]?.status, answers[n]?.afterMs])).toEqual([
    [200, 0],
    [200, 0],
    [200, 1_000],
    [200, 1_000],
    [429, 0],
  ]);
  expect(answers.at(-1)?.headers['retry-after']).toBe('1');
});
