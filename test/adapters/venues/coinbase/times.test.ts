import { expect, test } from 'vitest';
import { parseTime } from '../../../../adapters/venues/coinbase/times.ts';

test.each([
  { text: '2026-08-09T21:05:48.228568804Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 228) },
  { text: '2026-08-09T21:05:48.999999999Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 999) },
  { text: '2026-08-09T21:05:48.41Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 410) },
  { text: '2026-08-09T21:05:48.5Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 500) },
  { text: '2026-08-09T21:05:48Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48) },
  { text: '1970-01-01T00:00:00Z', ms: null },
  { text: '0001-01-01T00:00:00.000000Z', ms: null },
  { text: '2026-13-09T21:05:48Z', ms: null },
  { text: '2026-08-09T21:05:48', ms: null },
  { text: '2026-08-09 21:05:48.854840045 +0000 UTC m=+41691.260485341', ms: null },
  { text: '', ms: null },
])('$text is $ms', ({ text, ms }) => {
  expect(parseTime(text)).toBe(ms);
});
