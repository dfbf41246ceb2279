import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { protocolOf } from '../../adapters/venues/protocols.ts';
import { VENUES } from '../../core/market/instrument.ts';
import { readTables } from '../markdown-table.ts';
import { configOf } from '../support/desk.ts';

const live = readFileSync(new URL('../../deckle.live.yaml', import.meta.url), 'utf8');
const { access } = configOf(parse(live));
const rows = readTables(new URL('../../docs/venues.md', import.meta.url), [
  'Venue',
  'Spacing, ms',
  'At once',
  'Weight a minute',
  'Books, s',
  'Rules, s',
]);

test('the pace of each venue is the documented one', () => {
  const paces = VENUES.map((venue) => {
    const protocol = protocolOf(venue, access, {}) ?? expect.fail(`${venue} is not reached`);
    const { restLimits, pollEveryMs, discovery } = protocol;
    return {
      Venue: venue,
      'Spacing, ms': `${restLimits?.spacingMs}`,
      'At once': `${restLimits?.burst}`,
      'Weight a minute': `${restLimits?.weightPerMinute}`,
      'Books, s': `${pollEveryMs / 1_000}`,
      'Rules, s': `${discovery.everyMs / 1_000}`,
    };
  });
  expect(rows).toEqual(paces);
});
