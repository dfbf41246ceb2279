import { expect, test } from 'vitest';
import { FAULT_KINDS } from '../../../local/venue-simulator/faults.ts';
import { FAULTS_HELP, namedFault } from '../../../local/venue-simulator/named-faults.ts';

test.each([
  ['gap@60', { kind: 'gap', atMs: 60_000, forMs: 30_000 }],
  ['freeze@0+5', { kind: 'freeze', atMs: 0, forMs: 5_000 }],
  ['garbage@1', { kind: 'garbage', as: 'half', atMs: 1_000, forMs: 30_000 }],
  ['oversize@1', { kind: 'oversize', bytes: 1_048_576, atMs: 1_000, forMs: 30_000 }],
  ['drop=25@1+2', { kind: 'drop', share: 0.25, atMs: 1_000, forMs: 2_000 }],
  ['close_storm@1', { kind: 'close_storm', everyMs: 2_000, atMs: 1_000, forMs: 30_000 }],
  ['late_ack=3@1', { kind: 'late_ack', byMs: 3_000, atMs: 1_000, forMs: 30_000 }],
  ['clock_skew=-7@1', { kind: 'clock_skew', byMs: -7_000, atMs: 1_000, forMs: 30_000 }],
  ['http@1', { kind: 'http', status: 503, atMs: 1_000, forMs: 30_000 }],
  ['http=429@60+30', { kind: 'http', status: 429, retryAfterS: 10, atMs: 60_000, forMs: 30_000 }],
  ['upgrade=403@1', { kind: 'upgrade', status: 403, atMs: 1_000, forMs: 30_000 }],
])('%s is understood', (text, fault) => {
  expect(namedFault(text)).toEqual(fault);
});

test.each(FAULT_KINDS)('every kind can be named: %s', (kind) => {
  expect(namedFault(`${kind}@1`)).toMatchObject({ kind });
  expect(FAULTS_HELP).toContain(`\n  ${kind}`);
});

test.each([
  ['gap', 'must be KIND@SECONDS or KIND@SECONDS+SECONDS, e.g. gap@60'],
  ['gap@1.5', 'must be KIND@SECONDS'],
  ['gap@-1', 'must be KIND@SECONDS'],
  ['gap@1+0', 'must last for a second at least'],
  ['rain@1', "knows no kind 'rain'; there are gap, duplicate"],
  ['toString@1', 'must be KIND@SECONDS'],
  ['gap=2@1', "must not give 'gap' a number: it takes none"],
  ['http=200@1', "must give 'http' status from 400 to 599"],
  ['drop=101@1', "must give 'drop' percent of the messages from 1 to 100"],
])('%s is refused in words', (text, words) => {
  expect(() => namedFault(text)).toThrow(words);
});
