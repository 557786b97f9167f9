import type { CommitId, RepoPath } from '../core/ids.ts';
import type { Git } from './git.ts';
import { linePattern } from './path-pattern.ts';

/** The commits, at most so many, that `tip` has and none of `without` has and that change a path, or something below it, newest first. */
export async function commitsTouching(git: Git, tip: CommitId, without: readonly CommitId[], path: RepoPath, most: number): Promise<CommitId[]> {
  const lines = [tip, ...without.map((id) => `^${id}`), '--', linePattern(path)];
  const out = await git.text(['rev-list', '--topo-order', `--max-count=${most}`, '--ignore-missing', '--stdin'], { input: Buffer.from(`${lines.join('\n')}\n`, 'latin1') });
  return out.split('\n').filter((line) => line !== '') as CommitId[];
}
