import { SIDES, SIDE_NAMES, type SideName } from './sides.ts';
import { accessOf, SimFeed, START } from './sim-feed.ts';
import { KEYS } from '../../local/venue-simulator/contract-client.ts';
import type { Fault, FaultEffect } from '../../../local/venue-simulator/faults.ts';

const EFFECTS: Record<string, FaultEffect & {felt?: true}> = {
  gap: { kind: 'gap' }, duplicate: { kind: 'duplicate' }, swap: { kind: 'swap' }, half: { kind: 'garbage', as: 'half' }, letters: { kind: 'garbage', as: 'letters' },
  binary: { kind: 'garbage', as: 'binary' }, no_text: { kind: 'garbage', as: 'no_text' }, oversize: { kind: 'oversize', bytes: 80 << 20 },
  drop: { kind: 'drop', share: 0.1 }, freeze: { kind: 'freeze' }, mute: { kind: 'mute' }, storm: { kind: 'close_storm', everyMs: 2_000 }, shutdown: { kind: 'shutdown' },
  slow: { kind: 'slow_snapshot', byMs: 8_000, felt: true }, late_ack: { kind: 'late_ack', byMs: 6_000, felt: true }, hidden: { kind: 'hidden_refusal', felt: true },
  h429: { kind: 'http', status: 429, retryAfterS: 5, felt: true }, h418: { kind: 'http', status: 418, retryAfterS: 9, felt: true }, h451: { kind: 'http', status: 451, felt: true }, h503: { kind: 'http', status: 503, felt: true },
  hang: { kind: 'http_hang', felt: true }, up503: { kind: 'upgrade', status: 503, felt: true }, up429: { kind: 'upgrade', status: 429, felt: true }, uphang: { kind: 'upgrade', status: 'hang', felt: true },
  region: { kind: 'region' }, skew: { kind: 'clock_skew', byMs: 20_000 }, ids_back: { kind: 'ids_back' }, paused: { kind: 'paused' }, checksum: {kind:'checksum'},
};
const only = process.argv[2]?.split(',') ?? SIDE_NAMES;
const kinds = process.argv[3]?.split(',') ?? Object.keys(EFFECTS);
const atMs = 40_000, forMs = Number(process.argv[4] ?? 10_000);
for (const name of only as SideName[]) for (const k of kinds) {
  const { felt, ...effect } = EFFECTS[k]!;
  const faults: Fault[] = [{ ...effect, atMs, forMs }];
  if (felt) faults.push({ kind: 'close_storm', everyMs: 1000, atMs: atMs + 1, forMs: 1 });
  const t0 = Date.now();
  try {
    const feed = new SimFeed({ seed: 7, sides: [SIDES[name](faults)], access: accessOf(name === 'coinbase-exchange' ? 'exchange' : 'advanced'), keys: { kalshi: KEYS.ed25519 } }).start();
    feed.pass(39_000);
    const before = feed.dead().length; const r0 = Math.max(...feed.ids.map(id => feed.resyncs(id)));
    feed.pass(71_000);
    const last = Math.max(0, ...[...feed.deadAt.values()]) - START - atMs - forMs;
    const r = Math.max(...feed.ids.map(id => feed.resyncs(id))) - r0;
    console.log(`${name.padEnd(18)} ${k.padEnd(10)} before ${before} last dead ${String(last > -forMs ? last : '-').padStart(7)} ms after end; resyncs ${r}; struck ${feed.sides.values().next().value!.sim.faults.struck.length}; wrong ${feed.wrong.length}; missed ${feed.missed}; dead now ${feed.dead().length}; maxAge ${feed.maxAgeMs ?? '?'} (${Date.now() - t0} ms) ${feed.wrong[0] ?? ''}`);
  } catch (e) { console.log(name, k, 'ERR', (e as Error).message); }
}
