import { lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { openGit } from '../../src/git/git.ts';
import { worktreeWork, type WorktreeWork } from '../../src/git/uncommitted-work.ts';
import { overlapsIn } from '../support/overlaps.ts';
import { scratch, team, type Scratch } from '../support/scratch.ts';

async function workIn(made: Scratch): Promise<WorktreeWork> {
  const worktree = { path: made.repo, gitDir: join(made.repo, '.git'), head: made.git(['rev-parse', 'HEAD']) as CommitId };
  return worktreeWork(openGit(made.repo, made.env), worktree, join(made.folder, 'index'));
}

/** What `git add -A` would make the next commit hold. */
function addedTree(made: Scratch): string {
  made.git(['add', '-A']);
  return made.git(['write-tree']);
}

describe('the work in a worktree, as a commit', () => {
  it('staged, changed, deleted, untracked, executable, links, and a file that became a folder: all that git add -A would take', async () => {
    const made = scratch();
    made.commit({ '.gitignore': 'ignored\n', gone: 'g\n', swap: 's\n', 'dir/x': 'x\n' }, 'more');
    made.write({ 'README.md': 'staged\n', 'app.txt': 'changed\n', ignored: 'i\n', 'new/deep/file': 'n\n', 'na\u00efve\n"file': 'q\n' });
    made.git(['add', 'README.md']);
    made.git(['rm', '-q', 'gone', 'swap', 'dir/x']);
    made.write({ 'swap/inside': 'in\n', dir: 'a file now\n', 'README.md': 'staged, then changed\n' });
    symlinkSync('app.txt', join(made.repo, 'link'));
    const { commit, uncommitted } = await workIn(made);
    expect(made.git(['rev-parse', `${commit}^{tree}`])).toBe(addedTree(made));
    expect(uncommitted.has('ignored' as never)).toBe(false);
  });

  it('nothing uncommitted: HEAD itself', async () => {
    const made = scratch();
    expect(await workIn(made)).toEqual({ commit: made.git(['rev-parse', 'HEAD']), uncommitted: new Set(), nested: [] });
  });

  it('unmerged files have their markers in it', async () => {
    const made = scratch();
    made.git(['switch', '-q', '-c', 'other']);
    made.commit({ 'README.md': 'other\n' }, 'other');
    made.git(['switch', '-q', 'main']);
    made.commit({ 'README.md': 'main\n' }, 'main');
    made.tryGit(['merge', 'other']);
    const { commit } = await workIn(made);
    expect(made.git(['show', `${commit}:README.md`])).toContain('<<<<<<<');
  });

  it('a repository nested in it is left out', async () => {
    const made = scratch();
    made.git(['init', '-q', 'nested']);
    made.write({ 'nested/file': 'x\n', new: 'n\n' });
    expect((await workIn(made)).uncommitted).toEqual(new Set(['new']));
  });
});

/** Every file below a folder with its bytes and times, folders included. */
function everything(...folders: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: string): void => {
    const stat = lstatSync(path, { bigint: true });
    found.set(path, `${stat.mode} ${stat.mtimeNs} ${stat.isFile() ? readFileSync(path, 'latin1') : ''}`);
    if (stat.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
  };
  for (const folder of folders) visit(folder);
  return found;
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
}

it('the radar leaves worktrees, indexes, refs and objects as they were, and all times', async () => {
  const made = team('claude', 'glm');
  made.write({ 'app.txt': 'claude\n' }, made.worktree('claude'));
  // Without hooks nothing of ours is at work in the background.
  made.git(['-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-a', '-m', 'work'], { cwd: made.worktree('claude') });
  made.write({ 'app.txt': 'glm\n', 'new/file': 'n\n', staged: 's\n' }, made.worktree('glm'));
  made.git(['add', 'staged'], { cwd: made.worktree('glm') });
  mkdirSync(join(made.worktree('glm'), 'empty'));
  writeFileSync(join(made.worktree('glm'), 'README.md'), '# scratch\n');
  const git = join(made.repo, '.git');
  const status = (): string => made.git(['status', '--porcelain=v2', '--branch'], { cwd: made.worktree('glm'), env: { GIT_OPTIONAL_LOCKS: '0' } });
  const state = (): Map<string, string> =>
    everything(made.worktree('claude'), made.worktree('glm'), join(git, 'worktrees'), join(git, 'index'), join(git, 'HEAD'), join(git, 'refs'), join(git, 'logs'));
  // Git touches an object that it has already and would write again, so that gc keeps it.
  const objects = (): string[] => [...everything(join(git, 'objects')).keys()];
  const before = [state(), status(), objects()] as const;
  const { overlaps } = await overlapsIn(made);
  expect(overlaps.map(({ path, verdict }) => [path, verdict])).toEqual([['app.txt', 'conflict']]);
  expect(differences(before[0], state())).toEqual([]);
  expect([status(), objects()]).toEqual([before[1], before[2]]);
  expect(readdirSync(made.folder).filter((name) => name.startsWith('aiteam-overlaps'))).toEqual([]);
});
