import type { Alert, AlertSender } from '../../core/ports.ts';
import type { Counts } from './counts.ts';

/** Where alerts arrive. A share of the calls fails, half of those after the message was sent. */
export class SimulatedSns implements AlertSender {
  readonly sent: Alert[] = [];
  readonly #unsent: number;
  readonly #random: () => number;
  readonly #counts: Counts;
  #isCalm = false;

  constructor(unsent: number, random: () => number, counts: Counts) {
    this.#unsent = unsent;
    this.#random = random;
    this.#counts = counts;
  }

  calm(): void {
    this.#isCalm = true;
  }

  async send(alert: Alert): Promise<void> {
    const fails = !this.#isCalm && this.#random() < this.#unsent;
    if (!fails || this.#random() < 0.5) this.sent.push(alert);
    if (!fails) return;
    this.#counts.add('sns.refused');
    throw new Error('the topic refused the message');
  }
}
