import type { Document } from 'yaml';
import { isAlias, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { ConfigIssue } from '../../core/config/desk-config.ts';

export type YamlResult =
  | {
      readonly kind: 'value';
      readonly value: unknown;
      readonly document: Document.Parsed;
      readonly lines: LineCounter;
    }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

/** More uses of one anchor than a person writes; the limit is what stops a short file that unfolds without end. */
const ALIASES_MAX = 100;
/** Deeper than the schema by far; beyond some thousand levels a reader runs out of stack. */
const DEPTH_MAX = 64;
/** A double keeps every decimal number of this many digits, and not every longer one. */
const DIGITS_MAX = 15;

/** Parses one YAML 1.2 document of plain values; faults come with line and column. */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter();
  if (nesting(text) > DEPTH_MAX)
    return invalid([{ path: 'the file', message: `is nested deeper than ${DEPTH_MAX} levels` }]);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const faults = [...document.errors, ...document.warnings].map((fault) => ({
    path: place(lines, fault.pos[0]),
    message: WORDS[fault.code] ?? `is not valid YAML: ${fault.message}`,
  }));
  if (faults.length > 0) return invalid(faults);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return invalid([{ path: 'the file', message: 'holds no settings; start from deckle.yaml' }]);
  const inexact = inexactNumbers(document, lines);
  if (inexact.length > 0) return invalid(inexact);
  try {
    return { kind: 'value', value: document.toJS({ maxAliasCount: ALIASES_MAX }), document, lines };
  } catch (error) {
    // An alias without its anchor, or one that unfolds beyond the limit.
    const message = error instanceof Error ? error.message : String(error);
    return invalid([{ path: 'the file', message: `uses aliases that cannot be unfolded: ${message}` }]);
  }
}

/** `line 3, column 5`. */
export function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

const invalid = (issues: readonly ConfigIssue[]): YamlResult => ({ kind: 'invalid', issues });

const WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'names a field that this group already has; keep one of the two',
  MULTIPLE_DOCS: 'begins a second document; a desk has one',
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
  TAG_RESOLVE_FAILED: 'carries a tag (!...) that is not known here; write the plain value',
};

/** Numbers whose text a double does not keep: they must come as text, for an amount is exact or it is wrong. */
function inexactNumbers(document: Document.Parsed, lines: LineCounter): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'number' || keepsDigits(node.source ?? '', node.value))
        return;
      issues.push({
        path: place(lines, node.range?.[0] ?? 0),
        message: `has a number that loses digits as written; put it in quotes: '${node.source}'`,
      });
    },
    Node: (_, node) => (isAlias(node) ? visit.SKIP : undefined),
  });
  return issues;
}

function keepsDigits(source: string, value: number): boolean {
  const mantissa = source
    .replace(/e.*$/i, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+/, '');
  // Amounts are read from the number's text, which is no plain decimal once it has an exponent.
  return mantissa.length <= DIGITS_MAX && !String(value).includes('e');
}

/** An upper bound of the nesting without parsing: brackets opened at once, or the steps of indentation on a line. */
function nesting(text: string): number {
  let deepest = 0;
  let open = 0;
  for (const line of text.split('\n')) {
    const indent = /^[ \-?:]*/.exec(line)?.[0] ?? '';
    deepest = Math.max(deepest, indent.replaceAll(/ +/g, ' ').length);
    for (const character of line) {
      if (character === '[' || character === '{') open += 1;
      else if ((character === ']' || character === '}') && open > 0) open -= 1;
      deepest = Math.max(deepest, open);
    }
  }
  return deepest;
}
