import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Ledger } from '../core/ports.ts';
import type { FeedHealth } from '../fargate/feed-health.ts';
import { demoContents } from './demo-contents.ts';
import { DeskError } from './desk-error.ts';
import type { DeskInput } from './input.ts';

/** False when this is a demo that has to show what it is for, and did not; each content is said. */
export async function showsItsContents(
  input: DeskInput,
  config: DeskConfig,
  ledger: Ledger,
  say: (line: string) => void,
): Promise<boolean> {
  if (input.kind !== 'demo' || !config.demo.expectContents) return true;
  const ids = config.accounts.map((one) => one.id);
  const contents = await demoContents(ledger, ids, config.feed.windowMs);
  for (const { what, met } of contents) say(`  demo       ${met ? 'shown' : 'NOT SHOWN'}: ${what}`);
  return contents.every((one) => one.met);
}

/**
 * An input without a single message of what the strategies trade is a mistake, not a quiet market.
 * @throws DeskError that names what was looked for.
 */
export function requireFollowed(feed: FeedHealth, input: DeskInput): void {
  const { instruments } = feed.report();
  if (instruments.some(({ counts }) => counts.bookUpdates > 0 || counts.trades > 0)) return;
  const wanted = instruments.map((one) => one.instrumentId).join(', ');
  throw new DeskError(
    `${input.description} holds no book that can be proven and no trade of what the strategies trade (${wanted}); name its instruments in the configuration, and see that it has their snapshots`,
  );
}
