import { isObject, type JsonObject, textOf } from '../json-fields.ts';
import { decimalOf } from './amounts.ts';

/** What an event says of its markets. */
export interface EventFacts {
  readonly ticker: string;
  readonly series: string | undefined;
  readonly title: string | undefined;
  readonly settlementSource: string | undefined;
  readonly feeType: string | undefined;
  /** Decimal text. */
  readonly feeMultiplier: string | undefined;
}

export function toEventFacts(event: JsonObject): EventFacts {
  const { event_ticker, series_ticker, title, fee_type_override, fee_multiplier_override } = event;
  return {
    ticker: textOf(event_ticker) ?? '',
    series: textOf(series_ticker),
    title: textOf(title),
    settlementSource: sourcesOf(event['settlement_sources']),
    feeType: textOf(fee_type_override),
    feeMultiplier: decimalOf(fee_multiplier_override) ?? undefined,
  };
}

/** Who decides, of a series or an event: their names, with a comma between. */
export function sourcesOf(wire: unknown): string | undefined {
  if (!Array.isArray(wire)) return undefined;
  const names = wire.flatMap((one) => (isObject(one) ? (textOf(one['name']) ?? []) : []));
  return names.length === 0 ? undefined : names.join(', ');
}
