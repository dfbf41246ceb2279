import type { EpochMs } from '../../core/time.ts';
import { DAY_MS, dayStart, epochMs, isoDay } from '../../core/time.ts';

/** A day, named by its first moment, or why what was asked for is none. */
export type ReportedDay =
  | { readonly kind: 'day'; readonly dayAt: EpochMs }
  | { readonly kind: 'bad'; readonly problem: string };

/**
 * Which UTC day a report is about. A schedule says when it was due (`scheduledAt`): the day before that, whenever it then
 * runs, be it at five past midnight, at seven or hours later from a failure queue. A person may name the `day`. With
 * neither it is the day of the event time given, as far as it has come.
 */
export function reportedDay(input: unknown, eventTime: EpochMs): ReportedDay {
  const { day, scheduledAt } =
    typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  if (day !== undefined) {
    const dayAt = typeof day === 'string' ? parseDay(day) : null;
    return dayAt === null
      ? {
          kind: 'bad',
          problem: `day must be a day in UTC, e.g. {"day":"2026-11-20"} (got ${JSON.stringify(day)})`,
        }
      : { kind: 'day', dayAt };
  }
  const due = typeof scheduledAt === 'string' ? Date.parse(scheduledAt) : Number.NaN;
  // An endpoint that hands over the schedule's placeholder as it is does not know the time it stands for.
  if (Number.isNaN(due)) return { kind: 'day', dayAt: dayStart(eventTime) };
  return { kind: 'day', dayAt: epochMs(dayStart(epochMs(due)) - DAY_MS) };
}

function parseDay(text: string): EpochMs | null {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // 2026-02-31 is read as a day in March.
  return Number.isNaN(at) || isoDay(epochMs(at)) !== text ? null : epochMs(at);
}
