import { formatUnits } from '../../core/amounts.ts';
import type { Listing, PublishedFees } from '../../core/market/listing.ts';
import { isoTime } from '../../core/time.ts';
import { sooner } from '../../core/universe/listing-facts.ts';

/** A listing as one JSON object: amounts as decimal text, times in UTC. */
export function listingJson({ instrument, ...listing }: Listing): Readonly<Record<string, unknown>> {
  const { contract } = instrument;
  return {
    instrumentId: instrument.id,
    venue: instrument.venue,
    symbol: instrument.symbol,
    title: listing.title,
    status: listing.status,
    tradable: listing.tradable,
    quoteAsset: instrument.quoteAsset,
    tickSize: formatUnits(instrument.tickSize),
    tickRanges:
      instrument.priceRanges?.map(({ start, end, step }) => ({
        from: formatUnits(start),
        to: formatUnits(end),
        step: formatUnits(step),
      })) ?? null,
    lotSize: formatUnits(instrument.lotSize),
    quantityMin: formatUnits(instrument.quantityMin),
    notionalMin: formatUnits(instrument.notionalMin),
    fees: listing.fees,
    volume24h: listing.volume24h,
    bestBid: listing.bestBid,
    bestAsk: listing.bestAsk,
    contract: contract && {
      event: contract.event,
      series: contract.series,
      outcome: contract.outcome,
      opensAt: contract.opensAt === null ? null : isoTime(contract.opensAt),
      closesAt: contract.closesAt === null ? null : isoTime(contract.closesAt),
      expectedAt: listing.expectedAt === undefined ? null : isoTime(listing.expectedAt),
      strike: contract.strike,
      settlementSource: contract.settlementSource,
    },
  };
}

/** A listing in some lines, for people. */
export function listingLines({ instrument, ...listing }: Listing): readonly string[] {
  const { contract, quoteAsset } = instrument;
  const rules = [
    `tick ${tickWords(instrument)}`,
    `lot ${formatUnits(instrument.lotSize)}`,
    `min notional ${formatUnits(instrument.notionalMin)} ${quoteAsset}`,
    `fees ${feeWords(listing.fees)}`,
  ];
  const market = [
    listing.volume24h === null ? '' : `24 h volume ${listing.volume24h}`,
    listing.bestBid === null ? '' : `bid ${listing.bestBid}`,
    listing.bestAsk === null ? '' : `ask ${listing.bestAsk}`,
  ].filter(Boolean);
  const expiresAt = sooner(contract?.closesAt ?? null, listing.expectedAt ?? null);
  const terms =
    contract === undefined
      ? []
      : [
          expiresAt === null ? 'expiry not told' : `expires ${isoTime(expiresAt)}`,
          ...(contract.series === null ? [] : [`series ${contract.series}`]),
          `strike ${strikeWords(contract.strike)}`,
          `settled by ${contract.settlementSource ?? 'a source that is not told'}`,
        ];
  return [
    `${instrument.id}  ${listing.title}`,
    `  status   ${listing.status}${listing.tradable ? '' : ' (does not trade)'}`,
    `  rules    ${rules.join(', ')}`,
    ...(market.length === 0 ? [] : [`  market   ${market.join(', ')}`]),
    ...(terms.length === 0 ? [] : [`  contract ${terms.join(', ')}`]),
  ];
}

const tickWords = ({ tickSize, priceRanges }: Listing['instrument']): string =>
  priceRanges === undefined
    ? formatUnits(tickSize)
    : priceRanges
        .map(
          ({ start, end, step }) => `${formatUnits(step)} from ${formatUnits(start)} to ${formatUnits(end)}`,
        )
        .join('; ');

const feeWords = (fees: PublishedFees | null): string => {
  if (fees === null) return 'not published (the configuration says them)';
  const rate = (bps: string | null): string => (bps === null ? 'not told' : `${bps} bps`);
  const of = fees.model === 'quadratic' ? ' of quantity x p x (1 - p)' : '';
  return `maker ${rate(fees.makerBps)}, taker ${rate(fees.takerBps)}${of}`;
};

const strikeWords = (strike: { kind: string; floor: string | null; cap: string | null } | null): string =>
  strike === null ? 'none' : [strike.kind, strike.floor, strike.cap].filter((one) => one !== null).join(' ');
