import { describe, expect, test } from 'vitest';
import {
  eventsPage,
  marketsPage,
  type SeriesFacts,
  seriesRequest,
  toListings,
  toSeries,
} from '../../../../adapters/venues/kalshi/catalogue.ts';
import { epochMs } from '../../../../core/time.ts';
import { A, market, wireMarket } from './frames.ts';

const REST = 'https://external-api.kalshi.com/trade-api/v2';

describe('requests', () => {
  test('name what is asked for and where the page begins', () => {
    expect(eventsPage({ series: 'KXBTC15M', cursor: 'a/b=' }).url).toBe(
      `${REST}/events?limit=200&with_nested_markets=true&status=open&series_ticker=KXBTC15M&cursor=a%2Fb%3D`,
    );
    expect(marketsPage({ status: 'settled', closesFrom: epochMs(1_500), closesTo: epochMs(9_999) }).url).toBe(
      `${REST}/markets?limit=1000&mve_filter=exclude&status=settled&min_close_ts=1&max_close_ts=9`,
    );
    expect(seriesRequest('KX/1', 'http://local').url).toBe('http://local/series/KX%2F1');
  });
});

const SERIES_TEXT = JSON.stringify({
  series: {
    ticker: 'FED',
    title: 'Fed',
    category: 'Economics',
    frequency: 'custom',
    fee_type: 'quadratic_with_maker_fees',
    fee_multiplier: 0.5,
    settlement_sources: [{ name: 'Federal Reserve', url: '…' }],
  },
});
const FED: SeriesFacts = {
  ticker: 'FED',
  title: 'Fed',
  category: 'Economics',
  frequency: 'custom',
  settlementSource: 'Federal Reserve',
  feeType: 'quadratic_with_maker_fees',
  feeMultiplier: '0.5',
};

test('reads what a series says for all its markets', () => {
  expect(toSeries(SERIES_TEXT)).toEqual(FED);
  expect(toSeries('{"series":[]}')).toBe('series: the answer is none');
  expect(toSeries('no JSON')).toBe('series: the answer is none');
});

const page = (markets: readonly unknown[], cursor = '') => JSON.stringify({ markets, cursor });
const event = (ticker: string, markets: readonly unknown[], more: object = {}) => ({
  event_ticker: ticker,
  series_ticker: ticker.split('-')[0],
  title: `Event ${ticker}`,
  ...more,
  markets,
});

