import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { ago } from '../../core/ago.ts';
import { refusal } from '../../core/errors.ts';
import { escapeText, plural, showPath } from '../../core/text.ts';
import { contentOf, treeState, type Content } from '../../git/work-tree-id.ts';
import { quarantine } from '../../git/quarantine.ts';
import { resolveCommit } from '../../git/refs.ts';
import type { Repository } from '../../git/repository.ts';
import { keyShownIn } from '../../launch/environment.ts';
import type { AttachedOutcome } from '../../process/run-attached.ts';
import { errorCode } from '../../process/run.ts';
import { layoutOf } from '../../state/layout.ts';
import { keep, readKept, type KeptRun } from '../../state/run-cache.ts';
import { drawTicket } from '../../state/tickets.ts';
import { VERSION } from '../../version.ts';
import { doing, type Context } from '../context.ts';
import { isExpectedFailure } from '../expected-failure.ts';
import { keyNames } from '../key-names.ts';
import type { Here } from './here.ts';
import { heldSlots, shownCommand, waitForTurn } from './slot.ts';

/** Gets what a command prints, 1 for stdout and 2 for stderr. */
export type Output = (stream: 1 | 2, chunk: Uint8Array) => Promise<void>;

export interface Caching {
  /** Pathspecs of the files that the result depends on; none: all that git does not ignore. */
  readonly inputs: readonly string[];
  /** Variables that the result depends on. */
  readonly env: readonly string[];
  /** Whether to run it whatever is kept. */
  readonly anew: boolean;
  readonly output: Output;
}

/** Runs the command once, with this as its output; `runs` notes its process. */
export type RunOnce = (onOutput: Output, runs: (pid: number) => void) => Promise<AttachedOutcome>;

/**
 * Gives the output of a command and how it ended: what is kept of a run on the same content, whoever ran it, or of a run now. Of
 * several who ask at once one runs it, the others wait for that, but not what runs in a slot already: the one may wait for that slot.
 * Errors: `no-worktree`, `not-initialised`, `nothing-committed`, `input`, those of the user's configuration.
 */
export async function runCached(here: Here, command: readonly string[], caching: Caching, start: RunOnce): Promise<AttachedOutcome> {
  const { context } = here;
  const place = placeOf(here);
  const before = await stateNow(place, context, caching.inputs);
  if (before.unseen.length > 0) {
    doing(context, `not from the cache, and not kept: git does not see what is in ${before.unseen.slice(0, 3).map(showPath).join(', ')}${before.unseen.length > 3 ? ', …' : ''}`);
    return start(caching.output, () => undefined);
  }
  const keys = await keyNames(here);
  const key = keyOf(here, place, command, caching, before.text);
  const served = caching.anew ? null : await serve(context, place.cache, key, caching.output);
  if (served !== null) return served;

  if (heldSlots(context).length > 0) return runNow(here, place, { key, keys, before: before.text }, caching, (onOutput) => start(onOutput, () => undefined));
  const ticket = drawTicket(join(place.cache, 'running', key), { command: shownCommand(command), agent: here.agent, folder: here.folder, repository: here.repository, places: 1 });
  try {
    const waited = await waitForTurn(context, 'the same command', ticket);
    // Whoever was before us may have brought the result.
    const brought = waited === null ? null : await serve(context, place.cache, key, caching.output);
    return brought ?? await runNow(here, place, { key, keys, before: before.text }, caching, (onOutput) => start(onOutput, ticket.runs));
  } finally {
    ticket.leave();
  }
}

/** Runs the command and keeps what came of it where that may be given again; else says why not. */
async function runNow(
  { context, agent, config }: Here, place: Place, { key, keys, before }: { key: string; keys: readonly string[]; before: string }, caching: Caching, start: (onOutput: Output) => Promise<AttachedOutcome>,
): Promise<AttachedOutcome> {
  const started = Date.now();
  const recorder = record(caching.output, config.cache.largest);
  const outcome = await start(recorder.onOutput);
  const ran = { agent, at: Date.now(), ms: Date.now() - started };
  const reason = whyNotKept(outcome, recorder.output()) ?? keyShown(context, keys, recorder.output() ?? []) ?? await whatChanged(place, context, caching, before);
  const run = { ...ran, exitCode: outcome.kind === 'ended' ? outcome.exitCode : 0, output: recorder.output() ?? [] };
  const failure = reason ?? tryToKeep(place.cache, key, run, config.cache.size);
  if (failure !== null) doing(context, `not kept in the cache: ${failure}`);
  return outcome;
}

async function whatChanged(place: Place, context: Context, { inputs }: Caching, before: string): Promise<string | null> {
  try {
    return (await stateNow(place, context, inputs)).text === before ? null : 'files changed while it ran';
  } catch (error) {
    // It has given its answer, whatever it has left.
    if (!isExpectedFailure(error)) throw error;
    return error.message;
  }
}

