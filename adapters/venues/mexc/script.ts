import { parseJson, short } from '../json-fields.ts';
import type {
  ConnectionScript,
  FrameRequest,
  Outgoing,
  Reaction,
  TakenMessage,
} from '../session/protocol.ts';
import { parseChannel } from './channels.ts';
import { FrameLabels } from './frame-labels.ts';
import { SUBSCRIBE_BYTES_MAX } from './limits.ts';
import { isJsonPush, isRecord } from './schema.ts';
import { readSubscriptionAnswer } from './subscription-answer.ts';

export interface ScriptOptions {
  readonly url: string;
  readonly symbols: readonly string[];
  /** The channels of a symbol. */
  readonly channelsOf: (symbol: string) => readonly string[];
  /** How to ask for a fresh picture of a symbol. */
  readonly snapshot: (symbol: string) => FrameRequest;
}

/** A refused symbol was listed before: paused perhaps, so it is tried again, less and less often. */
const RETRY_MS = 1_000;
/** Requests whose answers are awaited; an answer need not name its request. */
const AWAITED_MAX = 100;

const NOTHING: readonly never[] = [];
const PONG: TakenMessage = { channel: 'PONG', reactions: NOTHING, isForReader: false, proves: NOTHING };

/** One MEXC connection: subscribes in requests that stay small, and reads which channels the venue did not take. */
export class MexcScript implements ConnectionScript {
  private readonly options: ScriptOptions;
  private readonly followed: Set<string>;
  private readonly labels = new FrameLabels();
  private readonly awaited = new Map<number, readonly string[]>();
  private requests = 0;

  constructor(options: ScriptOptions) {
    this.options = options;
    this.followed = new Set(options.symbols);
  }

  get symbols(): readonly string[] {
    return [...this.followed];
  }

  open(): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: this.options.url, headers: {} };
  }

  subscribe(): readonly Outgoing[] {
    return this.send('SUBSCRIPTION', this.symbols);
  }

  add(symbols: readonly string[]): readonly Outgoing[] {
    for (const symbol of symbols) this.followed.add(symbol);
    return this.send('SUBSCRIPTION', symbols);
  }

  /** What is subscribed already stays so. */
  repeat(symbols: readonly string[]): readonly Outgoing[] {
    return this.add(symbols);
  }

  remove(symbols: readonly string[]): readonly Outgoing[] {
    for (const symbol of symbols) this.followed.delete(symbol);
    return this.send('UNSUBSCRIPTION', symbols);
  }

  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  } {
    return { outgoing: NOTHING, requests: symbols.map(this.options.snapshot) };
  }

  take(raw: string, isBinary: boolean): TakenMessage {
    if (isBinary) return this.labels.of(raw);
    const value = parseJson(raw);
    if (!isRecord(value)) return forReader('', NOTHING);
    if (isJsonPush(value)) return forReader(String(value.channel), NOTHING);
    const { id, code, msg } = value;
    if (typeof msg !== 'string') return forReader('', NOTHING);
    if (msg === 'PONG') return PONG;
    return forReader('SUBSCRIPTION', this.judge(id, code, msg));
  }

  /** Requests of as many channels as a text frame may hold. */
  private send(method: 'SUBSCRIPTION' | 'UNSUBSCRIPTION', symbols: readonly string[]): readonly Outgoing[] {
    return batches(symbols.flatMap(this.options.channelsOf)).map((params) => {
      this.requests += 1;
      if (method === 'SUBSCRIPTION') this.expect(this.requests, params);
      return { text: JSON.stringify({ method, params, id: this.requests }) };
    });
  }

  private expect(id: number, channels: readonly string[]): void {
    this.awaited.set(id, channels);
    for (const oldest of this.awaited.keys()) {
      if (this.awaited.size <= AWAITED_MAX) return;
      this.awaited.delete(oldest);
    }
  }

  /** Of a request that is named, every channel that is not plainly taken is refused; else those that the words refuse. */
  private judge(id: unknown, code: unknown, text: string): readonly Reaction[] {
    const asked = typeof id === 'number' ? this.awaited.get(id) : undefined;
    if (typeof id === 'number') this.awaited.delete(id);
    const { good, refused, reason } = readSubscriptionAnswer(text);
    const isTaken = (channel: string): boolean => code === 0 && good.includes(channel);
    const lost = asked === undefined ? refused : asked.filter((channel) => !isTaken(channel));
    const symbols = new Set(lost.map((channel) => parseChannel(channel).symbol));
    const ours = [...symbols].filter((symbol) => this.followed.has(symbol));
    if (ours.length === 0) return NOTHING;
    const why = short(reason === '' ? `not among the channels of the answer '${short(text)}'` : reason);
    return [{ kind: 'refused', symbols: ours, why, retryMs: RETRY_MS }];
  }
}

const forReader = (channel: string, reactions: readonly Reaction[]): TakenMessage => ({
  channel: short(channel),
  reactions,
  isForReader: true,
  proves: NOTHING,
});

/** Lists of channels whose request stays below the size of a text frame. */
function batches(channels: readonly string[]): string[][] {
  const lists: string[][] = [];
  // What surrounds the list: method, id and brackets.
  const frame = 80;
  let size = SUBSCRIBE_BYTES_MAX;
  for (const channel of channels) {
    const length = JSON.stringify(channel).length + 1;
    if (size + length > SUBSCRIBE_BYTES_MAX) {
      lists.push([]);
      size = frame;
    }
    lists.at(-1)?.push(channel);
    size += length;
  }
  return lists;
}
