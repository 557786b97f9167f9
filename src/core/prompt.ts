import { usageError } from './errors.ts';
import { plural } from './text.ts';

/** Bytes of a prompt at most: one argument of a program may have 128 KiB. */
export const LONGEST_PROMPT = 64 * 1024;

// A terminal's keys and the end of a bracketed paste begin with such a character: it would be typed, not read.
const TYPED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;

/** The text as it is given to a client: lines end in a line feed. Errors: `prompt-empty`, `prompt-too-long`, `prompt-control` (usage). */
export function promptText(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n');
  if (lines.trim() === '') throw usageError('prompt-empty', 'the text is empty');
  const bytes = new TextEncoder().encode(lines).length;
  if (bytes > LONGEST_PROMPT) throw usageError('prompt-too-long', `the text has ${plural(bytes, 'byte')}, and ${LONGEST_PROMPT} are the most`, 'put it into a file in the worktree, and name that');
  if (TYPED.test(lines)) throw usageError('prompt-control', 'the text has control characters in it, which a terminal would take for keys', 'leave them out');
  return lines;
}
