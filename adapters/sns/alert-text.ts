import type { Alert } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';

/** SNS refuses longer subjects. */
const SUBJECT_MAX = 100;
/** One part of a text message; each further part is billed again. */
const SMS_MAX = 160;
/** SNS takes 256 KB for all forms of a message together. */
const TEXT_MAX = 10_000;

/** One alert in the forms that SNS hands to people. */
export interface AlertText {
  /** At most 100 printable ASCII characters. */
  readonly subject: string;
  readonly body: string;
  /** At most 160 characters of the GSM alphabet, each a single one of them. */
  readonly sms: string;
}

/** `stage` tells apart the desks of a person who runs more than one. */
export function alertText(alert: Alert, stage?: string): AlertText {
  const { id, at, kind, key, title } = alert;
  const desk = stage === undefined ? 'Deckle' : `Deckle ${stage}`;
  const headline = `${wordOf(alert)}: ${title}`;
  const text = cut(alert.text.replaceAll(/[^\P{Cc}\n]/gu, ' '), TEXT_MAX);
  return {
    subject: cut(ascii(`${desk} ${headline}`), SUBJECT_MAX),
    body: `${cut(oneLine(headline), 1_000)}\n${isoTime(at)}\n\n${text}\n\nDesk: ${desk}\nKind: ${kind}\nKey: ${key}\nAlert: ${id}\n`,
    sms: cut(gsm(`${desk} ${isoTime(at).slice(11, 16)}Z ${headline}. ${alert.text}`), SMS_MAX),
  };
}

function wordOf({ cleared, severity }: Alert): string {
  if (cleared) return 'CLEARED';
  return severity === 'critical' ? 'CRITICAL' : 'NOTICE';
}

const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();

/** Letters without their accents; what ASCII does not know becomes a question mark. */
const ascii = (text: string): string =>
  oneLine(text)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[–—]/g, '-')
    .replaceAll(/[^\x20-\x7e]/gu, '?');

/** Of ASCII, GSM knows some characters not at all and others only at the price of two. */
const gsm = (text: string): string =>
  ascii(text)
    .replaceAll(/[[{]/g, '(')
    .replaceAll(/[\]}]/g, ')')
    .replaceAll('`', "'")
    .replaceAll(/[\\^~|]/g, '-');

// A cut may go through a character of two halves, which no message may hold.
const cut = (text: string, max: number): string =>
  (text.length <= max ? text : `${text.slice(0, max - 3)}...`).toWellFormed();
