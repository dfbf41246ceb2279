import { readFileSync, statSync } from 'node:fs';
import type { ConfigIssue, ConfigResult } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import type { Sha256 } from '../../core/ports.ts';
import { locateIssue } from './locate-issue.ts';
import { readYaml } from './read-yaml.ts';

/** A desk's configuration takes a few kilobytes; more is some other file. */
const BYTES_MAX = 1_048_576;

/**
 * Reads and validates a configuration file. Whatever is wrong with it, a missing file included, comes back as issues in
 * words, each with the path of the field or with a place in the file; nothing is thrown.
 */
export function loadConfig(path: string, sha256: Sha256): ConfigResult {
  const file = readText(path);
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

type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly why: string };

function readText(path: string): FileText {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return unreadable('is a directory; name the YAML file in it');
    if (stat.size > BYTES_MAX) return unreadable('is larger than 1 MB; is it the configuration?');
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    if (error instanceof TypeError) return unreadable('is not text in UTF-8; save it as UTF-8');
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return unreadable('does not exist; give the path of a YAML file with --config FILE');
    if (code === 'EACCES' || code === 'EPERM')
      return unreadable('may not be read by this user; change its permissions');
    return unreadable(`could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const unreadable = (why: string): FileText => ({ kind: 'unreadable', why });
