import * as z from 'zod';
import { checked, NOT_JSON, parseJson, short, Unreadable } from '../json-fields.ts';

const exchangeStatus = z.object({
  exchange_active: z.boolean(),
  trading_active: z.boolean(),
  exchange_estimated_resume_time: z.string().nullish(),
});

/** Why the exchange does not trade, by its own word; null when it does, an Error when the answer cannot be read. */
export function readExchangeStatus(answer: {
  readonly status: number;
  readonly body: string;
}): string | null | Error {
  if (answer.status !== 200) return new Error(`exchange status: HTTP ${answer.status}`);
  const value = parseJson(answer.body);
  const status = value === undefined ? NOT_JSON : checked(exchangeStatus, value);
  if (status instanceof Unreadable) return new Error(`exchange status: ${status.detail}`);
  if (status.exchange_active && status.trading_active) return null;
  const resume = status.exchange_estimated_resume_time;
  const until = resume ? `, until about ${short(resume)}` : '';
  return `${status.exchange_active ? 'trading is paused' : 'the exchange is closed'}${until}`;
}
