import { MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import { UNITS_ALONE } from './metered-store.ts';
import { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './prices.ts';
import { timesPerMonth } from './schedule-times.ts';

/** What the rules of a universe have to be asked for, a question each. */
export interface UniverseLists {
  /** Series, and symbols that rules name: a few listings. */
  readonly series: number;
  /** Everything that an exchange lists, which a pattern needs. */
  readonly exchanges: number;
}

export interface UniverseUse {
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** `refreshMinutes` unless told. */
const LOOKS_PER_HOUR = 60 / 15;
/** Of a list that is long, one in so many hours is stored. */
const HOURS_PER_LONG_LIST = 4;
// A test holds all but the last against a metered run of the function; that is Binance's list, packed (docs/cost.md).
const FINDINGS_UNITS = 2;
const SHORT_LIST_UNITS = 1;
const LONG_LIST_UNITS = 250;
/** A series rolls about as often as it is looked at: each time its members are others. */
const MEMBERS_UNITS = 1;
/** The universe and what was found last, with each wake. */
const READS_PER_WAKE = 2;
/** What a feed on live venues looks at the universe for, with rules or without. */
const FOLLOWER_READS = (SECONDS_PER_MONTH * SECOND_MS) / MINUTE_MS;

/** What following a universe costs the table in a month. Without lists nothing is written. */
export function universeUse({ series, exchanges }: UniverseLists): UniverseUse {
  const wakes = timesPerMonth('universe') * READS_PER_WAKE;
  if (series + exchanges === 0) return { writeUnits: 0, readUnits: wakes + FOLLOWER_READS };
  const looks = HOURS_PER_MONTH * LOOKS_PER_HOUR;
  const short = series * (SHORT_LIST_UNITS + MEMBERS_UNITS);
  const long = exchanges * (HOURS_PER_MONTH / HOURS_PER_LONG_LIST) * LONG_LIST_UNITS;
  return {
    writeUnits: UNITS_ALONE * (looks * (FINDINGS_UNITS + short) + long),
    // What is replaced is read before.
    readUnits: wakes + looks + FOLLOWER_READS,
  };
}
