import type { Change, Item } from '../../adapters/store/item-store.ts';
import { fromItem } from '../../adapters/store/table.ts';
import { changesIn, universeOf } from '../../adapters/store/universe-store.ts';
import type { DeckleEvent } from '../../core/events.ts';
import type { Publisher } from '../../core/ports.ts';
import { reportSummary } from '../../core/report/markdown.ts';
import { dailyReportSchema } from '../../core/report/schema.ts';
import { decisionSchema, fillSchema, modeSchema, orderSchema } from '../../core/schemas.ts';
import { epochMs } from '../../core/time.ts';

/** Committed changes as news, in their order. The table is the outbox: what was committed is told, at least once. */
export async function relay(changes: readonly Change[], publisher: Publisher): Promise<void> {
  const events = changes.flatMap((change) => newsOf(change));
  if (events.length > 0) await publisher.publish(events);
}

/** The news in one change, most often none. @throws StoreError when the item is not what we wrote. */
export function newsOf({ before, after }: Change): DeckleEvent[] {
  if (!after) return [];
  switch (after['entity']) {
    case 'order':
      return orderNews(before, after);
    case 'decision': {
      const decision = fromItem(decisionSchema, after);
      if (before || decision.outcome === 'accepted') return [];
      const { id, closedAt } = decision.signal;
      return [{ type: 'order.denied', version: 1, id: `order.denied/${id}`, at: closedAt, decision }];
    }
    case 'fill': {
      const fill = fromItem(fillSchema, after);
      // Shadow lanes are for comparison; the account of record is what people are told of.
      if (before || fill.lane !== 'base') return [];
      return [{ type: 'fill.recorded', version: 1, id: `fill.recorded/${fill.id}`, at: fill.closedAt, fill }];
    }
    case 'mode': {
      const mode = fromItem(modeSchema, after);
      const was = String(before?.['mode'] ?? 'none');
      return [
        {
          type: 'mode.changed',
          version: 1,
          id: `mode.changed/${mode.version}`,
          at: mode.changedAt,
          mode,
          was,
        },
      ];
    }
    case 'reconciliation': {
      const at = epochMs(Number(after['at']));
      const accountId = String(after['accountId']);
      const discrepancies = (after['discrepancies'] as readonly { kind: string; detail: string }[]).map(
        ({ kind, detail }) => ({ kind, detail }),
      );
      const id = `reconciliation.finished/${accountId}/${at}`;
      return [{ type: 'reconciliation.finished', version: 1, id, at, accountId, discrepancies }];
    }
    case 'report': {
      const written = fromItem(dailyReportSchema, after);
      const { accountId, day, asOf: at } = written;
      const id = `report.ready/${accountId}/${day}`;
      return [{ type: 'report.ready', version: 1, id, at, accountId, day, summary: reportSummary(written) }];
    }
    case 'universe': {
      if (changesIn(before) === changesIn(after)) return [];
      const { feedId, changes, changedAt: at, members, added, removed } = universeOf(after);
      const id = `universe.changed/${feedId}/${changes}`;
      const size = members.length;
      return [
        {
          type: 'universe.changed',
          version: 1,
          id,
          at,
          feedId,
          added: [...added],
          removed: [...removed],
          size,
        },
      ];
    }
    default:
      return [];
  }
}

function orderNews(before: Item | undefined, after: Item): DeckleEvent[] {
  const order = fromItem(orderSchema, after);
  const { id, decidedAt } = order;
  if (!before)
    return [{ type: 'order.accepted', version: 1, id: `order.accepted/${id}`, at: decidedAt, order }];
  const { endedAt } = order.lanes.base;
  if (endedAt === null || fromItem(orderSchema, before).lanes.base.endedAt !== null) return [];
  return [{ type: 'order.closed', version: 1, id: `order.closed/${id}`, at: endedAt, order }];
}
