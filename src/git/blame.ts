import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal, type AiteamError } from '../core/errors.ts';
import type { Lines } from '../core/hunks.ts';
import type { BlobId, CommitId, RepoPath, TreeId } from '../core/ids.ts';
import { unquotePath } from '../core/quoted-path.ts';
import { escapeText } from '../core/text.ts';
import { ProcessError, type Env } from '../process/run.ts';
import { ownCommit } from './commits.ts';
import type { Git } from './git.ts';
import { missingObjects } from './missing-objects.ts';

/** Lines of a file with the commit that they came from, and the path that they had there. */
export interface BlamedLines {
  readonly lines: Lines;
  readonly commit: CommitId;
  readonly path: RepoPath;
}

/** What is blamed: a file of a commit, lines of it or all (null). */
export interface BlameInput {
  readonly commit: CommitId;
  readonly path: RepoPath;
  readonly blob: BlobId;
  readonly lines: Lines | null;
  /** Commits that are to be followed to other parents than their own, with all that they are to have. */
  readonly parents: ReadonlyMap<CommitId, readonly CommitId[]>;
}

/**
 * The lines of a file with the commits that wrote them, first lines first (git-blame(1)); nothing of the configuration is asked.
 * `folder` is where files may be for the while, `apart` by which variables objects are written that nobody needs afterwards. Errors: `blame-setting`, `objects-missing`.
 */
export async function blame(plain: Git, input: BlameInput, { folder, apart }: { folder: string; apart: Env }): Promise<BlamedLines[]> {
  const { git, commit, path } = await namedInArguments(plain, plain.with(apart), input, folder);
  const args = ['blame', '--incremental', '--no-textconv', '--ignore-revs-file='];
  if (input.parents.size > 0) {
    const file = join(folder, 'parents');
    writeFileSync(file, [...input.parents].map(([id, parents]) => `${[id, ...parents].join(' ')}\n`).join(''));
    args.push('-S', file);
  }
  if (input.lines !== null) args.push('-L', `${input.lines[0]},${input.lines[1] - 1}`);
  const { exitCode, stdout, stderr } = await git.run([...args, commit, '--', path], { accept: [0, 128] });
  if (exitCode !== 0) throw failure(stderr.toString('utf8'), [...args, commit]);
  return readIncremental(stdout.toString('latin1')).sort((a, b) => a.lines[0] - b.lines[0]);
}

/** Git opens the files of `blame.ignoreRevsFile` though it is told to take none into account. */
function failure(stderr: string, args: readonly string[]): AiteamError {
  const file = /could not open object name list: (.*)/.exec(stderr)?.[1];
  if (file === undefined) return missingObjects(stderr) ?? new ProcessError(['git', ...args], { exitCode: 128, signal: null, stdout: '', stderr, cause: null });
  return refusal('blame-setting', `git's setting blame.ignoreRevsFile names ${escapeText(file)}, which is not there`, 'git config --show-origin --get-all blame.ignoreRevsFile', 'make that file, or unset the setting');
}

/**
 * A commit and a path for the same file that can be arguments: a path that is no UTF-8 cannot, but git follows a file to it from
 * a commit on top in which it has another name.
 */
async function namedInArguments(plain: Git, git: Git, { commit, path, blob }: BlameInput, folder: string): Promise<{ git: Git; commit: CommitId; path: string }> {
  const text = Buffer.from(path, 'latin1').toString('utf8');
  if (Buffer.from(text, 'utf8').toString('latin1') === path) return { git: plain, commit, path: text };
  const renaming = git.with({ GIT_INDEX_FILE: join(folder, 'index') });
  await renaming.run(['read-tree', commit]);
  const entries = [`0 ${'0'.repeat(commit.length)}\t${path}\0`, `100644 ${blob}\t${blob}\0`].join('');
  await renaming.run(['update-index', '-z', '--index-info'], { input: Buffer.from(entries, 'latin1') });
  const tree = (await renaming.text(['write-tree'])) as TreeId;
  return { git, commit: await ownCommit(git, { tree, parents: [commit], message: 'the same file under another name\n' }), path: blob };
}

/** Reads a commit's headers after a line for each group; the path comes last (git-blame(1), --incremental). */
function readIncremental(out: string): BlamedLines[] {
  const found: BlamedLines[] = [];
  let group: readonly [CommitId, number, number] | null = null;
  for (const line of out.split('\n')) {
    const [, id, start, count] = /^([0-9a-f]{40,64}) \d+ (\d+) (\d+)$/.exec(line) ?? [];
    if (id !== undefined) group = [id as CommitId, Number(start), Number(count)];
    else if (line.startsWith('filename ') && group !== null) {
      const [commit, first, length] = group;
      found.push({ commit, lines: [first, first + length], path: unquotePath(line.slice('filename '.length)) });
      group = null;
    }
  }
  return found;
}
