import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type { FeedSign, ModeStore } from '../../core/ports.ts';
import { judgeFeed, SILENCE_MS_MAX } from '../../core/risk/liveness.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';

export interface GuardFeedServices {
  readonly config: DeskConfig;
  readonly modes: ModeStore;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** As with the limits: a halt is tried again until it commits. */
const ATTEMPTS_MAX = 20;

/** Judges by the wall clock whether the feed lives, and halts trading when it fell silent without a word. */
export async function guardFeed(
  sign: FeedSign | undefined,
  now: EpochMs,
  { config, modes, metrics, log }: GuardFeedServices,
): Promise<void> {
  if (judgeFeed(sign, now) !== 'silent') return;
  const last = sign ? isoTime(sign.at) : 'never';
  const reason = `feed ${config.feed.id} gave no sign of life for ${SILENCE_MS_MAX / 1_000} s, the last at ${last}`;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const mode = await modes.mode();
    if (mode.mode === 'halted') return;
    const next = {
      mode: 'halted',
      cause: 'feed_silence',
      reason,
      author: 'guard',
      changedAt: now,
      until: null,
    } as const;
    if ((await modes.setMode(mode, next)) === 'conflict') continue;
    metrics.add('guard_actions_total', 1, { cause: 'feed_silence' });
    log.error('trading mode changed by the guard', {
      mode: 'halted',
      cause: 'feed_silence',
      reason,
      at: now,
    });
    return;
  }
  throw new Error(`the trading mode could not be changed, ${ATTEMPTS_MAX} conflicts`);
}
