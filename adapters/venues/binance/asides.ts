import type { Frame } from '../frame-source.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import type { WireMessage } from './message.ts';
import { toInstrument } from './rules.ts';
import type { WireExchangeInfo } from './schema.ts';

/** What is about no book and no trade. */
export type Aside = Extract<
  WireMessage,
  { kind: 'exchangeInfo' | 'not_modelled' | 'acknowledgement' | 'venue_error' | 'unknown' }
>;

/** Reads and counts a message that changes no market, though it may change an instrument's rules. */
export function readAside(message: Aside, frame: Frame, desk: ConnectionDesk): void {
  switch (message.kind) {
    case 'exchangeInfo':
      desk.count('exchangeInfo');
      if (!asksForSome(frame)) desk.sawListed(message.body.symbols.map(({ symbol }) => symbol));
      takeRules(message.body, desk);
      return;
    case 'not_modelled':
      desk.count(message.name, message.symbol === undefined ? undefined : desk.find(message.symbol));
      if (message.name === 'serverShutdown')
        desk.note({ kind: 'shutdown', detail: 'the venue announced a restart' });
      return;
    case 'acknowledgement':
      desk.count('result');
      return;
    case 'venue_error':
      desk.countVenueError(message.detail);
      return;
    case 'unknown':
      desk.countUnknown(message.name, message.detail);
      return;
  }
}

function takeRules(info: WireExchangeInfo, desk: ConnectionDesk): void {
  for (const wire of info.symbols)
    if (desk.isFollowed(wire.symbol)) desk.takeRules(wire.symbol, toInstrument(wire));
}

/** Whether the request named symbols, so that the answer says nothing of others. */
const asksForSome = (frame: Frame): boolean => /[?&]symbols?=/.test(frame.url ?? '');
