import { sha256 } from '../../adapters/sha256.ts';
import { DAY_MS, type EpochMs, isoDay, MINUTE_MS, plusMs, SECOND_MS } from '../../core/time.ts';
import { type BookPace, type ContractBook, USUAL_PACE } from './contract-listing.ts';
import { indexCents } from './index-price.ts';
import type { SimFixture } from './sim-fixtures.ts';
import type { Recurring } from './window-clock.ts';

/** A market of the venue from its creation to its end, as it will be unless a script changes it. */
export interface PolymarketPlan {
  /** The catalogue's number. */
  readonly id: string;
  readonly slug: string;
  readonly question: string;
  readonly condition: string;
  readonly tokens: readonly [first: string, second: string];
  readonly outcomes: readonly [first: string, second: string];
  readonly event: { readonly id: string; readonly slug: string; readonly title: string };
  readonly series: { readonly id: string; readonly slug: string; readonly title: string } | null;
  readonly negRisk: boolean;
  readonly createdAt: EpochMs;
  /** Where it is about a stretch of time, that begins after the market was created. */
  readonly startsAt: EpochMs | null;
  readonly endsAt: EpochMs;
  readonly gameStartsAt: EpochMs | null;
  readonly feeType: string;
  readonly feeRate: number;
  readonly tags: readonly string[];
  readonly source: string;
  /** Which outcome pays; null: each pays a half. */
  readonly winner: 0 | 1 | null;
  /** From its end to the word that it is decided. */
  readonly resolvesAfterMs: number;
  readonly book: ContractBook;
}

/** Markets that follow each other by the clock. */
export interface PolymarketSeries {
  readonly slug: string;
  readonly title: string;
  readonly rolling: Recurring & { plans(startsAt: EpochMs): readonly PolymarketPlan[] };
}

const LENGTH_MS = { '5m': 5 * MINUTE_MS, '15m': 15 * MINUTE_MS } as const;

/** `btc-updown-15m`: whether a coin is at the end of a window at least where it was at its beginning. */
export function upDownSeries(
  coin: 'btc' | 'eth',
  tenor: keyof typeof LENGTH_MS,
  pace: BookPace = USUAL_PACE,
): PolymarketSeries {
  const slug = `${coin}-updown-${tenor}`;
  const lengthMs = LENGTH_MS[tenor];
  return {
    slug,
    title: `${coin.toUpperCase()} Up or Down ${tenor}`,
    rolling: {
      lengthMs,
      aheadMs: 2 * lengthMs,
      plans: (startsAt) => [upDownPlan(coin, tenor, startsAt, pace)],
    },
  };
}

function upDownPlan(
  coin: string,
  tenor: keyof typeof LENGTH_MS,
  startsAt: EpochMs,
  pace: BookPace,
): PolymarketPlan {
  const lengthMs = LENGTH_MS[tenor];
  const series = `${coin}-updown-${tenor}`;
  const slug = `${series}-${startsAt / SECOND_MS}`;
  const endsAt = plusMs(startsAt, lengthMs);
  const asset = coin.toUpperCase();
  return {
    ...namesOf(slug, `${asset} Up or Down`, slug, `${asset} Up or Down`),
    outcomes: ['Up', 'Down'],
    series: { id: numberOf(series), slug: series, title: `${asset} Up or Down ${tenor}` },
    negRisk: false,
    createdAt: plusMs(startsAt, -2 * lengthMs),
    startsAt,
    endsAt,
    gameStartsAt: null,
    feeType: 'crypto_fees_v2',
    feeRate: 0.07,
    tags: ['crypto'],
    source: `https://data.chain.link/streams/${coin}-usd-twap-60s-streams`,
    winner: indexCents(asset, endsAt) >= indexCents(asset, startsAt) ? 0 : 1,
    resolvesAfterMs: 40 * SECOND_MS,
    book: { ...pace, tick: '0.01', openingTicks: 50, ticksMin: 3, ticksMax: 97, usualLots: 18_040 },
  };
}

/** Who wins a game: one market with an outcome for each team. */
export function winnerPlan(fixture: SimFixture, pace: BookPace = USUAL_PACE): PolymarketPlan {
  const { league, startsAt, home, away } = fixture;
  const slug = `${league}-${away.polymarket}-${home.polymarket}-${isoDay(startsAt)}`;
  const title = `${away.nickname} vs. ${home.nickname}`;
  return {
    ...namesOf(slug, title, slug, title),
    outcomes: [away.nickname, home.nickname],
    series: { id: numberOf(league), slug: league, title: league.toUpperCase() },
    negRisk: false,
    createdAt: plusMs(startsAt, -2 * DAY_MS),
    startsAt: null,
    endsAt: plusMs(startsAt, 7 * DAY_MS),
    gameStartsAt: startsAt,
    feeType: 'sports_fees_v3',
    feeRate: 0.05,
    tags: ['sports', league],
    source: '',
    winner: 1,
    resolvesAfterMs: 2 * MINUTE_MS,
    book: { ...pace, tick: '0.01', openingTicks: 42, ticksMin: 5, ticksMax: 95, usualLots: 40_050 },
  };
}

/**
 * One event of several markets of which exactly one pays, whose prices add up to about a dollar. The last one is so likely
 * that its steps get finer when it becomes likelier still.
 */
export function exclusivePlans(
  slug: string,
  title: string,
  endsAt: EpochMs,
  pace: BookPace = USUAL_PACE,
): readonly PolymarketPlan[] {
  const chances = [
    { name: 'cut', tick: '0.001', openingTicks: 30, ticksMin: 1, ticksMax: 90 },
    { name: 'hike', tick: '0.001', openingTicks: 40, ticksMin: 1, ticksMax: 120 },
    { name: 'hold', tick: '0.01', openingTicks: 93, ticksMin: 70, ticksMax: 98 },
  ] as const;
  return chances.map(({ name, ...book }, n) => ({
    ...namesOf(`${slug}-${name}`, `${title}: ${name}?`, slug, title),
    outcomes: ['Yes', 'No'],
    series: null,
    negRisk: true,
    createdAt: plusMs(endsAt, -30 * DAY_MS),
    startsAt: null,
    endsAt,
    gameStartsAt: null,
    feeType: 'politics_fees',
    feeRate: 0.04,
    tags: ['economy'],
    source: 'https://www.federalreserve.gov',
    winner: n === chances.length - 1 ? 0 : 1,
    resolvesAfterMs: 2 * MINUTE_MS,
    book: { ...pace, ...book, usualLots: 90_025 },
  }));
}

/** Numbers and names that are always the same for a slug. */
function namesOf(
  slug: string,
  question: string,
  eventSlug: string,
  title: string,
): Pick<PolymarketPlan, 'id' | 'slug' | 'question' | 'condition' | 'tokens' | 'event'> {
  return {
    id: numberOf(slug),
    slug,
    question,
    condition: `0x${sha256(`${slug} condition`)}`,
    tokens: [tokenOf(slug, 0), tokenOf(slug, 1)],
    event: { id: numberOf(`${eventSlug} event`), slug: eventSlug, title },
  };
}

/** A number of 256 bits in decimal digits. */
const tokenOf = (slug: string, outcome: 0 | 1): string =>
  BigInt(`0x${sha256(`${slug} ${outcome}`)}`).toString();

const numberOf = (name: string): string =>
  (1_000_000 + Number.parseInt(sha256(name).slice(0, 5), 16)).toString();
