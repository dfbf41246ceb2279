import { dirname } from 'node:path';
import { makeFolder } from '../../adapters/make-folder.ts';
import type { Alert, AlertSender } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import { openLineFile } from './line-file.ts';

export interface OutboxOptions {
  /** One line of JSON per alert. The desk and the guard both append to it. */
  readonly path: string;
  /** Gets one readable line per alert. */
  readonly terminal?: (line: string) => void;
}

/**
 * Alerts for a person at this machine. An alert is sent once the disk has its line; where that fails the person at the
 * terminal still reads it, and the error tells the bus to deliver again.
 */
export function createOutbox({ path, terminal }: OutboxOptions): AlertSender {
  return {
    async send(alert) {
      terminal?.(alertLine(alert));
      makeFolder(dirname(path));
      const file = openLineFile(path);
      try {
        file.append(JSON.stringify({ time: isoTime(alert.at), ...alert }));
        file.sync();
      } finally {
        file.close();
      }
    },
  };
}

/** `ALERT critical 2026-11-21T09:00:00.000Z Trading halted: what happened, whom it hurts, what to do`. */
export function alertLine({ at, cleared, severity, title, text }: Alert): string {
  const line = `${cleared ? 'CLEARED' : 'ALERT'} ${severity} ${isoTime(at)} ${title}: ${text}`;
  // Control characters could clear a terminal or forge a second line.
  return line.replaceAll(/[\s\p{Cc}]+/gu, ' ');
}
