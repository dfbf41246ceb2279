import type { Frame } from '../frame-source.ts';

/** Lines that a recorder writes about its own connection. */
const RECORDER_EVENTS: ReadonlySet<string> = new Set(['connect', 'disconnect', 'send']);

export const isRecorderEvent = ({ channel }: Frame): boolean => RECORDER_EVENTS.has(channel);

export const isRest = ({ channel }: Frame): boolean => channel === 'rest' || channel.startsWith('rest:');

/** The product an answer is about that does not say so itself: from `rest:book:BTC-USD`, else from the request's path. */
export function productAskedFor({ channel, url }: Frame): string | undefined {
  const [, , named] = channel.split(':');
  if (named !== undefined && named !== '') return named;
  return /\/products\/([^/?]+)\//.exec(url ?? '')?.[1];
}

/** Whether a product list was asked for whole. */
export const asksForSome = ({ url }: Frame): boolean => /[?&]product_ids=/.test(url ?? '');
