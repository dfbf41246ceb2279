import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../adapters/clock.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { storedLedgerHash } from '../../adapters/store/books.ts';
import { readWindowLog } from '../../adapters/window-log/window-log.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { demoInput, knownRules, recordingInput } from '../input.ts';
import { replaySession } from '../replay/replay-session.ts';
import { rerunInMemory } from '../verify.ts';
import type { CommonOptions } from './cli.ts';
import { requireConfig } from './load.ts';
import type { SessionView } from './session-view.ts';
import { openView } from './session-view.ts';
import { replayOnStack } from './stack-replay.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';

interface ReplayOptions extends CommonOptions {
  readonly config: string;
  readonly recording?: readonly string[];
  readonly windows?: true;
}

/** `replay`: the session again in memory, from its frames or from its window log; 0 when the ledger hash is the same. */
export async function replay(options: ReplayOptions, terminal: Terminal): Promise<number> {
  if (options.stack !== undefined) return replayOnStack(options.stack, options, terminal);
  const config = requireConfig(options.config);
  const view = await openView(options.dir, options.session);
  try {
    if (view.identity.configHash !== config.hash)
      throw new CommandError(
        `session ${view.name} was begun with another configuration than ${options.config}; name it with --config`,
      );
    const stored = await storedLedgerHash(view.ledger, view.accounts, sha256);
    const replayed = options.windows
      ? await fromWindows(options, view, config)
      : await fromFrames(options, view, config);
    const same = stored === replayed;
    const from = options.windows ? 'the window log and the recorded decisions' : 'the frames';
    if (options.json)
      terminal.stdout(`${JSON.stringify({ session: view.name, from, stored, replayed, same })}\n`);
    else
      terminal.stdout(
        `${same ? 'the same ledger' : 'ANOTHER LEDGER'} from ${from}: stored ${stored}, replayed ${replayed}\n`,
      );
    return same ? 0 : 1;
  } finally {
    await view.store.close();
  }
}

async function fromFrames(options: ReplayOptions, view: SessionView, config: DeskConfig): Promise<string> {
  const input = options.recording ? recordingInput(options.recording, config) : demoInput(config);
  if (input.session !== view.name)
    throw new CommandError(
      view.name.startsWith('live-')
        ? `session ${view.name} followed live venues, whose frames are not kept; replay it with --windows`
        : view.name.startsWith('recording-')
          ? `session ${view.name} reads a recording; name its files with --recording FILE... (these are ${input.session})`
          : `session ${view.name} is another one than ${input.session}, which the configuration names`,
    );
  const settled = await view.runtime.settled(view.feedId);
  const signal = new AbortController().signal;
  return (await rerunInMemory(config, input, settled?.windows ?? 0, { sha256, clock: systemClock, signal }))
    .ledgerHash;
}

async function fromWindows(options: ReplayOptions, view: SessionView, config: DeskConfig): Promise<string> {
  const path = join(options.dir, 'windows', `${view.name}.jsonl.gz`);
  if (!existsSync(path))
    throw new CommandError(`the window log ${path} is not there; replay from frames instead`);
  const result = await replaySession({
    windows: readWindowLog(path),
    recorded: view.ledger,
    config,
    sha256,
    instrument: knownRules(config, demoInput(config), await view.feeds.rules(view.feedId)),
  });
  return result.ledgerHash;
}