/** Others are given what is kept, and it lies on the disk: null where no key is in it. */
function keyShown({ env }: Context, keys: readonly string[], output: KeptRun['output']): string | null {
  const streams = ([1, 2] as const).map((wanted) => Buffer.concat(output.filter(([stream]) => stream === wanted).map(([, bytes]) => bytes)));
  const shown = streams.map((bytes) => keyShownIn(env, keys, bytes)).find((name) => name !== null);
  return shown === undefined ? null : `it printed the value of ${shown}`;
}

interface Place {
  readonly repo: Repository;
  readonly worktree: { readonly path: string; readonly gitDir: string };
  readonly cache: string;
}

function placeOf({ repo }: Here): Place {
  if (repo === null || repo.currentWorktree === null) throw refusal('no-worktree', 'the cache is that of a repository, and this is no worktree of one', 'run it without --cached');
  const { root, cache } = layoutOf(repo.commonDir, repo.mainWorktree);
  if (!existsSync(root)) throw refusal('not-initialised', 'this repository is not set up for aiteam yet', 'aiteam init claude glm deepseek');
  return { repo, worktree: { path: repo.currentWorktree, gitDir: repo.currentGitDir }, cache };
}

/** What the result depends on of the worktree, as it is now. */
async function stateNow({ repo, worktree }: Place, context: Context, inputs: readonly string[]): Promise<Content> {
  const folder = mkdtempSync(join(tmpdir(), 'aiteam-cached-'));
  try {
    const git = repo.git.at(worktree.path).with(quarantine(repo, folder));
    const head = await resolveCommit(git, 'HEAD');
    if (head === null) throw refusal('nothing-committed', 'nothing is committed here yet', 'git commit, or run it without --cached');
    return await contentOf(git, context.cwd, await treeState(git, { ...worktree, head }, join(folder, 'index')), inputs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same for everybody who would run the same program with the same arguments in the same folder on the same content. */
function keyOf({ context }: Here, { worktree }: Place, command: readonly string[], { inputs, env }: Caching, content: string): string {
  const folder = relative(worktree.path, context.cwd).split(sep).join('/');
  const variables = [...new Set(env)].sort().map((name) => [name, context.env[name] ?? null]);
  const facts = [VERSION, process.platform, process.arch, folder, command, variables, inputs.length > 0, content];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

async function serve(context: Context, cache: string, key: string, output: Output): Promise<AttachedOutcome | null> {
  const kept = readKept(cache, key);
  if (kept === null) return null;
  doing(context, `from the cache: run by ${kept.agent === null ? 'you' : escapeText(kept.agent)} ${ago(Date.now() - kept.at)}, ${endWords(kept)}; --no-cache runs it anew`);
  for (const [stream, bytes] of kept.output) await output(stream, bytes);
  return { kind: 'ended', exitCode: kept.exitCode, signal: null };
}

/** Why it could not be written, which changes nothing about the result; else null. */
function tryToKeep(cache: string, key: string, run: KeptRun, limit: number): string | null {
  try {
    keep(cache, key, run, limit);
    return null;
  } catch (error) {
    return errorCode(error);
  }
}

function endWords({ exitCode, ms }: KeptRun): string {
  return `it took ${plural(Math.round(ms / 1000), 'second')}${exitCode === 0 ? '' : ` and exited with ${exitCode}`}`;
}

/** Passes output on and remembers it, as long as it has at most `most` bytes. */
function record(pass: Output, most: number): { readonly onOutput: Output; readonly output: () => KeptRun['output'] | null } {
  const pieces: [1 | 2, Uint8Array[]][] = [];
  let size = 0;
  return {
    onOutput: (stream, chunk) => {
      size += chunk.length;
      if (size > most) pieces.length = 0;
      else if (pieces.at(-1)?.[0] === stream) pieces.at(-1)?.[1].push(chunk);
      else pieces.push([stream, [chunk]]);
      return pass(stream, chunk);
    },
    output: () => (size > most ? null : pieces.map(([stream, chunks]) => [stream, Buffer.concat(chunks)])),
  };
}

/** A shell's exit code for a command that a signal ended is 128 and its number. */
const HIGHEST_SIGNAL = 64;

/** A failure is an answer like any other; what a signal ended, or what could not run, has given none. */
function whyNotKept(outcome: AttachedOutcome, output: KeptRun['output'] | null): string | null {
  if (outcome.kind === 'not-started') return 'it could not be started';
  if (outcome.signal !== null) return `it was ended by ${outcome.signal}`;
  if (outcome.exitCode === 126 || outcome.exitCode === 127) return `exit ${outcome.exitCode}, something could not be run`;
  if (outcome.exitCode > 128 && outcome.exitCode <= 128 + HIGHEST_SIGNAL) return `exit ${outcome.exitCode}, something was ended by a signal`;
  return output === null ? 'it printed more than an entry may have' : null;
}
