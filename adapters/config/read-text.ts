import { readFileSync, statSync } from 'node:fs';

/** A configuration takes a few kilobytes; more is some other file. */
const BYTES_MAX = 1_048_576;

export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** The text of a small file; why it cannot be had comes back in words. `hint` says how to name another one. */
export function readText(path: string, hint: string): FileText {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return unreadable('is a directory; name the YAML file in it');
    if (stat.size > BYTES_MAX) return unreadable('is larger than 1 MB; is it the configuration?');
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    if (error instanceof TypeError) return unreadable('is not text in UTF-8; save it as UTF-8');
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return unreadable(`does not exist; ${hint}`);
    if (code === 'EACCES' || code === 'EPERM')
      return unreadable('may not be read by this user; change its permissions');
    return unreadable(`could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const unreadable = (why: string): FileText => ({ kind: 'unreadable', why });
