import type { GameState, League } from '../../../core/market/game.ts';
import { GameWatch } from '../../../core/market/game-watch.ts';
import type { Instrument, InstrumentId } from '../../../core/market/instrument.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { FollowChange, Frame } from '../frame-source.ts';
import { short } from '../session/http-words.ts';
import { noFrameCounts, type ReaderPorts, type VenueReader } from '../venue-reader.ts';
import { isLeague, readChannel, type ScoreChannel } from './channel.ts';
import { readingOf } from './frame-reading.ts';
import type { GameProblem, GameProblemKind } from './mapper.ts';

/** Names of channels that are none of ours; more of them are counted together. */
const UNKNOWN_MAX = 32;
/** Problems told: each poll shows them anew. */
const TOLD_MAX = 256;

/** What was read of one league. */
interface ReadLeague {
  readonly watch: GameWatch;
  games: readonly GameState[];
  at: EpochMs;
}

/** Reads scoreboards and tells what changed of each game from one to the next. It has no instruments and needs nothing. */
export class ScoreReader implements VenueReader {
  readonly wire = 'espn';
  readonly frames = noFrameCounts();
  readonly messages = new Map<string, number>();
  readonly unknown = new Map<string, number>();
  readonly listed: ReadonlySet<string> = new Set();
  /** What was wrong with single games, once for each answer that showed it. */
  readonly problems = new Map<GameProblemKind, number>();
  private readonly ports: ReaderPorts;
  private readonly leagues = new Map<League, ReadLeague>();
  private readonly unfollowed = new Set<League>();
  private readonly told = new Set<string>();

  constructor(ports: ReaderPorts) {
    this.ports = ports;
  }

  read(frame: Frame): void {
    this.frames.frames += 1;
    const channel = readChannel(frame.channel);
    if (channel === undefined) this.countUnknown(short(frame.channel));
    else if (this.unfollowed.has(channel.league)) {
      this.frames.unfollowed += 1;
      grow(this.messages, nameOf(channel));
    } else if (channel.isUnchanged) this.readUnchanged(channel, frame.receivedAt);
    else this.readWhole(channel, frame);
  }

  /** Scores rest on no sequence: a connection that ends takes nothing with it. */
  changeConnection(): void {}

  changeVenue(): void {}

  changeFollowed({ follow, unfollow }: FollowChange): void {
    for (const league of follow.filter(isLeague)) this.unfollowed.delete(league);
    for (const league of unfollow.filter(isLeague)) {
      this.unfollowed.add(league);
      this.leagues.delete(league);
    }
  }

  /** Games have no books. */
  prove(): void {}

  tick(): void {}

  followed(): Iterable<FollowedInstrument> {
    return [];
  }

  bookOf(): undefined {
    return undefined;
  }

  quality(): ReadonlyMap<InstrumentId, Readonly<QualityCounts>> {
    return new Map();
  }

  instruments(): readonly Instrument[] {
    return [];
  }

  private readWhole(channel: ScoreChannel, frame: Frame): void {
    const { league } = channel;
    const reading = readingOf(league, frame);
    if (reading.kind === 'refused') {
      this.frames.malformed += 1;
      this.ports.note({ kind: 'malformed', detail: `${league} scoreboard: ${short(reading.detail)}` });
      return;
    }
    grow(this.messages, nameOf(channel));
    for (const problem of reading.problems) this.countProblem(league, problem);
    this.observe(league, reading.games, frame.receivedAt);
  }

  /** It says that what was read last is still right; a recording may begin with it, and then it says nothing. */
  private readUnchanged(channel: ScoreChannel, at: EpochMs): void {
    grow(this.messages, nameOf(channel));
    const known = this.leagues.get(channel.league);
    if (known !== undefined) this.observe(channel.league, known.games, at);
  }

  private observe(league: League, games: readonly GameState[], receivedAt: EpochMs): void {
    const known = this.leagues.get(league) ?? { watch: new GameWatch(league), games, at: receivedAt };
    this.leagues.set(league, known);
    known.games = games;
    // Receive times of a foreign recording may go back.
    known.at = epochMs(Math.max(known.at, receivedAt));
    for (const update of known.watch.observe(games, known.at)) this.ports.emit({ kind: 'game', update });
  }

  private countProblem(league: League, { kind, gameId, detail }: GameProblem): void {
    grow(this.problems, kind);
    const key = `${league} ${gameId ?? detail} ${kind}`;
    if (this.told.has(key)) return;
    if (this.told.size >= TOLD_MAX) this.told.clear();
    this.told.add(key);
    const isUnknown = kind === 'unknown_team' || kind === 'unknown_status';
    this.ports.note({
      kind: isUnknown ? 'unknown' : 'malformed',
      detail: short(`${league} game ${gameId ?? '?'}: ${detail}`),
    });
  }

  private countUnknown(channel: string): void {
    const isRoom = this.unknown.has(channel) || this.unknown.size < UNKNOWN_MAX;
    grow(this.unknown, isRoom ? channel : 'others');
    this.ports.note({ kind: 'unknown', detail: `scores on '${channel}'` });
  }
}

/** Reads ESPN's scoreboards; all leagues that come, until one is told not to be followed any more. */
export const espnReader = (ports: ReaderPorts): ScoreReader => new ScoreReader(ports);

const nameOf = ({ isUnchanged }: ScoreChannel): string =>
  isUnchanged ? 'scoreboard-unchanged' : 'scoreboard';

function grow<T>(counts: Map<T, number>, name: T): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
