import type { Reaction } from '../session/protocol.ts';
import type { SentCommand } from './commands.ts';

/** An error as the stream sends it. */
export interface WireError {
  readonly code: number;
  readonly detail: string;
  /** The one market of several that it is about, where it names one. */
  readonly symbol: string | undefined;
  readonly command: SentCommand | undefined;
}

/** What an error asks of the session. */
type Remedy =
  /** It changes nothing; the reader tells people of it. */
  | 'none'
  /** The command is sent again for its markets, later. */
  | 'again'
  /** A market that was just created may be unknown for a minute. */
  | 'soon'
  /** We wrote what the venue does not understand: its markets are not asked for again. */
  | 'bug'
  /** Our list of subscriptions is not the venue's. */
  | 'list'
  /** A new connection is needed. */
  | 'reconnect'
  | 'keys';

const REMEDIES: ReadonlyMap<number, Remedy> = new Map<number, Remedy>([
  [1, 'again'], // general
  [2, 'bug'], // no params
  [3, 'bug'], // no channels
  [4, 'bug'], // no sids
  [5, 'bug'], // unknown command
  [6, 'none'], // already subscribed
  [7, 'list'], // unknown sid
  [8, 'none'], // unknown channel: the others of the command were accepted, and which one is not said
  [9, 'keys'], // authentication required
  [10, 'reconnect'], // channel error
  [11, 'bug'], // wrong value
  [12, 'bug'], // exactly one sid
  [13, 'bug'], // action not supported
  [14, 'bug'], // no market
  [15, 'bug'], // no action
  [16, 'soon'], // market not found
  [17, 'again'], // internal
  [18, 'reconnect'], // command timed out
  [19, 'bug'], // shards
  [20, 'bug'],
  [21, 'bug'],
  [22, 'bug'],
  [24, 'bug'], // index ids required
  [25, 'reconnect'], // buffer overflow: messages are lost already
  [26, 'again'], // too many markets in one subscription
  [27, 'again'], // too many commands
  [28, 'bug'], // underlying tickers required
]);

/** Whether a market that the stream does not know yet is worth another try: each channel refuses it by itself. */
export type Patience = (symbol: string, channel: string) => boolean;

const AGAIN_MS = 2_000;

/**
 * What to do about an error, by its code; one that is not known may mean anything, so a new connection begins from known
 * ground. Errors of commands that only ask for a picture ask for nothing: the reader asks again by itself.
 */
export function reactionTo(
  { code, detail, symbol, command }: WireError,
  isPatient: Patience,
): Reaction | 'list' | null {
  const symbols = symbol === undefined ? (command?.symbols ?? []) : [symbol];
  const channel = command?.channel ?? '';
  const why = `error ${detail}`;
  const isSubscribing =
    command === undefined || command.cmd === 'subscribe' || command.action === 'add_markets';
  switch (REMEDIES.get(code) ?? 'reconnect') {
    case 'none':
      return null;
    case 'list':
      return 'list';
    case 'reconnect':
      return { kind: 'give_up', why, isFinal: false };
    case 'keys':
      return { kind: 'give_up', why, isFinal: true };
    case 'again':
      return isSubscribing ? refusal(symbols, why, AGAIN_MS) : null;
    case 'bug':
      return isSubscribing ? refusal(symbols, why, null) : null;
    case 'soon':
      return isSubscribing
        ? refusal(symbols, why, symbols.every((one) => isPatient(one, channel)) ? AGAIN_MS : null)
        : null;
  }
}

const refusal = (symbols: readonly string[], why: string, retryMs: number | null): Reaction | null =>
  symbols.length === 0 ? null : { kind: 'refused', symbols, why, retryMs };
