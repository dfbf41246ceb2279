import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deckle } from './processes.ts';
import { liveConfig, serveVenue } from './recorded-feed.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test('what record writes of two venues, feed-check finds whole: live books that agree with the best prices beside them', async () => {
  const [binance, coinbase] = await Promise.all([serveVenue('binance'), serveVenue('coinbase')]);
  const folder = temporaryDirectory();
  const config = liveConfig(folder, { binance: binance.hosts, coinbase: coinbase.hosts });
  const out = join(folder, 'out');
  const ids = ['binance:BTCUSDT', 'binance:ETHUSDT', 'coinbase:BTC-USD'];
  const recorded = await deckle('record', ...ids, '--config', config, '--out', out, '--for', '6', '--json');
  await Promise.all([binance.close(), coinbase.close()]);
  expect(recorded.code, recorded.stderr).toBe(0);
  const files = readdirSync(out).map((name) => join(out, name));
  const checked = await deckle('feed-check', ...files, '--json');
  expect([checked.code, checked.stderr]).toEqual([0, '']);
  const found = JSON.parse(checked.stdout);
  expect(found).toMatchObject({
    venue: expect.stringMatching(/^(?:binance-spot\+coinbase-advanced|coinbase-advanced\+binance-spot)$/),
    files: 1,
    frames: JSON.parse(recorded.stdout).frames,
    malformed: 0,
    unknown: {},
  });
  expect(Object.keys(found.instruments)).toEqual(['BTC-USD', 'BTCUSDT', 'ETHUSDT']);
  for (const [symbol, one] of Object.entries<Record<string, unknown>>(found.instruments)) {
    expect(one, symbol).toMatchObject({ gaps: 0, crossed: 0, refused: 0, final: { status: 'live' } });
    expect(one['prints'], symbol).toBeGreaterThan(0);
  }
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    const { compare } = found.instruments[symbol];
    expect(compare.points).toBeGreaterThan(0);
    expect(compare).toEqual({ with: 'bookTicker', points: compare.points, equal: compare.points });
  }
});

test('a file that is missing ends feed-check with 1 and one line', async () => {
  expect(await deckle('feed-check', '/nowhere/feed.jsonl.gz')).toEqual({
    code: 1,
    signal: null,
    stdout: '',
    stderr: 'deckle: there is no recording at /nowhere/feed.jsonl.gz\n',
  });
});
