import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Lock } from '../core/locks.ts';
import { escapeText } from '../core/text.ts';
import { readIfThere, replaceFile } from './atomic-file.ts';
import type { Layout } from './layout.ts';

/**
 * Tells the hooks which locks live, four lines each: holder, end in seconds, pattern, words for people. No lock, no file.
 * False where they know already.
 */
export function writeLockedFile(layout: Layout, locks: readonly Lock[], wordsOf: (lock: Lock) => string): boolean {
  const path = join(layout.root, 'locked');
  const text = locks.map((lock) => [lock.holder, String(Math.ceil(lock.until / 1000)), lock.pattern, wordsOf(lock)].map((line) => `${escapeText(line)}\n`).join('')).join('');
  if (text === (readIfThere(path) ?? '')) return false;
  if (text === '') rmSync(path, { force: true });
  else replaceFile(path, text);
  return true;
}
