import type { Document, LineCounter } from 'yaml';
import { isNode } from 'yaml';
import type { ConfigIssue } from '../../core/config/desk-config.ts';

/** Adds the line to an issue's path where the field, or the group that lacks it, is in the file. */
export function locateIssue(issue: ConfigIssue, document: Document.Parsed, lines: LineCounter): ConfigIssue {
  const offset = offsetOf(document, pathParts(issue.path));
  return offset === null ? issue : { ...issue, path: `${issue.path} (line ${lines.linePos(offset).line})` };
}

/** `accounts[0].limits` as keys; a name with a dot in it is not found and stays without a line. */
function pathParts(path: string): (string | number)[] {
  return path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function offsetOf(document: Document.Parsed, parts: readonly (string | number)[]): number | null {
  for (let length = parts.length; length > 0; length -= 1) {
    const node = document.getIn(parts.slice(0, length), true);
    // A group starts at its first field: for one that is missing there, that is the nearest place.
    if (isNode(node) && node.range) return node.range[0];
  }
  return null;
}
