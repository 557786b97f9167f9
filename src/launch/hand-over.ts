import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, readSync, rmSync, rmdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AiteamError, refusal } from '../core/errors.ts';
import { isMissing } from '../state/atomic-file.ts';
import { run, type Env } from '../process/run.ts';

/** What a process that we do not start ourselves is given by us, past everybody else. */
export interface Handed {
  /** Values of variables, keys among them. */
  readonly values: Readonly<Record<string, string>>;
  readonly prompt: string | null;
}

/** What is offered to one process, until it has taken it or we withdraw it. */
export interface Offer {
  readonly folder: string;
  readonly isTaken: () => boolean;
  readonly withdraw: () => void;
}

const PIPE = 'values';
const PROMPT = 'prompt';

/**
 * Offers it in a new folder that nobody else may enter. The values stand in a named pipe that is held open here, so they are on
 * no disk, and gone with this process. Errors: `hand-over` where they do not fit into a pipe.
 */
export async function offer(folder: string, handed: Handed, env: Env): Promise<Offer> {
  mkdirSync(folder, { mode: 0o700 });
  const pipe = join(folder, PIPE);
  await run('mkfifo', ['-m', '600', pipe], { cwd: folder, env });
  if (handed.prompt !== null) writeFileSync(join(folder, PROMPT), handed.prompt, { mode: 0o600, flag: 'wx' });
  // Open in both directions, it waits for no reader.
  const file = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const message = Buffer.from(`${JSON.stringify(handed.values)}\n`);
  if (writeAll(file, message) !== message.length) {
    closeSync(file);
    throw refusal('hand-over', 'the values of the provider\'s variables are too long to hand over', 'aiteam exec AGENT in a terminal needs no handing over');
  }
  return { folder, isTaken: () => !existsSync(folder), withdraw: () => { closeSync(file); rmSync(folder, { recursive: true, force: true }); } };
}

function writeAll(file: number, message: Buffer): number {
  try {
    return writeSync(file, message);
  } catch {
    return 0;
  }
}

/** What was offered in the folder. Errors: `hand-over` where nothing is offered any more. */
export function take(folder: string): Handed {
  try {
    const file = openSync(join(folder, PIPE), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return { values: readValues(file), prompt: existsSync(join(folder, PROMPT)) ? readFileSync(join(folder, PROMPT), 'utf8') : null };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) throw gone();
    throw error;
  }
}

/** Tells the other side that all was taken, and leaves nothing behind. */
export function taken(folder: string): void {
  for (const name of [PIPE, PROMPT]) rmSync(join(folder, name), { force: true });
  if (existsSync(folder)) rmdirSync(folder);
}

/** All was written before anybody reads. */
function readValues(file: number): Record<string, string> {
  const buffer = Buffer.alloc(1 << 20);
  let length = 0;
  while (!buffer.subarray(0, length).includes('\n')) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    if (read === 0) throw gone();
    length += read;
  }
  const values: unknown = JSON.parse(buffer.toString('utf8', 0, length));
  if (typeof values !== 'object' || values === null) throw gone();
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function gone(): AiteamError {
  return refusal('hand-over', 'the command that opened this window has gone, and the key with it', 'aiteam up starts it anew');
}