describe('listings', () => {
  const QUOTED = {
    yes_bid_dollars: '0.7600',
    yes_ask_dollars: '0.7700',
    yes_bid_size_fp: '120.00',
    yes_ask_size_fp: '8.94',
    last_price_dollars: '0.5000',
    volume_24h_fp: '15233.10',
  };

  test('tell all that the venue says of a market', () => {
    const { listings, next, problems } = toListings(
      page([wireMarket(A, QUOTED)], 'more'),
      new Map([['FED', FED]]),
    );
    const { contract, ...rules } = market(A);
    expect({ listings, next, problems }).toEqual({
      listings: [
        {
          instrument: { ...rules, contract: { ...contract, settlementSource: 'Federal Reserve' } },
          tradable: true,
          status: 'active',
          title: `Will ${A} happen?: It happens`,
          volume24h: '7616.55', // 15 233.10 contracts x 0.50
          bestBid: '0.76',
          bestAsk: '0.77',
          depth: '98.0838', // 120 x 0.76 + 8.94 x 0.77
          fees: {
            model: 'quadratic',
            takerBps: '350', // 700 x 0.5
            makerBps: '87.5', // 175 x 0.5
            detail: 'quadratic_with_maker_fees x 0.5, by its series',
          },
          game: null,
        },
      ],
      next: 'more',
      problems: [],
    });
  });

  test('show an empty side as none, and what nobody says as unknown', () => {
    const quotes = {
      yes_bid_dollars: '0.0000',
      yes_ask_dollars: '1.0000',
      yes_bid_size_fp: '0.00',
      last_price_dollars: '0.0000',
      volume_24h_fp: '5.00',
    };
    const [empty, unsaid] = toListings(page([wireMarket(A, quotes), wireMarket('KXB-1-X')])).listings;
    expect(empty).toMatchObject({ bestBid: null, bestAsk: null, depth: '0', volume24h: null, fees: null });
    expect(unsaid).toMatchObject({ bestBid: null, bestAsk: null, depth: null, volume24h: null });
  });

  test('of events carry the event: title, source and its own fees', () => {
    const overridden = {
      fee_type_override: 'quadratic',
      fee_multiplier_override: 1,
      settlement_sources: [{ name: 'Pyth' }],
    };
    const events = [event('FED-23DEC', [wireMarket(A)], overridden), event('FED-24JAN', [])];
    const { listings, next } = toListings(JSON.stringify({ events, cursor: '' }), new Map([['FED', FED]]));
    expect(next).toBeNull();
    expect(listings).toMatchObject([
      {
        title: 'Event FED-23DEC: It happens',
        instrument: { contract: { title: 'Event FED-23DEC', series: 'FED', settlementSource: 'Pyth' } },
        fees: { takerBps: '700', makerBps: '0', detail: 'quadratic x 1, by its event' },
      },
    ]);
  });

  test('leave out what cannot be read, and say why', () => {
    const markets = [
      wireMarket(A, { fee_type: 'ignored' }),
      wireMarket('KXODD-1', { price_ranges: [], price_level_structure: 'odd' }),
      { ticker: 'KXBAD-1' },
      null,
    ];
    const series = new Map([['FED', { ...FED, feeType: 'flat' }]]);
    const { listings, problems } = toListings(page(markets), series);
    expect(listings.map(({ instrument, fees }) => [instrument.symbol, fees])).toEqual([[A, null]]);
    expect(problems).toEqual([
      `${A}: fee_type: 'flat' is not known, so that its fees cannot be counted`,
      "KXODD-1: price_ranges: missing, and price_level_structure 'odd' is not known",
      expect.stringContaining('KXBAD-1: event_ticker: '),
      expect.stringContaining('market 3: '),
    ]);
  });

  test('hold a market once that came twice', () => {
    const { listings } = toListings(page([wireMarket(A, { status: 'inactive' }), wireMarket(A)]));
    expect(listings.map(({ status, tradable }) => [status, tradable])).toEqual([['active', true]]);
  });

  test('of a game name both teams by the ends of their markets', () => {
    const ticker = 'KXNBAGAME-26FEB19BKNCLE';
    const team = (code: string, name: string) =>
      wireMarket(`${ticker}-${code}`, { event_ticker: ticker, yes_sub_title: name });
    const markets = [team('BKN', 'Brooklyn'), team('CLE', 'Cleveland'), team('TIE', 'Tie')];
    const { listings } = toListings(page([...markets, team('BKN', 'Brooklyn')]));
    const [bkn, cle] = [
      { code: 'BKN', name: 'Brooklyn' },
      { code: 'CLE', name: 'Cleveland' },
    ];
    const game = { eventId: ticker, league: 'nba', date: '2026-02-19', startsAt: null };
    expect(listings.map((one) => one.game)).toEqual([
      { ...game, teams: [bkn, cle] },
      { ...game, teams: [cle, bkn] },
      null,
    ]);
    expect(toListings(page(markets.slice(0, 1))).listings[0]?.game?.teams).toEqual([
      bkn,
      { code: null, name: null },
    ]);
  });

  test('of a game say when its outcome is expected, weeks before its close', () => {
    const one = wireMarket('KXNBAGAME-26FEB19BKNCLE-BKN', {
      close_time: '2026-03-06T00:00:00Z',
      expected_expiration_time: '2026-02-20T03:00:00Z',
    });
    const { listings } = toListings(page([one, wireMarket(A, { expected_expiration_time: null })]));
    expect(listings.map(({ instrument, expectedAt }) => [instrument.contract?.closesAt, expectedAt])).toEqual(
      [
        [Date.parse('2026-03-06T00:00:00Z'), Date.parse('2026-02-20T03:00:00Z')],
        [expect.any(Number), undefined],
      ],
    );
  });

  test.each(['no JSON', '[]', '{"trades":[]}', '{"markets":{}}'])(
    'of an answer that is none are empty: %s',
    (text) => {
      const problems = ['the answer is no list of markets or events'];
      expect(toListings(text)).toMatchObject({ listings: [], next: null, problems });
    },
  );
});
