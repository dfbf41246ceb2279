import { readFileSync } from 'node:fs';
import { formatIssues, loadConfig } from '../../adapters/config/load-config.ts';
import { readYaml } from '../../adapters/config/read-yaml.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import { CommandError } from './terminal.ts';

/** The configuration in a file. @throws CommandError that lists every issue with its path and the fix. */
export function requireConfig(path: string): DeskConfig {
  const result = loadConfig(path, sha256);
  if (result.kind === 'invalid') throw new CommandError(formatIssues(path, result.issues), 2);
  return result.config;
}

/**
 * The configuration in a file with the document it was written in, as it reads after a way through JSON.
 * @throws CommandError as {@link requireConfig}.
 */
export function requireDocument(path: string): { readonly config: DeskConfig; readonly document: unknown } {
  requireConfig(path);
  const yaml = readYaml(readFileSync(path, 'utf8'));
  if (yaml.kind === 'invalid') throw new CommandError(formatIssues(path, yaml.issues), 2);
  const document: unknown = JSON.parse(JSON.stringify(yaml.value));
  // The file may have been changed since it was checked, and what counts is what is stored.
  const result = parseConfig(document, sha256);
  if (result.kind === 'invalid') throw new CommandError(formatIssues(path, result.issues), 2);
  return { config: result.config, document };
}
