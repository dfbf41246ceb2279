import type { Chaos } from './chaos.ts';
import { runCloud } from './cloud-run.ts';
import { Counts } from './counts.ts';
import { admissions, brokenLaws } from './laws.ts';
import { marketOf, sequentialHash } from './twin.ts';

/** A run judged: the laws it broke, and what happened in it. */
export interface Verdict {
  readonly broken: readonly string[];
  readonly counts: Counts;
}

/**
 * Runs a market in the cloud under chaos and judges it; then has its dead letters done once more, on a calm day, and
 * judges it again.
 */
export async function judge(seed: number, chaos: Chaos): Promise<Verdict> {
  const windows = marketOf(seed);
  const run = await runCloud(windows, seed * 7 + 1, chaos);
  const { desk, sns, stream } = run;
  const counts = new Counts();
  counts.addAll(run.counts);
  const broken: string[] = [];
  // A run in which the trading mode changes is about something else than its sequential twin.
  if (!chaos.halts && !chaos.limits) {
    const same = (await desk.hash()) === (await sequentialHash(seed));
    counts.add(same ? 'same' : 'different');
    if (!same && admissions(run) === 0) broken.push('a silent difference from the sequential run');
  }
  broken.push(...(await brokenLaws(run, windows)));
  broken.push(...stream.putAside.map((one) => `the relay put aside ${one}`));
  counts.add('late', desk.metrics.total('risk_late_total'));
  counts.add('holes', desk.metrics.total('fills_holes_total'));
  counts.add('candlesMissed', desk.metrics.total('signals_holes_total'));
  counts.add('fills', desk.metrics.total('fills_recorded_total'));
  counts.add('guardActions', desk.metrics.total('guard_actions_total'));
  counts.add('alerts', sns.sent.length);
  counts.add('alertsDeduplicated', desk.metrics.total('alerts_deduplicated_total'));
  counts.add('news', run.bus.taken.length);
  for (const account of desk.config.accounts)
    for await (const hole of desk.stored.holes(account.id))
      counts.add('halfWindows', Number(hole.half !== undefined));
  if ((await run.redrive()) > 0) {
    counts.add('redriven');
    for (const one of await brokenLaws(run, windows))
      broken.push(`after the dead letters were redriven: ${one}`);
    for (const one of run.bus.deadLetters) broken.push(`${one.about} is dead again: ${one.reason}`);
  }
  await desk.store.close();
  return { broken, counts };
}
