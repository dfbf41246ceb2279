import type { Gathered } from './facts.ts';

/** One thing that was checked. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found. */
  readonly detail: string;
  /** What puts it right, a command where there is one; null when nothing has to be done. */
  readonly fix: string | null;
}

export const well = (check: string, detail: string): Finding => ({ check, ok: true, detail, fix: null });
export const amiss = (check: string, detail: string, fix: string): Finding => ({
  check,
  ok: false,
  detail,
  fix,
});

/** Judges what is known; what could not be had is a finding by itself. */
export const judged = <T>(check: string, gathered: Gathered<T>, judge: (value: T) => Finding): Finding =>
  gathered.kind === 'known'
    ? judge(gathered.value)
    : amiss(check, gathered.why, 'Put that right, and run deploy-check again');
