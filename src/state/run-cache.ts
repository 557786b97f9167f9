import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing, namesIn, replaceFile } from './atomic-file.ts';

/** What a command printed and how it ended. */
export interface KeptRun {
  readonly exitCode: number;
  /** The agent that ran it; null for a person. */
  readonly agent: string | null;
  /** When it ended, epoch milliseconds, and how long it took. */
  readonly at: number;
  readonly ms: number;
  /** 1 for stdout, 2 for stderr, in the order in which it came. */
  readonly output: readonly (readonly [stream: 1 | 2, bytes: Uint8Array])[];
}

/** The first line of an entry; the output follows it. */
interface Header extends Omit<KeptRun, 'output'> {
  readonly version: 1;
  readonly pieces: readonly (readonly [stream: 1 | 2, length: number])[];
}

/** The result that is kept under this key, which then counts as newly used; null where there is none, or only a damaged one. */
export function readKept(folder: string, key: string): KeptRun | null {
  const file = join(folder, key);
  try {
    // A pipe would be waited for.
    const run = lstatSync(file).isFile() ? parse(readFileSync(file)) : null;
    if (run === null) rmSync(file, { recursive: true, force: true });
    else utimesSync(file, new Date(), new Date());
    return run;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Keeps a result; then those that were not used for longest go, until all together have at most `limit` bytes. */
export function keep(folder: string, key: string, run: KeptRun, limit: number): void {
  const { output, exitCode, agent, at, ms } = run;
  const header: Header = { version: 1, exitCode, agent, at, ms, pieces: output.map(([stream, bytes]) => [stream, bytes.length]) };
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...output.map(([, bytes]) => bytes)]);
  replaceFile(join(folder, key), Buffer.concat([Buffer.from(`${hashOf(content)}\n`), content]), 0o600);
  dropOldest(folder, limit);
}

function parse(content: Buffer): KeptRun | null {
  const start = content.indexOf('\n') + 1;
  if (start === 0 || content.subarray(0, start - 1).toString('latin1') !== hashOf(content.subarray(start))) return null;
  const end = content.indexOf('\n', start);
  const header = readHeader(content.subarray(start, end).toString('utf8'));
  if (header === null || header.pieces.reduce((sum, [, length]) => sum + length, end + 1) !== content.length) return null;
  const { exitCode, agent, at, ms, pieces } = header;
  let from = end + 1;
  const output = pieces.map(([stream, length]) => [stream, content.subarray(from, from += length)] as const);
  return { exitCode, agent, at, ms, output };
}

/** Null where it is none of ours: whoever can write there can give it the right hash. */
function readHeader(text: string): Header | null {
  try {
    const header = JSON.parse(text) as Header | null;
    const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
    const isWhole = header?.version === 1 && [header.exitCode, header.at, header.ms].every(isCount) && header.exitCode <= 255
      && (header.agent === null || typeof header.agent === 'string') && header.pieces.every(([stream, length]) => [1, 2].includes(stream) && isCount(length));
    return isWhole ? header : null;
  } catch {
    return null;
  }
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function dropOldest(folder: string, limit: number): void {
  const files = namesIn(folder).flatMap((name) => {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ path: join(folder, name), size: stats.size, at: stats.mtimeMs }] : [];
  });
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.toSorted((a, b) => a.at - b.at)) {
    if (total <= limit) return;
    rmSync(path, { force: true });
    total -= size;
  }
}
