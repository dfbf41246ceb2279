/** What the venue says of the channels of one request. */
export interface SubscriptionAnswer {
  readonly good: readonly string[];
  readonly refused: readonly string[];
  /** Why the refused ones are, in the venue's words. */
  readonly reason: string;
}

const GOOD = /Subscribed successful!\s*\[([^\]]*)\]/;
const REFUSED = /Not Subscribed successfully!\s*\[([^\]]*)\]/;
/** The venue's colon is a full-width one (U+FF1A). */
const REASON = /Reason\s*[\uFF1A:]\s*(.*)/s;
/** Thirty channels and their reasons; what is longer is not read to its end. */
const LENGTH_MAX = 8_192;

/**
 * Reads the text of an acknowledgement, since `code` is 0 for failures too: either the channels as they were asked for, or
 * the words of success and failure with lists of channels. A text of neither form says nothing good of anything.
 */
export function readSubscriptionAnswer(message: string): SubscriptionAnswer {
  const text = message.slice(0, LENGTH_MAX);
  const good = GOOD.exec(text)?.[1];
  const refused = REFUSED.exec(text)?.[1];
  if (good === undefined && refused === undefined) {
    const echoed = channelsIn(text);
    const isEcho = echoed.length > 0 && echoed.every((one) => /^spot@\S+$/.test(one));
    return isEcho
      ? { good: echoed, refused: [], reason: '' }
      : { good: [], refused: [], reason: text.trim() };
  }
  const bad = channelsIn(refused ?? '');
  return {
    good: channelsIn(good ?? '').filter((one) => !bad.includes(one)),
    refused: bad,
    reason: REASON.exec(text)?.[1]?.trim() ?? '',
  };
}

const channelsIn = (list: string): string[] =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
