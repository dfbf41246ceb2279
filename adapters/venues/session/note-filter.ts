import { type EpochMs, MINUTE_MS } from '../../../core/time.ts';

/** What goes on being wrong is said once a minute. */
const REPEAT_MS = MINUTE_MS;
const KEPT_MAX = 64;

/** Lets each note through once a minute. */
export class NoteFilter {
  private readonly said = new Map<string, EpochMs>();

  isNews(detail: string, now: EpochMs): boolean {
    const at = this.said.get(detail);
    if (at !== undefined && now >= at && now - at < REPEAT_MS) return false;
    if (this.said.size >= KEPT_MAX) this.said.clear();
    this.said.set(detail, now);
    return true;
  }
}
