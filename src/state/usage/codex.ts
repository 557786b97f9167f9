import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../../process/run.ts';
import { filesBelow } from './folders.ts';
import { countIn, fieldsOf, parseLine, textIn, timeIn, type Format } from './transcript.ts';

const COUNTS = ['input_tokens', 'cached_input_tokens', 'output_tokens'] as const;

/** Codex's rollouts: totals of the session, written again and again, so that what counts is by how much they grow. */
export const CODEX: Format = {
  repeats: false,
  matters: (line) => line.includes('"session_meta"') || line.includes('"turn_context"') || line.includes('"token_count"'),
  take: (line, transcript) => {
    const record = parseLine(line);
    if (record === null) return false;
    const payload = fieldsOf(record['payload']);
    if (record['type'] === 'session_meta') {
      // The history that a fork begins with has its own.
      transcript.cwd ??= textIn(payload['cwd']);
      transcript.session ??= textIn(payload['id']);
      transcript.forkedFrom ??= textIn(payload['forked_from_id']);
    }
    if (record['type'] === 'turn_context') {
      transcript.cwd ??= textIn(payload['cwd']);
      transcript.model = textIn(payload['model']) ?? transcript.model;
    }
    if (record['type'] !== 'event_msg' || payload['type'] !== 'token_count') return true;
    const info = fieldsOf(payload['info']);
    const [totals, last] = [countsIn(info['total_token_usage']), countsIn(info['last_token_usage'])];
    const at = timeIn(record['timestamp']);
    const grown = growth(transcript.totals, totals, last);
    if (totals !== null) transcript.totals = totals;
    if (at === null || grown === null || grown.every((count) => count <= 0)) return true;
    const [input = 0, cached = 0, output = 0] = grown;
    // A session that was archived may be there twice.
    const id = `${transcript.session ?? ''} ${(totals ?? last ?? []).join(' ')}`;
    transcript.usages.push({ id, at, model: transcript.model ?? 'unknown', input: Math.max(0, input - cached), output: Math.max(0, output), cacheWrite: 0, cacheWriteLong: 0, cacheRead: Math.max(0, cached) });
    return true;
  },
};

/** What came to the totals; the first ones of a session, or ones that fell, may have a history in them, and then the last use counts. */
function growth(before: readonly number[] | null, totals: readonly number[] | null, last: readonly number[] | null): readonly number[] | null {
  if (totals === null) return last;
  if (before === null || totals.some((count, index) => count < (before[index] ?? 0))) return last ?? totals;
  return totals.map((count, index) => count - (before[index] ?? 0));
}

function countsIn(value: unknown): readonly number[] | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = fieldsOf(value);
  return COUNTS.map((name) => countIn(fields[name]));
}

/** All rollouts, in whatever folder their sessions were started. */
export function codexRollouts(env: Env): string[] {
  const home = (env['CODEX_HOME'] ?? '') === '' ? join(env['HOME'] ?? homedir(), '.codex') : (env['CODEX_HOME'] ?? '');
  return ['sessions', 'archived_sessions'].flatMap((name) => filesBelow(join(home, name), (file) => /^rollout-.*\.jsonl$/.test(file)));
}
