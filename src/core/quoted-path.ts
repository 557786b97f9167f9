import type { RepoPath } from './ids.ts';

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/** The path that git quoted with `core.quotePath`: in double quotes with escapes where it holds more than plain ASCII. */
export function unquotePath(quoted: string): RepoPath {
  const inner = /^"(.*)"$/s.exec(quoted)?.[1];
  if (inner === undefined) return quoted as RepoPath;
  return inner.replace(/\\([0-7]{3}|.)/gs, (_whole, escape: string) =>
    (/^[0-7]{3}$/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8) & 0xff) : (ESCAPES[escape] ?? escape))) as RepoPath;
}
