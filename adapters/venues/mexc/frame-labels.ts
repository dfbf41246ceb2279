import { short } from '../json-fields.ts';
import type { TakenMessage } from '../session/protocol.ts';
import { parseChannel } from './channels.ts';
import { decodePush } from './proto.ts';

/** More streams than a connection carries. */
const REMEMBERED = 256;
/** The first field is the channel's name, of less than 128 bytes: its tag, its length. */
const CHANNEL_TAG = 0x0a;
const HEAD_BYTES = 2;

/**
 * Names the streams of binary frames without decoding them: a frame usually begins with its channel, so the same stream's
 * frames begin with the same letters of base64.
 */
export class FrameLabels {
  private readonly known = new Map<string, TakenMessage>();

  of(base64: string): TakenMessage {
    const length = headLength(base64);
    if (length === 0) return label(base64);
    const head = base64.slice(0, length);
    const known = this.known.get(head);
    if (known !== undefined) return known;
    const bytes = Buffer.from(head, 'base64');
    const text = bytes.toString('utf8', HEAD_BYTES, HEAD_BYTES + (bytes[1] ?? 0));
    const taken = labelOf(text);
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(head, taken);
    return taken;
  }
}

/** Letters of base64 that hold the whole channel; 0 where the frame does not begin with one. */
function headLength(base64: string): number {
  const [tag, size] = Buffer.from(base64.slice(0, 4), 'base64');
  if (tag !== CHANNEL_TAG || size === undefined || size >= 128) return 0;
  const length = Math.ceil((HEAD_BYTES + size) / 3) * 4;
  return length <= base64.length ? length : 0;
}

/** The order of fields is not guaranteed; then only the whole message tells. */
function label(base64: string): TakenMessage {
  const push = decodePush(base64);
  return labelOf(push instanceof Error ? '' : push.channel);
}

function labelOf(channel: string): TakenMessage {
  const { name, symbol } = parseChannel(channel);
  const proves = symbol === '' ? [] : [{ channel: name, symbol }];
  return { channel: short(channel), reactions: [], isForReader: true, proves };
}
