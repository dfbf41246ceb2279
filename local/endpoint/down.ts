import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopFeeds } from './feeds-on-host.ts';
import { findMinistack, stopMinistack } from './ministack.ts';

export interface DownOptions {
  readonly directory: string;
  /** Also forgets everything that was deployed and traded there. */
  readonly forget: boolean;
  readonly say: (line: string) => void;
}

const ENDED = {
  not_running: 'was not running',
  ended: 'ended',
  killed: 'did not end in time and was killed',
} as const;

/** Ends what `up` started, and nothing that it only found. The endpoint's state stays for the next `up` unless forgotten. */
export async function down({ directory, forget, say }: DownOptions): Promise<void> {
  say(`feeds: ${ENDED[await stopFeeds(directory)]}`);
  const found = findMinistack(directory);
  const how = await stopMinistack(directory);
  say(
    how === 'not_running'
      ? 'endpoint: none was started from here; one that runs otherwise is left alone'
      : `endpoint: MiniStack at ${found?.about} ${ENDED[how]}`,
  );
  rmSync(join(directory, 'tmp'), { recursive: true, force: true });
  if (!forget) return;
  rmSync(join(directory, 'state'), { recursive: true, force: true });
  say('endpoint: its state is forgotten');
}
