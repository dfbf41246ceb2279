import { systemClock } from '../../adapters/clock.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { type DeskInput, demoInput, liveInput, recordingInput } from '../input.ts';
import type { StartOptions } from '../start.ts';
import { start } from '../start.ts';
import type { CommonOptions } from './cli.ts';
import { requireConfig } from './load.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { readVenueKeys } from './venue-keys.ts';

export interface StartDeskOptions extends CommonOptions {
  readonly config?: string;
  readonly recording?: readonly string[];
  readonly live?: true;
  readonly once?: true;
  readonly fresh?: true;
  readonly windows?: number;
  readonly port: number;
}

/** Configurations that are used unless one is named. */
export const DEMO_CONFIG = 'deckle.yaml';
export const LIVE_CONFIG = 'deckle.live.yaml';

/** A stop that takes longer than this is no clean stop any more. */
const STOP_MS_MAX = 30_000;

/** Where a test harness stands; the program itself gives none. */
export type DeskSeams = NonNullable<StartOptions['seams']>;

/** `start`: the desk until its input is over or Ctrl+C; the exit code. */
export async function startDesk(
  options: StartDeskOptions,
  terminal: Terminal,
  seams?: DeskSeams,
): Promise<number> {
  const isLive = options.live ?? false;
  if (isLive && options.recording)
    throw new CommandError('--live and --recording exclude each other: a desk has one source', 2);
  const config = requireConfig(options.config ?? (isLive ? LIVE_CONFIG : DEMO_CONFIG));
  const input = inputOf(options, config, terminal);
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) return;
    terminal.stderr('stopping: the window in progress is finished first\n');
    stop.abort();
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await start({
      config,
      input,
      directory: options.dir,
      sha256,
      clock: systemClock,
      once: options.once ?? false,
      fresh: options.fresh ?? false,
      json: options.json ?? false,
      windowsMax: options.windows ?? null,
      port: options.port,
      signal: stop.signal,
      ...terminal,
      ...(seams ? { seams } : {}),
    });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** What was asked for on the command line, else what the configuration names. */
function inputOf(options: StartDeskOptions, config: DeskConfig, terminal: Terminal): DeskInput {
  if (options.recording) return recordingInput(options.recording, config);
  if (!options.live && config.feed.source === 'demo') return demoInput(config);
  return liveInput(config, readVenueKeys(process.env), (venue, detail) =>
    terminal.stderr(`  ${venue}: ${detail}\n`),
  );
}
