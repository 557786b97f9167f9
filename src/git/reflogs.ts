import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObjectId, type CommitId } from '../core/ids.ts';
import type { Git } from './git.ts';

/** Refs and files of a worktree's own that name commits while something is under way there. */
const PSEUDO_REFS = [
  'HEAD', 'ORIG_HEAD', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'AUTO_MERGE', 'MERGE_AUTOSTASH',
  'rebase-merge/orig-head', 'rebase-merge/onto', 'rebase-merge/autostash', 'rebase-apply/orig-head', 'rebase-apply/autostash',
];

/**
 * The newest of the commits that only a worktree's own refs and reflog, or a branch's reflog, still reach: what would be
 * lost with them. `kept` are tips that stay.
 */
export async function commitsOnlyHere(git: Git, commonDir: string, gitDir: string, branch: string | null, kept: readonly CommitId[]): Promise<CommitId[]> {
  const logs = [join(gitDir, 'logs', 'HEAD'), ...(branch === null ? [] : [join(commonDir, 'logs', 'refs', 'heads', branch)])];
  const named = [...logs.flatMap(reflogIds), ...PSEUDO_REFS.flatMap((name) => idsIn(join(gitDir, name)))];
  const commits = await existingCommits(git, [...new Set(named)]);
  if (commits.length === 0) return [];
  const out = await git.text(['rev-list', '--parents', '--stdin', '--not', '--single-worktree', '--branches', '--tags', '--remotes', '--glob=refs/aiteam/*'], {
    input: [...commits, ...kept.map((id) => `^${id}`)].map((line) => `${line}\n`).join(''),
  });
  const rows = out.split('\n').filter((line) => line !== '').map((line) => line.split(' '));
  const parents = new Set(rows.flatMap((row) => row.slice(1)));
  return rows.map(([id = '']) => id as CommitId).filter((id) => !parents.has(id));
}

/** Old and new id of each entry. */
function reflogIds(path: string): string[] {
  return textOf(path).split('\n').flatMap((line) => line.split(' ', 2)).filter(isReal);
}

function idsIn(path: string): string[] {
  return textOf(path).split(/\s+/).filter(isReal);
}

function isReal(text: string): boolean {
  return isObjectId(text) && !/^0+$/.test(text);
}

async function existingCommits(git: Git, ids: readonly string[]): Promise<CommitId[]> {
  if (ids.length === 0) return [];
  const out = await git.text(['cat-file', '--batch-check=%(objecttype) %(objectname)'], { input: ids.map((id) => `${id}\n`).join('') });
  return out.split('\n').filter((line) => line.startsWith('commit ')).map((line) => line.slice('commit '.length) as CommitId);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
