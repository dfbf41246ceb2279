import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { FeedSign } from '../../core/ports.ts';
import { judgeFeed, SILENCE_MS_MAX } from '../../core/risk/liveness.ts';
import type { EpochMs } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import type { ChangeModeServices } from './change-mode.ts';
import { changeMode } from './change-mode.ts';

export interface GuardFeedServices extends ChangeModeServices {
  readonly config: DeskConfig;
}

/** Judges by the wall clock whether the feed lives, and halts trading when it fell silent without a word. */
export async function guardFeed(
  sign: FeedSign | undefined,
  now: EpochMs,
  services: GuardFeedServices,
): Promise<void> {
  if (judgeFeed(sign, now) !== 'silent') return;
  const last = sign ? isoTime(sign.at) : 'never';
  const reason = `feed ${services.config.feed.id} gave no sign of life for ${SILENCE_MS_MAX / 1_000} s, the last at ${last}`;
  await changeMode(
    async ({ mode }) =>
      mode === 'halted'
        ? null
        : { mode: 'halted', cause: 'feed_silence', reason, changedAt: now, until: null },
    services,
  );
}
