import type { AccountConfig } from '../../core/config/desk-config.ts';
import type { Mark } from '../../core/ledger/equity.ts';
import { evolveEquity, hasMoved, MARK_BEAT_MS, valuation } from '../../core/ledger/equity.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { mid } from '../../core/market/window.ts';
import { LANES } from '../../core/paper/order.ts';
import type { FeedMarks, Versioned } from '../../core/ports.ts';
import { beatAt, dayStart } from '../../core/time.ts';
import type { FillsServices } from './fills.ts';

/**
 * Marks of the feed's live, clean books and what the accounts are worth at them: on each beat of event time, and at once
 * when a price moves past the threshold. A window that was marked before changes nothing. Given the marks as they were read,
 * it gives back those that stand now.
 */
export async function markWindow(
  window: MarketWindow,
  before: Versioned<FeedMarks> | undefined,
  services: FillsServices,
): Promise<Versioned<FeedMarks> | undefined> {
  if (before && window.closedAt <= before.value.at) return before;
  const isBeat =
    before === undefined || beatAt(window.closedAt, MARK_BEAT_MS) > beatAt(before.value.at, MARK_BEAT_MS);
  // A beat marked on a later window than its first differs from what an undisturbed desk would have marked: say so.
  const missed =
    before &&
    isBeat &&
    beatAt(window.previousClosedAt ?? window.closedAt, MARK_BEAT_MS) > beatAt(before.value.at, MARK_BEAT_MS);
  if (missed) {
    services.metrics.add('fills_holes_total', 1);
    services.log.warn('beat missed', {
      feedId: window.feedId,
      window: window.closedAt,
      markedAt: before.value.at,
    });
  }
  const fresh = window.instruments.flatMap((one): Mark[] => {
    const price = mid(one);
    return price === null ? [] : [{ instrumentId: one.instrumentId, price, at: window.closedAt }];
  });
  const markOf = (id: Mark['instrumentId']) => before?.value.marks.find((one) => one.instrumentId === id);
  if (!isBeat && !fresh.some((one) => hasMoved(markOf(one.instrumentId), one.price))) return before;
  const after: FeedMarks = {
    feedId: window.feedId,
    at: window.closedAt,
    marks: merged(before?.value.marks ?? [], fresh),
  };
  for (const account of services.config.accounts) await markAccount(account, after, services);
  // Last, so that a repeat after a crash in between marks the accounts again; lost to another writer is as good.
  const committed = await services.feeds.commitMarks(before, after);
  return committed === 'conflict'
    ? services.feeds.marks(window.feedId)
    : { value: after, version: (before?.version ?? 0) + 1 };
}

async function markAccount(account: AccountConfig, marks: FeedMarks, services: FillsServices): Promise<void> {
  const view = await services.ledger.load(account.id);
  if (!view) return;
  for (const lane of LANES) {
    const record = await services.ledger.equity(account.id, lane);
    if (!record || marks.at <= record.value.at) continue;
    const holdings = await services.ledger.holdings(account.id, lane);
    const worth = valuation(
      view.lanes[lane],
      holdings.map((one) => one.value.position),
      marks.marks,
      marks.at,
    );
    // The account of record is marked on every beat, so that risk can rely on it; a shadow only when it changed.
    const idle = worth.equity === record.value.equity && worth.exposure === record.value.exposure;
    if (lane !== 'base' && idle && dayStart(marks.at) === record.value.day) continue;
    const after = evolveEquity(record.value, marks.at, worth);
    await services.ledger.commitEquity(record, after);
    services.metrics.set('risk_equity', Number(after.equity) / 1e8, { account: account.id, lane });
    if (lane === 'base')
      services.metrics.set('risk_drawdown_bps', after.drawdownBps, { account: account.id });
  }
}

/** Fresh marks over older ones; an instrument without a clean book keeps its last mark, which grows old. */
function merged(before: readonly Mark[], fresh: readonly Mark[]): readonly Mark[] {
  const kept = before.filter((one) => !fresh.some((other) => other.instrumentId === one.instrumentId));
  return [...kept, ...fresh].sort((a, b) => (a.instrumentId < b.instrumentId ? -1 : 1));
}
