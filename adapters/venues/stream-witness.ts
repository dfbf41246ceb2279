import type { EpochMs } from '../../core/time.ts';

/** REST answers lag behind streams by seconds and never lead them by more than a message under way. */
const PATIENCE_MS = 5_000;

/**
 * Pictures asked for beside a stream, as witnesses of it: what a picture shows at an update id, the stream has to bring
 * soon. A stream that does not is not quiet but dead, though its socket answers.
 */
export class StreamWitness {
  private shownId = -1;
  private shownAt = 0;

  /** A picture showed the venue at `lastId` while the stream had come to `streamId`. */
  see(lastId: number, streamId: number, now: EpochMs): void {
    if (this.shownId >= 0 || lastId <= streamId) return;
    this.shownId = lastId;
    this.shownAt = now;
  }

  /** What the stream has failed to bring in time, in words and once; undefined while nothing is proven. */
  verdict(streamId: number, now: EpochMs): string | undefined {
    if (this.shownId < 0 || (streamId < this.shownId && now - this.shownAt < PATIENCE_MS)) return undefined;
    const { shownId } = this;
    this.forget();
    return streamId < shownId
      ? `the venue was at update ${shownId} while the stream stopped at ${streamId}`
      : undefined;
  }

  forget(): void {
    this.shownId = -1;
  }
}
