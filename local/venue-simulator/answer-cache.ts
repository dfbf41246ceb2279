import type { SimAnswer } from './sim-dialect.ts';

/** Answers as a network's edge keeps them: the same one to the same question for a while, with its age. */
export class AnswerCache {
  private readonly ms: number;
  private readonly kept = new Map<string, { readonly at: number; readonly answer: SimAnswer }>();

  constructor(ms: number) {
    this.ms = ms;
  }

  get(question: string, now: number, make: () => SimAnswer): SimAnswer {
    const known = this.kept.get(question);
    if (known !== undefined && now - known.at < this.ms) return aged(known.answer, now - known.at);
    for (const [old, { at }] of this.kept) if (now - at >= this.ms) this.kept.delete(old);
    const answer = make();
    if (answer.status === 200) this.kept.set(question, { at: now, answer });
    return aged(answer, 0);
  }
}

const aged = (answer: SimAnswer, ms: number): SimAnswer => ({
  ...answer,
  headers: { ...answer.headers, age: `${Math.floor(ms / 1_000)}` },
});
