import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Answer {
  readonly id: string;
  readonly at: string;
  readonly model: string;
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly cacheWriteLong?: number;
}

/** A line of a Claude Code transcript for a (part of an) answer. */
export function claudeLine(cwd: string, { id, at, model, input = 0, output = 0, cacheRead = 0, cacheWrite = 0, cacheWriteLong = 0 }: Answer, requestId = `req_${id}`): string {
  return JSON.stringify({
    type: 'assistant', cwd, sessionId: 's', timestamp: at, requestId, uuid: `${id}-${output}`,
    message: {
      id, model, role: 'assistant', content: [{ type: 'text', text: 'done' }],
      usage: {
        input_tokens: input, output_tokens: output, cache_read_input_tokens: cacheRead, cache_creation_input_tokens: cacheWrite + cacheWriteLong,
        cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: cacheWriteLong },
      },
    },
  });
}

/** Appends lines to the transcript of a session that was started in `cwd`; returns its path. */
export function writeTranscript(home: string, cwd: string, session: string, lines: readonly string[]): string {
  return append(join(home, '.claude', 'projects', cwd.replace(/[^A-Za-z0-9]/g, '-'), `${session}.jsonl`), lines);
}

/** The totals that a Codex session has counted, as its lines have them. */
export type Totals = readonly [input: number, cached: number, output: number];

export function sessionMeta(id: string, cwd: string, forkedFrom: string | null = null): string {
  return JSON.stringify({ timestamp: '2026-01-01T00:00:00Z', type: 'session_meta', payload: { id, cwd, ...(forkedFrom === null ? {} : { forked_from_id: forkedFrom }) } });
}

export function turnContext(cwd: string, model: string): string {
  return JSON.stringify({ timestamp: '2026-01-01T00:00:00Z', type: 'turn_context', payload: { cwd, model } });
}

/** A line of totals, with what the last answer came to. */
export function tokenCount(at: string, total: Totals, last: Totals): string {
  const counts = ([input, cached, output]: Totals): object => ({ input_tokens: input, cached_input_tokens: cached, output_tokens: output, reasoning_output_tokens: 0, total_tokens: input + output });
  return JSON.stringify({ timestamp: at, type: 'event_msg', payload: { type: 'token_count', info: { total_token_usage: counts(total), last_token_usage: counts(last) } } });
}

export function writeRollout(home: string, session: string, lines: readonly string[]): string {
  return append(join(home, '.codex', 'sessions', '2026', '01', '01', `rollout-2026-01-01T00-00-00-${session}.jsonl`), lines);
}

function append(path: string, lines: readonly string[]): string {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}
