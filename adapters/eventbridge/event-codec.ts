import { formatUnits } from '../../core/amounts.ts';
import { type DeckleEvent, deckleEvent, type EventOf, type EventType } from '../../core/events.ts';
import { WindowFormatError } from '../../core/market/window-codec.ts';
import { packWindows, unpackWindows } from '../packing/pack-windows.ts';

/** The `Source` of every event that Deckle puts on its bus. */
export const EVENT_SOURCE = 'deckle';

/** An event as the bus carries it: its type beside the JSON text of everything else. */
export interface WireEvent {
  readonly detailType: EventType;
  readonly detail: string;
}

/** `bad`: no event of this version of Deckle; `reason` names the field and the fix, `id` is the event's own where it has one. */
export type DecodedEvent =
  | { readonly kind: 'event'; readonly event: DeckleEvent }
  | { readonly kind: 'bad'; readonly reason: string; readonly id?: string };

/** Amounts become decimal text; windows one gzip+base64 text, beside plain fields that a rule can filter on. */
export function encodeEvent(event: DeckleEvent): WireEvent {
  const { type, ...fields } = event;
  return { detailType: type, detail: JSON.stringify({ ...fields, ...packed(event) }, amountsAsText) };
}

/**
 * The event in a `detail-type` and a `detail` (the object that a function is given, or its JSON text). Never throws for
 * what it is given: unknown types and versions are not guessed at.
 */
export function decodeEvent(detailType: unknown, detail: unknown): DecodedEvent {
  const fields = fieldsOf(detail);
  if (fields === undefined) return { kind: 'bad', reason: 'detail: must be a JSON object' };
  const { id } = fields;
  const bad = (reason: string): DecodedEvent => ({
    kind: 'bad',
    reason,
    ...(typeof id === 'string' && id !== '' && { id }),
  });

  if (!isKnown(detailType))
    return bad(`detail-type: ${shown(detailType)} is no event that this version of Deckle knows; ${NEWER}`);
  if (fields['version'] !== VERSIONS[detailType])
    return bad(
      `version: ${detailType} is known here in version ${VERSIONS[detailType]}, not ${shown(fields['version'])}; ${NEWER}`,
    );

  const unpacked = unpack(detailType, fields);
  if (typeof unpacked === 'string') return bad(unpacked);
  const parsed = deckleEvent.safeParse({ ...unpacked, type: detailType });
  if (parsed.success) return { kind: 'event', event: parsed.data };
  const issue = parsed.error.issues[0];
  return bad(`${issue?.path.join('.') ?? 'detail'}: ${issue?.message ?? 'is unreadable'}`);
}

const NEWER = 'if a newer version published it, deploy that version here too';

/** The one version in which this code knows each type. */
const VERSIONS: { readonly [T in EventType]: EventOf<T>['version'] } = {
  'market.window': 1,
  'signals.raised': 1,
  'order.accepted': 1,
  'order.denied': 1,
  'order.closed': 1,
  'fill.recorded': 1,
  'mode.changed': 1,
  'feed.silenced': 1,
  'feed.resumed': 1,
  'venue.disconnected': 1,
  'venue.connected': 1,
  'breaker.opened': 1,
  'breaker.closed': 1,
  'game.updated': 1,
  'universe.changed': 1,
  'reconciliation.finished': 1,
  'report.ready': 1,
};

const isKnown = (type: unknown): type is EventType =>
  typeof type === 'string' && Object.hasOwn(VERSIONS, type);

const amountsAsText = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? formatUnits(value) : value;

function packed(event: DeckleEvent): object {
  if (event.type === 'market.window') return { windows: packWindows(event.windows) };
  if (event.type === 'signals.raised') return { window: packWindows([event.window]) };
  return {};
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(detail: unknown): Fields | undefined {
  const value = typeof detail === 'string' ? parseJson(detail) : detail;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields with their windows as values; a text that says what is wrong when they cannot be unpacked. */
function unpack(detailType: EventType, fields: Fields): Fields | string {
  if (detailType === 'market.window') {
    const windows = unpackedOf('windows', fields['windows']);
    return typeof windows === 'string' ? windows : { ...fields, windows };
  }
  if (detailType === 'signals.raised') {
    const windows = unpackedOf('window', fields['window']);
    if (typeof windows === 'string') return windows;
    if (windows.length !== 1) return `window: must hold exactly one window, got ${windows.length}`;
    return { ...fields, window: windows[0] };
  }
  return fields;
}

function unpackedOf(field: string, value: unknown): ReturnType<typeof unpackWindows> | string {
  if (typeof value !== 'string') return `${field}: must be the text of packed windows, got ${shown(value)}`;
  try {
    return unpackWindows(value);
  } catch (error) {
    if (error instanceof WindowFormatError) return `${field}: ${error.message}`;
    throw error;
  }
}

/** Something that we were given, short enough for a log line. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return (typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value)).slice(0, 80);
}
