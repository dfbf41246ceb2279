import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isFilteredRecording } from '../../adapters/recordings/filtered-recording.ts';
import { recordingSource } from '../../adapters/recordings/recording-source.ts';
import { type Frame, isFrame, POLL } from '../../adapters/venues/frame-source.ts';
import type { WireId } from '../../adapters/venues/wire.ts';
import { type EpochMs, epochMs, SECOND_MS } from '../../core/time.ts';
import { looseRules } from '../../local/feed-check/loose-rules.ts';
import { isSimulated, START, scriptOf, simulatedWorld, type World } from '../simulated-world.ts';

const { DECKLE_RECORDINGS: FOLDER = '../shared/data' } = process.env;
const RECORDED: Readonly<
  Partial<Record<WireId, readonly (readonly [name: string, symbols: readonly string[]])[]>>
> = {
  'binance-spot': [
    ['binance/spot-btcusdt-20240808', ['BTCUSDT']],
    ['binance/spot-4sym-20211012', ['NKNUSDT', 'BLZETH', 'LRCBTC', 'RUNEEUR']],
  ],
  'coinbase-advanced': [['coinbase/advanced-btc-eth-20260809', ['BTC-USD', 'ETH-USD']]],
  kalshi: [
    ['kalshi/gold15m-26aug101815', ['KXGOLD15M-26AUG101815-15']],
    ['kalshi/btc15m-20260511-1217', ['KXBTC15M-26MAY110830-30', 'KXBTC15M-26MAY110845-45']],
  ],
};
/** All that can bring frames of a wire; each gets an equal share. */
export async function worldsOf(wire: WireId, seed: number): Promise<World[]> {
  const worlds: World[] = [];
  if (isSimulated(wire)) worlds.push(simulatedWorld(wire, seed));
  for (const [name, symbols] of RECORDED[wire] ?? []) {
    const world = await recordedWorld(wire, name, symbols);
    if (world !== undefined) worlds.push(world);
  }
  if (wire === 'espn') worlds.push(scoresWorld());
  return worlds;
}

/** Lists of everything that a venue has are long, and each fresh start would read them anew. */
const LENGTH_MAX = 300_000;
/** Levels that are kept of each side of Coinbase's pictures, which hold tens of thousands. */
const LEVELS_MAX = 500;
/** After a reader asked for a picture, the recording begins anew on a new connection, as a reconnect would bring one. */
const BEGIN_ANEW = 40;

async function recordedWorld(
  wire: WireId,
  name: string,
  symbols: readonly string[],
): Promise<World | undefined> {
  const path = join(FOLDER, `${name}.jsonl.gz`);
  if (!existsSync(path)) return undefined;
  const frames: Frame[] = [];
  for await (const item of recordingSource([path]).frames(new AbortController().signal))
    if (isFrame(item) && item.wire === wire)
      frames.push(item.channel === 'l2_data' ? withFewLevels(item) : item);
  const instruments = symbols.map((symbol) => looseRules(wire, symbol));
  const short = frames.filter(({ raw }) => raw.length < LENGTH_MAX);
  const isFiltered = wire === 'kalshi' && (await isFilteredRecording([path]));
  return {
    ...loop(wire, short),
    name: `recording ${name}`,
    isFiltered,
    instruments,
    ids: instruments.map(({ id }) => id),
    script: scriptOf(wire, symbols),
  };
}

function withFewLevels(frame: Frame): Frame {
  if (frame.raw.length < LENGTH_MAX) return frame;
  const message = JSON.parse(frame.raw);
  for (const event of message.events) {
    const sides = Object.values(Object.groupBy(event.updates, ({ side }: { side: string }) => side));
    event.updates = sides.flatMap((levels) => levels?.slice(0, LEVELS_MAX) ?? []);
  }
  return { ...frame, raw: JSON.stringify(message) };
}

/** Frames again and again, each round on a connection of its own and a second after the one before. */
function loop(wire: WireId, frames: readonly Frame[], onOne?: string): Pick<World, 'need' | 'run'> {
  let left = Number.POSITIVE_INFINITY;
  return {
    need: ({ kind }) => {
      if (kind !== 'candles') left = Math.min(left, BEGIN_ANEW);
    },
    run: (take, isEnough) => {
      let now: EpochMs = START;
      for (let round = 0; !isEnough(); round += 1) {
        const connection = onOne ?? `c${round}`;
        const before = `c${round - 1}`;
        const [first] = frames;
        if (onOne === undefined) {
          if (round > 0) take({ wire, receivedAt: now, connection: before, change: 'lost', detail: 'again' });
          take({ wire, receivedAt: now, connection, change: 'opened', detail: 'again' });
        }
        left = Number.POSITIVE_INFINITY;
        const shift = now - (first?.receivedAt ?? 0);
        for (const frame of frames) {
          now = epochMs(Math.max(now, frame.receivedAt + shift));
          take({ ...frame, receivedAt: now, connection });
          left -= 1;
          if (left < 0 || isEnough()) break;
        }
        now = epochMs(now + SECOND_MS);
      }
    },
  };
}

const SCORES = [
  ['nfl', 'nfl-scoreboard-20220911'],
  ['mlb', 'mlb-scoreboard-20220917'],
] as const;

/** Recorded scoreboards, cut to one or two of their games each so that a round is quick. */
function scoresWorld(): World {
  const frames: Frame[] = [];
  for (const [league, name] of SCORES) {
    const path = join(FOLDER, 'espn', `${name}.json.gz`);
    if (!existsSync(path)) continue;
    const whole = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'));
    for (const [n, event] of whole.events.entries())
      for (const events of [[event], [event, whole.events.at(n - 1)]])
        frames.push({
          wire: 'espn',
          receivedAt: epochMs(START + frames.length * SECOND_MS),
          channel: `rest:scoreboard:${league}`,
          raw: JSON.stringify({ ...whole, events }),
        });
    frames.push({
      wire: 'espn',
      receivedAt: epochMs(START + frames.length * SECOND_MS),
      channel: `rest:scoreboard-unchanged:${league}`,
      raw: '',
    });
  }
  return {
    ...loop('espn', frames, POLL),
    name: 'recorded scoreboards',
    isFiltered: false,
    script: () => undefined,
    instruments: [],
    ids: [],
  };
}
