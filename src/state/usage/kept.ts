import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from '../../core/tokens.ts';
import { readIfThere, replaceFile } from '../atomic-file.ts';
import { fieldsOf, type Transcript } from './transcript.ts';

/** What was read of a record file up to a byte offset, so that the next command reads on from there: clients only append. */
export interface Kept {
  readonly transcript: Transcript;
  readonly end: number;
}

/** Reading so much anew takes no longer than keeping what it told. */
const WORTH_KEEPING = 256 * 1024;
/** The bytes before the offset by which the same file is known again. */
const CHECKED = 256;

type Row = readonly [id: string | null, at: number, model: number, input: number, output: number, cacheWrite: number, cacheWriteLong: number, cacheRead: number];

interface Packed extends Omit<Transcript, 'usages'> {
  readonly version: 1;
  readonly path: string;
  readonly file: number;
  readonly end: number;
  readonly check: string;
  readonly models: readonly string[];
  readonly rows: readonly Row[];
}

/** What is kept of this file in the folder; null where nothing is, or where the file is not the one that it was. */
export function readKept(folder: string, path: string): Kept | null {
  const text = keptText(folder, path);
  if (text === null) return null;
  try {
    const packed: unknown = JSON.parse(text);
    if (!isPacked(packed) || packed.path !== path) return null;
    const { version: _version, path: _path, file, end, check, models, rows, ...rest } = packed;
    const now = signOf(path, end);
    if (now === null || now.file !== file || now.check !== check) return null;
    const usages = rows.map(([id, at, model, input, output, cacheWrite, cacheWriteLong, cacheRead]): Usage => ({ id, at, model: models[model] ?? 'unknown', input, output, cacheWrite, cacheWriteLong, cacheRead }));
    return { transcript: { ...rest, usages }, end };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether it is what we write: what is no count would make a sum that no budget is ever spent by. */
function isPacked(value: unknown): value is Packed {
  const { version, path, file, end, check, models, rows, cwd, session, forkedFrom, model, totals, malformed } = fieldsOf(value);
  return version === 1 && typeof path === 'string' && isCount(file) && isCount(end) && typeof check === 'string'
    && [cwd, session, forkedFrom, model].every((text) => text === null || typeof text === 'string') && isCount(malformed)
    && (totals === null || (Array.isArray(totals) && totals.every(isCount)))
    && Array.isArray(models) && models.every((name) => typeof name === 'string')
    && Array.isArray(rows) && rows.every((row) => isRow(row, models.length));
}

function isRow(row: unknown, models: number): row is Row {
  if (!Array.isArray(row)) return false;
  const [id, at, model, ...counts] = row as unknown[];
  return (id === null || typeof id === 'string') && Number.isFinite(at) && isCount(model) && model < models && counts.length === 5 && counts.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** A folder that somebody else keeps from us is one in which nothing is. */
function keptText(folder: string, path: string): string | null {
  try {
    return readIfThere(keptFile(folder, path));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

/** Keeps what was read up to that offset, where reading it again would take long; a folder that takes nothing is no fault. */
export function keepTranscript(folder: string, path: string, { transcript, end }: Kept, readFrom: number): void {
  if (end - readFrom < WORTH_KEEPING) return;
  const sign = signOf(path, end);
  if (sign === null) return;
  const models = new Map<string, number>();
  const rows = transcript.usages.map(({ id, at, model, input, output, cacheWrite, cacheWriteLong, cacheRead }): Row => {
    const known = models.get(model) ?? models.size;
    models.set(model, known);
    return [id, at, known, input, output, cacheWrite, cacheWriteLong, cacheRead];
  });
  const { usages: _usages, ...rest } = transcript;
  const packed: Packed = { version: 1, path, ...sign, end, models: [...models.keys()], rows, ...rest };
  try {
    replaceFile(keptFile(folder, path), JSON.stringify(packed), 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function keptFile(folder: string, path: string): string {
  return join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 32)}.json`);
}

/** By what a file is known again; null where it is shorter by now. */
function signOf(path: string, end: number): Pick<Packed, 'file' | 'check'> | null {
  const file = openSync(path, 'r');
  try {
    const { ino, size } = fstatSync(file);
    if (size < end) return null;
    const bytes = Buffer.alloc(Math.min(CHECKED, end));
    const read = readSync(file, bytes, 0, bytes.length, end - bytes.length);
    return { file: ino, check: createHash('sha256').update(bytes.subarray(0, read)).digest('hex') };
  } finally {
    closeSync(file);
  }
}
