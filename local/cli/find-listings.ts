import type { Listing } from '../../core/market/listing.ts';

/** Listings that hold every one of the words somewhere, the likeliest first. */
export function findListings(words: string, listings: readonly Listing[]): readonly Listing[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return listings
    .filter((listing) => {
      const text = textOf(listing);
      return wanted.every((word) => text.includes(word));
    })
    .map((listing) => ({ listing, rank: rankOf(listing, words.trim().toLowerCase()) }))
    .sort((a, b) => a.rank - b.rank || byVolume(a.listing, b.listing))
    .map(({ listing }) => listing);
}

const textOf = ({ instrument, title }: Listing): string => {
  const { symbol, baseAsset, quoteAsset, contract } = instrument;
  const terms = contract && [contract.event, contract.series, contract.outcome, contract.title];
  return [symbol, title, baseAsset, quoteAsset, ...(terms ?? [])].join(' ').toLowerCase();
};

/** The very symbol, then the asset, then what begins like it; what does not trade comes behind all that does. */
function rankOf({ instrument, tradable }: Listing, wanted: string): number {
  const symbol = instrument.symbol.toLowerCase();
  const likeness =
    symbol === wanted
      ? 0
      : instrument.baseAsset.toLowerCase() === wanted
        ? 1
        : symbol.startsWith(wanted)
          ? 2
          : 3;
  return likeness + (tradable ? 0 : 4);
}

const byVolume = (a: Listing, b: Listing): number =>
  Number(b.volume24h ?? -1) - Number(a.volume24h ?? -1) || (a.instrument.id < b.instrument.id ? -1 : 1);
