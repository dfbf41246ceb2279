import { DAY_MS, type EpochMs, SECOND_MS } from '../../../core/time.ts';

const TEXT_MAX = 120;

/** The beginning of a text that came from outside, in one line. */
export function short(text: string): string {
  const line = text
    .slice(0, 4 * TEXT_MAX)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX)}…`;
}

/** The host of an address, with its port where it names one; the text itself when it is no address. */
export const hostOf = (url: string): string => URL.parse(url)?.host ?? short(url);

/** An address without its query, for people: what is asked for, not for which symbols. */
export const placeOf = (url: string): string => {
  const parsed = URL.parse(url);
  return parsed === null ? short(url) : short(`${parsed.host}${parsed.pathname}`);
};

/** What is wrong with the body of a good answer that is no JSON, in words; null for what may be some. Looks at its beginning. */
export function noJsonWords(url: string, body: string): string | null {
  if (JSON_BEGIN.test(body)) return null;
  const what = /^\s*</.test(body) ? 'with a page (HTML?), not with JSON' : 'with no JSON';
  const seen = body.trim() === '' ? 'it is empty' : `it begins with '${body.trim().slice(0, 40)}'`;
  return `${hostOf(url)} answered ${what}: ${short(seen)}`;
}

const JSON_BEGIN = /^\s*(?:[[{"\d-]|true|false|null)/;

/** How long an answer asks to wait by its `Retry-After`, seconds or a date; null when it does not say so. */
export function retryAfterMs(header: string | undefined, now: EpochMs): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * SECOND_MS, RETRY_AFTER_MS_MAX);
  // A year is what tells a date from garbage; `Date.parse` reads nearly anything.
  const date = /\b\d{4}\b/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(0, date - now), RETRY_AFTER_MS_MAX);
}

/** The longest ban that a venue speaks of, MEXC's; what asks for more is asked again then. */
const RETRY_AFTER_MS_MAX = 3 * DAY_MS;

/** What a user can do where a venue refuses this location, by the end of its host's name. */
const REGION_ADVICE: readonly (readonly [end: string, advice: string])[] = [
  [
    'binance.com',
    'it refuses the United States, AWS regions there included: run the feed elsewhere (ap-northeast-1, ap-southeast-1, eu-central-1), or use the market-data hosts data-api.binance.vision and data-stream.binance.vision',
  ],
  [
    'binance.vision',
    'run the feed outside the United States, e.g. in ap-northeast-1, ap-southeast-1 or eu-central-1',
  ],
  ['mexc.com', 'run the feed in ap-northeast-1 or ap-southeast-1, as the venue advises'],
  ['polymarket.com', 'run the feed where the venue is open, e.g. in eu-west-1'],
  ['kalshi.com', 'run the feed in the United States, e.g. in us-east-1'],
  ['coinbase.com', 'run the feed in another region, e.g. in us-east-1 or eu-central-1'],
];

const ELSEWHERE = 'run the feed in another region, or name another host of the venue';

/** Why a host, or a place on it, refused us and what helps, for 401, 403 and 451; `body` is the beginning of its answer. */
export function refusalWords(status: number, host: string, body: string): string {
  const said = body.trim() === '' ? '' : ` ("${short(body)}")`;
  const refused = `${host} refuses us with HTTP ${status}${said}`;
  switch (status) {
    case 401:
      return `${refused}: check the key id, its private key, that they belong to this environment, and this machine's clock`;
    case 403:
      return `${refused}: its firewall blocks this address or location; ${regionAdvice(host)}`;
    case 451:
      return `${refused}: it does not serve this location; ${regionAdvice(host)}`;
    default:
      return refused;
  }
}

const regionAdvice = (host: string): string =>
  REGION_ADVICE.find(([end]) => isOf(host, end))?.[1] ?? ELSEWHERE;

const isOf = (host: string, end: string): boolean => {
  const name = host.replace(/[:/].*$/, '');
  return name === end || name.endsWith(`.${end}`);
};

/** Statuses that another try does not change. */
export const isRefusal = (status: number): boolean => status === 401 || status === 403 || status === 451;
