/**
 * A change of a clock's offset by more than this is a jump. On recorded lines the quickest message of five seconds moves
 * by 150 ms at most from window to window, and by 870 ms in a stall, so that a second is not the network; and an error below
 * a second is small against the five seconds that make a message late.
 */
export const CLOCK_JUMP_MS = 1_000;

/** The largest difference of one estimation window, and whether it agrees with the estimate or proposes another. */
export interface OffsetLevel {
  readonly kind: 'agrees' | 'dissents';
  readonly differenceMs: number;
}

/** What the messages of one estimation window say against a settled offset, in milliseconds of venue minus receive clock. */
export class OffsetWindow {
  private readonly settledMs: number;
  private agreed = Number.NEGATIVE_INFINITY;
  private most = Number.NEGATIVE_INFINITY;
  private agreeing = 0;
  private leading = 0;

  constructor(settledMs: number) {
    this.settledMs = settledMs;
  }

  add(differenceMs: number): void {
    if (differenceMs > this.most) this.most = differenceMs;
    const change = differenceMs - this.settledMs;
    if (change > CLOCK_JUMP_MS) this.leading += 1;
    else if (change >= -CLOCK_JUMP_MS) {
      this.agreeing += 1;
      if (differenceMs > this.agreed) this.agreed = differenceMs;
    }
  }

  /** The largest difference that agrees so far; minus infinity while none does. */
  get agreedMs(): number {
    return this.agreed;
  }

  /**
   * The window's word, once it has a message. Nothing arrives before it was sent, yet a few wrong stamps can lie ahead:
   * leading messages dissent only where they are more than the agreeing ones, trailing ones only where none agrees.
   */
  level(): OffsetLevel {
    const isDissent = this.leading > this.agreeing || this.agreeing === 0;
    return isDissent
      ? { kind: 'dissents', differenceMs: this.most }
      : { kind: 'agrees', differenceMs: this.agreed };
  }
}
