import type { League } from '../../../core/market/game.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import type { RestRequest } from '../session/transport.ts';
import { ANSWER_BYTES_MAX } from './mapper.ts';
import { ESPN_HOST, scoreboardUrl } from './scoreboard-url.ts';

/** A longer answer is not waited for. */
const TIMEOUT_MS = 5 * SECOND_MS;

/** What an answer can be named by; good for its own address only, which changes with the Eastern day. */
export interface Tag {
  readonly url: string;
  readonly etag: string;
}

/** Asks for a league's games of yesterday and today; only for whether they changed, where the last answer can be named. */
export function scoreboardRequest(
  league: League,
  now: EpochMs,
  tag: Tag | null,
  host = ESPN_HOST,
): RestRequest {
  const url = scoreboardUrl(league, now, host);
  const headers = {
    accept: 'application/json',
    'user-agent': 'deckle',
    // Beside a tag Node would ask caches to stand aside. Theirs will do, while they hold it good.
    'cache-control': 'max-age=600',
    ...(tag?.url === url && { [IF_CHANGED]: tag.etag }),
  };
  return { method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, bytesMax: ANSWER_BYTES_MAX };
}

const IF_CHANGED = 'if-none-match';

/** It may be answered with 304: as it was. */
export const isConditional = ({ headers }: RestRequest): boolean => headers?.[IF_CHANGED] !== undefined;
