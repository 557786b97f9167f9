import type { Usage } from '../../core/tokens.ts';

/** How the records of one client are read, line by line. */
export interface Format {
  /** Whether a line may matter at all; most are the text of conversations, and reading those as JSON would take minutes. */
  readonly matters: (line: Buffer) => boolean;
  /** Takes a line in; false where it cannot be read. */
  readonly take: (line: Buffer, transcript: Transcript) => boolean;
  /** Whether an answer is written several times, under one id. */
  readonly repeats: boolean;
}

/** What has been read of one record file of a client. */
export interface Transcript {
  /** The folder that the client was started in; null as long as nothing said it. */
  cwd: string | null;
  /** The session's id, and that of the one whose history it begins with. */
  session: string | null;
  forkedFrom: string | null;
  /** The model that answers now. */
  model: string | null;
  /** The counts so far, where a client writes totals. */
  totals: readonly number[] | null;
  usages: Usage[];
  /** Lines that could not be read. */
  malformed: number;
}

export function newTranscript(): Transcript {
  return { cwd: null, session: null, forkedFrom: null, model: null, totals: null, usages: [], malformed: 0 };
}

/** A JSON value's fields; none where it is no object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A count of tokens; 0 where there is none. */
export function countIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

/** Epoch milliseconds of an ISO time; null where it is none. */
export function timeIn(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}

/** The line as a JSON object; null where it is none. */
export function parseLine(line: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
