import type { CommitId } from '../core/ids.ts';
import { forkPoint } from '../core/unlanded.ts';
import { commitsBetween } from './commits.ts';
import type { Git } from './git.ts';

/** Paths, as git quotes them, that differ between `tip` and where it left `from`; against `from` itself where they share no history. Null where one is gone. */
export async function changedSince(git: Git, from: CommitId, tip: CommitId): Promise<string[] | null> {
  const diff = (range: readonly string[]): Promise<{ exitCode: number; stdout: Buffer }> =>
    git.run(['diff', '--name-only', '--no-renames', '--no-ext-diff', ...range], { accept: [0, 128] });
  const shared = await diff([`${from}...${tip}`]);
  const { exitCode, stdout } = shared.exitCode === 0 ? shared : await diff([from, tip]);
  return exitCode !== 0 ? null : stdout.toString('utf8').split('\n').filter((line) => line !== '');
}

/** The same for many tips in two processes; a tip that did not leave `from` at one commit, as after a merge of it, is not in the answer. */
export async function changedByMany(git: Git, from: CommitId, tips: readonly CommitId[]): Promise<Map<CommitId, string[]>> {
  const graph = new Map((await commitsBetween(git, tips, [from])).map((node) => [node.id, node]));
  const pairs = [...new Set(tips)].flatMap((tip) => {
    const fork = forkPoint(graph, tip);
    return fork === null ? [] : [`${tip} ${fork}\n`];
  });
  const out = await git.text(['diff-tree', '-r', '--raw', '--no-renames', '--no-ext-diff', '--always', '--stdin'], { input: pairs.join('') });
  const changed = new Map<CommitId, string[]>();
  let paths: string[] = [];
  for (const line of out.split('\n')) {
    // A change is `:MODE MODE BLOB BLOB STATUS TAB PATH`; any other line is the tip that the changes after it belong to.
    if (line.startsWith(':')) paths.push(line.slice(line.indexOf('\t') + 1));
    else if (line !== '') changed.set(line as CommitId, paths = []);
  }
  return changed;
}
