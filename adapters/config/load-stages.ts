import type { StagesResult } from '../../core/config/stages.ts';
import { parseStages } from '../../core/config/stages.ts';
import { locateIssue } from './locate-issue.ts';
import { readText } from './read-text.ts';
import { readYaml } from './read-yaml.ts';

/**
 * Reads and validates the stages file (`stages.yaml` beside the CDK app). Whatever is wrong with it, a missing file
 * included, comes back as issues in words, each with its field and line; nothing is thrown.
 */
export function loadStages(path: string): StagesResult {
  const file = readText(path, 'it comes with Deckle: take it back from the repository');
  if (file.kind === 'unreadable')
    return { kind: 'invalid', issues: [{ path: 'the file', message: file.why }] };
  const yaml = readYaml(file.text);
  if (yaml.kind === 'invalid') return yaml;
  const result = parseStages(yaml.value);
  if (result.kind === 'valid') return result;
  const issues = result.issues.map((issue) => locateIssue(issue, yaml.document, yaml.lines));
  return { kind: 'invalid', issues };
}
