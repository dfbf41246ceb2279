import { expect, test } from 'vitest';
import {
  hostOf,
  noJsonWords,
  placeOf,
  refusalWords,
  retryAfterMs,
  short,
} from '../../../../adapters/venues/session/http-words.ts';
import { epochMs } from '../../../../core/time.ts';

test.each([
  { header: undefined, ms: null },
  { header: '7', ms: 7_000 },
  { header: ' 120 ', ms: 120_000 },
  { header: '0', ms: 0 },
  { header: 'Fri, 21 Nov 2025 00:00:30 GMT', ms: 30_000 },
  { header: 'Thu, 20 Nov 2025 00:00:00 GMT', ms: 0 }, // past
  { header: '259201', ms: 259_200_000 }, // no ban is longer than three days
  { header: 'Thu, 20 Nov 2099 00:00:00 GMT', ms: 259_200_000 },
  { header: 'soon', ms: null },
  { header: '-1', ms: null },
  { header: '1.5', ms: null },
  { header: '99999999999999', ms: null }, // no number of seconds that a host means
])('reads Retry-After "$header" as $ms ms', ({ header, ms }) => {
  expect(retryAfterMs(header, epochMs(Date.UTC(2025, 10, 21)))).toBe(ms);
});

test.each([
  {
    status: 451,
    host: 'api.binance.com',
    body: '{"code":0,"msg":"Service unavailable from a restricted location"}',
    words:
      'api.binance.com refuses us with HTTP 451 ("{"code":0,"msg":"Service unavailable from a restricted location"}"): it does not serve this location; it refuses the United States, AWS regions there included: run the feed elsewhere (ap-northeast-1, ap-southeast-1, eu-central-1), or use the market-data hosts data-api.binance.vision and data-stream.binance.vision',
  },
  {
    status: 403,
    host: 'wbs-api.mexc.com:443',
    body: '',
    words:
      'wbs-api.mexc.com:443 refuses us with HTTP 403: its firewall blocks this address or location; run the feed in ap-northeast-1 or ap-southeast-1, as the venue advises',
  },
  {
    status: 403,
    host: 'notbinance.com',
    body: ' ',
    words:
      'notbinance.com refuses us with HTTP 403: its firewall blocks this address or location; run the feed in another region, or name another host of the venue',
  },
  {
    status: 401,
    host: 'external-api-ws.kalshi.com',
    body: 'token_authentication_failure',
    words:
      'external-api-ws.kalshi.com refuses us with HTTP 401 ("token_authentication_failure"): check the key id, its private key, that they belong to this environment, and this machine\'s clock',
  },
  { status: 503, host: 'a.b', body: 'busy', words: 'a.b refuses us with HTTP 503 ("busy")' },
])('says what to do about HTTP $status of $host', ({ status, host, body, words }) => {
  expect(refusalWords(status, host, body)).toBe(words);
});

test('keeps what comes from outside in one line of 120 characters', () => {
  expect(short('  a\n\tb\u0000\u001b[31mc  ')).toBe('a b [31mc');
  expect(short('x'.repeat(121))).toBe(`${'x'.repeat(120)}…`);
  expect(short('x'.repeat(1e6)).length).toBe(121);
});

test('names hosts and places without their query', () => {
  const url = 'https://api.example.com:8443/api/v3/depth?symbol=BTCUSDT';
  expect([hostOf(url), placeOf(url)]).toEqual(['api.example.com:8443', 'api.example.com:8443/api/v3/depth']);
  expect([hostOf('nonsense'), placeOf('nonsense')]).toEqual(['nonsense', 'nonsense']);
});

test.each([
  {
    body: '<!DOCTYPE html><html>',
    words: "with a page (HTML?), not with JSON: it begins with '<!DOCTYPE html><html>'",
  },
  { body: 'error code: 1015', words: "with no JSON: it begins with 'error code: 1015'" },
  { body: ' \n', words: 'with no JSON: it is empty' },
])('says that a host answered $words', ({ body, words }) => {
  expect(noJsonWords('https://api.mexc.com/api/v3/exchangeInfo', body)).toBe(
    `api.mexc.com answered ${words}`,
  );
});

test.each(['{"a":1}', ' [', '\n"x"', '-1', '0', 'true', 'false', 'null'])(
  'has nothing to say of %j, which may be JSON',
  (body) => {
    expect(noJsonWords('https://a.b', body)).toBeNull();
  },
);
