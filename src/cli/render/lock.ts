import type { Lock } from '../../core/locks.ts';
import { escapeText } from '../../core/text.ts';
import { lockWords } from '../../operations/live-locks.ts';
import type { Locked } from '../../operations/lock.ts';
import type { Style } from './style.ts';

export function renderLocked({ given, renewed }: Locked, style: Style): string {
  const word = renewed === 0 ? 'locked' : renewed === given.length ? 'renewed' : 'locked or renewed';
  return given.map((lock) => `${style.green(word)}  ${line(lock, style)}\n`).join('');
}

export function renderUnlocked(taken: readonly Lock[], style: Style): string {
  if (taken.length === 0) return 'nothing is locked\n';
  return taken.map((lock) => `${style.green('unlocked')}  ${style.bold(escapeText(lock.holder))}  ${escapeText(lock.pattern)}\n`).join('');
}

export function renderLocks(locks: readonly Lock[], style: Style): string {
  if (locks.length === 0) return 'nothing is locked\n';
  return locks.map((lock) => `${line(lock, style)}\n`).join('');
}

function line(lock: Lock, style: Style): string {
  return `${style.bold(escapeText(lock.holder))}  ${escapeText(lock.pattern)}  ${style.dim(escapeText(lockWords(lock)))}`;
}

export function lockJson({ holder, pattern, why, at, until }: Lock): Record<string, unknown> {
  return { holder, pattern, why, at: new Date(at).toISOString(), until: new Date(until).toISOString() };
}
