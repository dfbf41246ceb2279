import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseDocument } from 'yaml';
import { recordingSource } from '../../adapters/recordings/recording-source.ts';
import type { SourceFault, SourceItem } from '../../adapters/venues/frame-source.ts';
import { systemTimers } from '../../adapters/venues/session/timers.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import { feedId, type MarketWindow } from '../../core/market/window.ts';
import { FeedPipeline, type PipelineOptions } from '../../fargate/feed-pipeline.ts';
import type { Fault } from '../../local/venue-simulator/faults.ts';
import { type SimServer, startSimServer } from '../../local/venue-simulator/sim-server.ts';
import { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { SIM_VENUES } from '../../local/venue-simulator/sim-venues.ts';

/** A venue on this machine that is busy enough for a short test. */
export function serveVenue(name: string, faults: readonly Fault[] = []): Promise<SimServer> {
  const kind = SIM_VENUES[name];
  if (kind === undefined) throw new Error(`no venue '${name}' is simulated`);
  const listings = kind.listings({ count: 2, stepMs: 25 });
  return startSimServer(
    new SimVenue({ seed: 7, timers: systemTimers, dialect: kind.dialect, listings, faults }),
  );
}

export type Hosts = SimServer['hosts'];

/** The shipped live configuration with venues at other hosts; where it is. */
export function liveConfig(directory: string, hosts: Readonly<Record<string, Hosts>>): string {
  const document = parseDocument(readFileSync(new URL('../../deckle.live.yaml', import.meta.url), 'utf8'));
  for (const [venue, at] of Object.entries(hosts)) document.setIn(['venues', venue, 'hosts'], at);
  const file = join(directory, 'live.yaml');
  writeFileSync(file, document.toString());
  return file;
}

/** How each gzip member of the recorder begins: no name, no time. */
const MEMBER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);

/** A recording's members as bytes; the last of them may be torn. */
export function membersOf(bytes: Buffer): readonly Buffer[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf(MEMBER); at >= 0; at = bytes.indexOf(MEMBER, at + 1)) starts.push(at);
  return starts.map((start, n) => bytes.subarray(start, starts[n + 1] ?? bytes.length));
}

/** The lines of all whole blocks, and how many bytes of a torn one follow them. Knows nothing of the reader. */
export function wholeBlocks(bytes: Buffer): {
  readonly blocks: readonly (readonly string[])[];
  readonly torn: number;
} {
  const members = membersOf(bytes);
  const blocks: string[][] = [];
  for (const [n, member] of members.entries()) {
    try {
      const text = gunzipSync(member).toString('utf8');
      if (!text.endsWith('\n')) throw new Error('a block ends in the middle of a line');
      blocks.push(text.slice(0, -1).split('\n'));
    } catch (error) {
      if (n !== members.length - 1) throw error;
      return { blocks, torn: member.length };
    }
  }
  return { blocks, torn: 0 };
}

type Item = Exclude<SourceItem, SourceFault>;

/** A line as what was said when it was written, by a way of its own. */
export function itemOf(line: string): Item {
  const { receivedAt, venue: wire, channel, raw, url, encoding, connection } = JSON.parse(line);
  if (channel.startsWith('deckle:')) return { wire, receivedAt, ...JSON.parse(raw) };
  return {
    wire,
    receivedAt,
    channel,
    raw,
    ...(url && { url }),
    ...(encoding && { encoding }),
    ...(connection && { connection }),
  };
}

/** How windows are cut wherever they are compared. */
export const reading = (
  ids: readonly InstrumentId[],
): Omit<PipelineOptions, 'need' | 'note' | 'onUpdate'> => ({
  ids,
  instruments: [],
  feedId: feedId('main'),
  windowMs: 1_000,
  depth: 10,
  configHash: '',
  epoch: 0,
});

const pipelineOf = (ids: readonly InstrumentId[]): FeedPipeline =>
  new FeedPipeline({ ...reading(ids), need: () => undefined, note: () => undefined });

/** The windows that close before the last of these items. */
export function windowsOf(items: readonly Item[], ids: readonly InstrumentId[]): readonly MarketWindow[] {
  const pipeline = pipelineOf(ids);
  return items.flatMap((item) => {
    const closed = [...pipeline.windowsBefore(item)];
    pipeline.take(item);
    return closed;
  });
}

export interface Replayed {
  readonly windows: readonly MarketWindow[];
  readonly faults: readonly SourceFault[];
}

/** What a replay of recordings gives. */
export async function replayed(files: readonly string[], ids: readonly InstrumentId[]): Promise<Replayed> {
  const pipeline = pipelineOf(ids);
  const windows: MarketWindow[] = [];
  const faults: SourceFault[] = [];
  for await (const item of recordingSource(files).frames(new AbortController().signal)) {
    if ('reason' in item) {
      faults.push(item);
      continue;
    }
    windows.push(...pipeline.windowsBefore(item));
    pipeline.take(item);
  }
  return { windows, faults };
}

/** How many instruments of all these windows were shown with a proven book. */
export const livePictures = (windows: readonly MarketWindow[]): number =>
  windows.flatMap(({ instruments }) => instruments).filter(({ status }) => status === 'live').length;
