import type { Listing } from '../../../core/market/listing.ts';
import type { EpochMs } from '../../../core/time.ts';
import { hostOf, noJsonWords, placeOf, refusalWords, short } from '../session/http-words.ts';
import type { RestLimits } from '../session/protocol.ts';
import { RestFailure } from '../session/rest-lane.ts';
import type { RestPacer } from '../session/rest-pacer.ts';
import type { RestAnswer, RestRequest } from '../session/transport.ts';

/** A list could not be read; `message` is for a person. */
export class ListTrouble extends Error {
  override readonly name = 'ListTrouble';
}

/** What of a venue's list was read. */
export interface ListReading {
  readonly listings: readonly Listing[];
  readonly problems: readonly string[];
}

/** Asks for one answer after the other, until a deadline. */
export interface Asker {
  readonly now: EpochMs;
  /** The body of a good answer. @throws ListTrouble for any other, and for none. */
  body(request: RestRequest, weight?: number): Promise<string>;
  /** The same; undefined where the venue knows no such thing (400 or 404, by venue). */
  bodyIfKnown(request: RestRequest, weight?: number): Promise<string | undefined>;
}

export interface AskerPorts {
  readonly pacer: RestPacer;
  readonly limits: RestLimits;
  readonly now: EpochMs;
  /** Aborted when an answer is of no use any more; its reason says why. */
  readonly signal: AbortSignal;
}

export function createAsker({ pacer, limits, now, signal }: AskerPorts): Asker {
  const ask = (request: RestRequest, weight: number): Promise<RestAnswer> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(unanswered(request, signal));
      const giveUp = (): void => {
        takeBack();
        reject(unanswered(request, signal));
      };
      const paced = { request, priority: 'discovery', weight, limits } as const;
      const takeBack = pacer.ask(paced, (result) => {
        signal.removeEventListener('abort', giveUp);
        if (result instanceof RestFailure) reject(troubleOf(result, request));
        else resolve(result);
      });
      signal.addEventListener('abort', giveUp);
    });
  const good = ({ status, body }: RestAnswer, { url }: RestRequest): string => {
    const fault = status === 200 ? noJsonWords(url, body) : null;
    if (fault !== null) throw new ListTrouble(fault);
    if (status === 200) return body;
    throw new ListTrouble(`${placeOf(url)}: HTTP ${status} ${short(body)}`.trimEnd());
  };
  return {
    now,
    body: async (request, weight = 1) => good(await ask(request, weight), request),
    async bodyIfKnown(request, weight = 1) {
      const answer = await ask(request, weight);
      return answer.status === 404 || answer.status === 400 ? undefined : good(answer, request);
    },
  };
}

/** What helps where a venue refuses this location depends on its host. */
const troubleOf = ({ reason, status, message }: RestFailure, { url }: RestRequest): ListTrouble =>
  new ListTrouble(reason === 'refused' && status !== null ? refusalWords(status, hostOf(url), '') : message);

const unanswered = ({ url }: RestRequest, { reason }: AbortSignal): ListTrouble =>
  new ListTrouble(`${placeOf(url)}: ${String(reason)}`);
