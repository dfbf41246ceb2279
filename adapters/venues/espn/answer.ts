import type { GameState, League } from '../../../core/market/game.ts';
import type { EpochMs } from '../../../core/time.ts';
import { type Frame, POLL } from '../frame-source.ts';
import { failureOf } from '../session/frame-asker.ts';
import { hostOf, isRefusal, placeOf, refusalWords, short } from '../session/http-words.ts';
import type { RestAnswer, RestRequest } from '../session/transport.ts';
import { channelOf } from './channel.ts';
import { readingOf } from './frame-reading.ts';
import { answerAgeMs, quietMs, restingMs } from './freshness.ts';
import { isConditional } from './request.ts';

/** What came of asking for a league's scoreboard. `frame` is for the reader, where there is something to read. */
export type ScoreAnswer =
  | {
      readonly kind: 'answered';
      readonly frame: Frame;
      /** Null: those of the answer before, nothing has changed. */
      readonly games: readonly GameState[] | null;
      /** What it can be named by, to be told next time only that it is still right. */
      readonly etag: string | null;
      /** How old it was, in milliseconds; null where it does not say. */
      readonly ageMs: number | null;
      /** How long it will stay as it is, by its own word. */
      readonly restingMs: number;
    }
  | {
      readonly kind: 'failed';
      readonly frame: Frame | null;
      readonly why: string;
      /** How long the server asks to be left alone; 0 when it does not say. */
      readonly quietMs: number;
    };

/** One request, what came back, and when: by the feed's stamp, and by the clock, by which the answer's own times are meant. */
export interface Exchange {
  readonly league: League;
  readonly request: RestRequest;
  readonly answer: RestAnswer | Error;
  readonly at: EpochMs;
  readonly now: EpochMs;
}

const TAG_MAX = 256;

/** Never throws. */
export function judgeAnswer(exchange: Exchange): ScoreAnswer {
  const { request, answer } = exchange;
  if (answer instanceof Error) return failed(exchange, short(answer.message));
  if (answer.status === 304 && isConditional(request))
    return answered(exchange, answer, frameOf(exchange, '', true), null);
  const failure = failureOf(answer, request.url);
  if (failure === null) return read(exchange, answer);
  const { status, headers, body } = answer;
  const why = isRefusal(status) ? refusalWords(status, hostOf(request.url), body) : failure;
  return { kind: 'failed', frame: null, why, quietMs: quietMs(headers, exchange.now) };
}

/** An answer that cannot be read goes to the reader, too, which counts and names it. */
function read(exchange: Exchange, answer: RestAnswer): ScoreAnswer {
  const frame = frameOf(exchange, answer.body, false);
  const reading = readingOf(exchange.league, frame);
  return reading.kind === 'games'
    ? answered(exchange, answer, frame, reading.games)
    : { ...failed(exchange, short(reading.detail)), frame };
}

function answered(
  { now }: Exchange,
  { headers }: RestAnswer,
  frame: Frame,
  games: readonly GameState[] | null,
): ScoreAnswer {
  const etag = headers['etag'] ?? '';
  return {
    kind: 'answered',
    frame,
    games,
    etag: etag === '' || etag.length > TAG_MAX ? null : etag,
    ageMs: answerAgeMs(headers, now),
    restingMs: restingMs(headers),
  };
}

const failed = ({ request }: Exchange, why: string): ScoreAnswer & { kind: 'failed' } => ({
  kind: 'failed',
  frame: null,
  why: `${placeOf(request.url)}: ${why}`,
  quietMs: 0,
});

function frameOf({ league, request, at }: Exchange, raw: string, isUnchanged: boolean): Frame {
  const channel = channelOf({ league, isUnchanged });
  return { wire: 'espn', receivedAt: at, channel, raw, url: request.url, connection: POLL };
}
