import { formatIssues, loadConfig } from '../../adapters/config/load-config.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { CommandError } from './terminal.ts';

/** The configuration in a file. @throws CommandError that lists every issue with its path and the fix. */
export function requireConfig(path: string): DeskConfig {
  const result = loadConfig(path, sha256);
  if (result.kind === 'invalid') throw new CommandError(formatIssues(path, result.issues), 2);
  return result.config;
}
