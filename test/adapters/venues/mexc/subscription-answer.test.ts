import { expect, test } from 'vitest';
import { readSubscriptionAnswer } from '../../../../adapters/venues/mexc/subscription-answer.ts';

const A = 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT';
const B = 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT';

test.each([
  { what: 'the echo of one channel', text: A, answer: { good: [A], refused: [], reason: '' } },
  { what: 'the echo of several', text: `${A},${B}`, answer: { good: [A, B], refused: [], reason: '' } },
  {
    what: 'a refusal',
    text: `Not Subscribed successfully! [${A}].  Reason： Blocked! `,
    answer: { good: [], refused: [A], reason: 'Blocked!' },
  },
  {
    what: 'some taken and some refused',
    text: `Subscribed successful! [${A},${B}]. Not Subscribed successfully! [spot@x].  Reason： Blocked! `,
    answer: { good: [A, B], refused: ['spot@x'], reason: 'Blocked!' },
  },
  {
    what: 'a channel in both lists',
    text: `Subscribed successful! [${A},${B}]. Not Subscribed successfully! [${B}].  Reason： Blocked! `,
    answer: { good: [A], refused: [B], reason: 'Blocked!' },
  },
  {
    what: 'a plain colon',
    text: `Not Subscribed successfully! [${A}]. Reason: too many`,
    answer: { good: [], refused: [A], reason: 'too many' },
  },
  { what: 'other words', text: 'try later', answer: { good: [], refused: [], reason: 'try later' } },
  { what: 'nothing', text: '', answer: { good: [], refused: [], reason: '' } },
  {
    what: 'a channel among other words',
    text: `${A},no`,
    answer: { good: [], refused: [], reason: `${A},no` },
  },
])('reads $what', ({ text, answer }) => {
  expect(readSubscriptionAnswer(text)).toEqual(answer);
});
