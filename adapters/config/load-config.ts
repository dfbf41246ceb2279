import type { ConfigIssue, ConfigResult } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import type { Sha256 } from '../../core/ports.ts';
import { locateIssue } from './locate-issue.ts';
import { readText } from './read-text.ts';
import { readYaml } from './read-yaml.ts';

/**
 * Reads and validates a configuration file. Whatever is wrong with it, a missing file included, comes back as issues in
 * words, each with the path of the field or with a place in the file; nothing is thrown.
 */
export function loadConfig(path: string, sha256: Sha256): ConfigResult {
  const file = readText(path, 'give the path of a YAML file with --config FILE');
  if (file.kind === 'unreadable') return invalid([{ path: 'the file', message: file.why }]);
  const yaml = readYaml(file.text);
  if (yaml.kind === 'invalid') return invalid(yaml.issues);
  const result = parseConfig(yaml.value, sha256);
  return result.kind === 'valid'
    ? result
    : invalid(result.issues.map((issue) => locateIssue(issue, yaml.document, yaml.lines)));
}

/** The issues as lines for a terminal, under the name of the file. */
export function formatIssues(path: string, issues: readonly ConfigIssue[]): string {
  const count = issues.length === 1 ? 'one thing' : `${issues.length} things`;
  return [
    `${path}: ${count} to put right`,
    ...issues.map((issue) => `  ${issue.path} ${issue.message.replaceAll(/\s*\n\s*/g, ' ')}`),
    'Every field is described in docs/configuration.md.',
  ].join('\n');
}

const invalid = (issues: readonly ConfigIssue[]): ConfigResult => ({ kind: 'invalid', issues });
