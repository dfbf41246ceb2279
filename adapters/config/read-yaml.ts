import type { Document, YAMLError } from 'yaml';
import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
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
/** A configuration is six levels deep; a line indented further than this is none of ours, and would only cost the parser its stack. */
const INDENT_MAX = 200;
/** A double keeps every decimal number of this many digits, and not every longer one. */
const DIGITS_MAX = 15;

/** Parses one YAML 1.2 document of plain values; faults come with line and column. */
export function readYaml(text: string): YamlResult {
  try {
    return parseText(text);
  } catch (error) {
    // What is nested almost too deeply to parse may be too deep to walk.
    if (error instanceof RangeError) return invalid([TOO_DEEP]);
    throw error;
  }
}

const TOO_DEEP: ConfigIssue = { path: 'the file', message: 'is nested too deeply; is it the configuration?' };

function parseText(text: string): YamlResult {
  if (text.split('\n').some((line) => line.search(/[^ ]/) > INDENT_MAX)) return invalid([TOO_DEEP]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const faults = [...document.errors, ...document.warnings];
  if (faults.some((fault) => fault.code === 'RESOURCE_EXHAUSTION')) return invalid([TOO_DEEP]);
  if (faults.length > 0) return invalid(faults.map((fault) => faultWords(fault, lines)));
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return invalid([{ path: 'the file', message: 'holds no settings; start from deckle.yaml' }]);
  const inexact = inexactNumbers(document, lines);
  if (inexact.length > 0) return invalid(inexact);
  try {
    return { kind: 'value', value: document.toJS({ maxAliasCount: ALIASES_MAX }), document, lines };
  } catch (error) {
    // An alias without its anchor, or one that unfolds beyond the limit.
    if (!(error instanceof ReferenceError)) throw error;
    return invalid([{ path: 'the file', message: `uses aliases that cannot be unfolded: ${error.message}` }]);
  }
}

const faultWords = (fault: YAMLError, lines: LineCounter): ConfigIssue => ({
  path: place(lines, fault.pos[0]),
  message: WORDS[fault.code] ?? `is not valid YAML: ${fault.message}`,
});

/** `line 3, column 5`. */
function place(lines: LineCounter, offset: number): string {
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
