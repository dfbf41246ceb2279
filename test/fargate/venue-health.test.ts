import { expect, test } from 'vitest';
import { instrumentId } from '../../core/market/instrument.ts';
import { plusMs } from '../../core/time.ts';
import { venueHealth } from '../../fargate/venue-health.ts';
import { instrumentOk, venueOk } from '../support/feed-health.ts';
import { T0 } from '../support/values.ts';

const kalshi = (symbol: string) => instrumentId('kalshi', symbol);
const session = venueOk({ wire: 'kalshi', name: 'Kalshi, live' });

test('a venue is told with its own instruments: newest book, how many are live, what is wrong', () => {
  const found = venueHealth(session, [
    instrumentOk(kalshi('A'), { lastBookAt: plusMs(T0, 5), quality: ['polled'] }),
    instrumentOk(kalshi('B'), { status: 'stale', lastBookAt: null, quality: ['polled', 'gap'] }),
    instrumentOk(instrumentId('binance', 'OAKUSDT'), { lastBookAt: plusMs(T0, 900), quality: ['crossed'] }),
  ]);
  expect(found).toEqual({
    ...session,
    lastBookAt: plusMs(T0, 5),
    followed: 2,
    live: 1,
    over: 0,
    ahead: 0,
    quality: ['gap', 'polled'],
  });
});

test('what is over is not told as refused; what the venue never listed is', () => {
  const typo = { symbol: 'TYPO', why: 'the venue does not list it' };
  const refused = [{ symbol: 'DONE', why: 'the venue lists it no more' }, typo];
  const found = venueHealth({ ...session, refused }, [
    instrumentOk(kalshi('DONE'), { status: 'closed', isOver: true }),
    instrumentOk(kalshi('TYPO'), { status: 'stale' }),
    instrumentOk(kalshi('NEXT'), { status: 'closed', isAhead: true }),
  ]);
  expect(found.refused).toEqual([typo]);
  expect([found.followed, found.live, found.over, found.ahead]).toEqual([3, 0, 1, 1]);
});

test('scores have no instruments', () => {
  const found = venueHealth(venueOk({ wire: 'espn' }), [instrumentOk(kalshi('A'))]);
  expect([found.followed, found.lastBookAt]).toEqual([0, null]);
});
