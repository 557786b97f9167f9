import type { RepoPath } from './ids.ts';

// C0, DEL, C1; soft hyphen; zero-width and bidirectional marks; line and paragraph separators; byte-order mark; tags.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** The text on one line with nothing in it that a terminal or a log reader acts on; `\n` becomes the two characters `\n`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The text with line breaks and tabs kept and everything else that a terminal acts on escaped. */
export function escapeBlock(text: string): string {
  return text.replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? character : escapeCharacter(character)));
}

/** The value as indented JSON in which everything that a terminal acts on is an escape: JSON.stringify leaves some of it as it is. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNSAFE, (character) => (character === '\n' ? character : escapeUnits(character)));
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/** Text cut to at most `width` characters, with `…` where something was cut. */
export function truncate(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** The path as one line of text: UTF-8 where it is that, the bytes as `\xNN` otherwise, control characters escaped. */
export function showPath(path: RepoPath): string {
  return escapeText(decodeBytes(path));
}

/** Bytes (one character each) as text: UTF-8 where it is that, `\xNN` for each byte above ASCII otherwise. */
export function decodeBytes(bytes: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  } catch {
    return bytes.replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  }
}

/** Text as UTF-8 bytes, one character each. */
export function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** A text as a word of a command to paste: in single quotes where a shell would read more into it. */
export function shellWord(text: string): string {
  const shown = escapeText(text);
  return /^[\p{L}\p{N}._/+@=,%:-]+$/u.test(shown) ? shown : shellQuote(shown);
}

/** The very text as one word of sh, bash or zsh, whatever is in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `1 file`, `2 files`; `plural(2, 'branch', 'branches')`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
