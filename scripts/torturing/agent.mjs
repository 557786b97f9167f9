// An agent commits in all the ways that git has, with hooks and past them.
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BINARY, write } from '../bench/scene.mjs';
import { removeGitsLocks } from './checkout.mjs';

const WAYS = { commit: 5, all: 4, amend: 2, 'no-verify': 2, rebase: 2, merge: 2, 'cherry-pick': 1, plumbing: 2, shelve: 2, unshelve: 2 };
/** These run post-commit in every case, so that the journal has to know them. */
const HOOKED = new Set(['commit', 'all', 'amend', 'no-verify']);

export function agentAt(made, groups, name, random) {
  const worktree = made.worktree(name);
  const gitDir = join(made.repo, '.git/worktrees', name);
  const branch = `refs/heads/feature/${name}`;
  const acknowledged = [];
  const shelved = [];
  let number = 0;
  const look = async (args) => {
    const { code, stdout } = await groups.run('git', args, { cwd: worktree, safe: true });
    return code === 0 ? stdout.trim() : null;
  };
  const aiteam = (...args) => groups.run(process.execPath, [BINARY, ...args], { cwd: worktree });
  const git = (args, more) => groups.run('git', args, { cwd: worktree, ...more });

  /** A new line in a file of its own, at times in one that others change too. */
  const edit = async () => {
    number += 1;
    write(join(worktree, name, `file${random.below(5)}.txt`), `${name} ${number}\n`);
    if (random.chance(0.04)) await appendFile(join(worktree, 'd0/f0.txt'), `${name} ${number}\n`).catch(() => undefined);
  };
  const ways = {
    commit: async () => (await git(['add', '-A'])).code === 0 && git(['commit', '-q', '-m', `${name} ${number}`]),
    all: () => git(['commit', '-q', '-a', '-m', `${name} ${number}`]),
    amend: async () => (await git(['add', '-A'])).code === 0 && git(['commit', '-q', '--amend', '-m', `${name} ${number}, amended`]),
    'no-verify': async () => (await git(['add', '-A'])).code === 0 && git(['commit', '-q', '--no-verify', '-m', `${name} ${number}`]),
    rebase: async () => (await git(['commit', '-q', '-a', '-m', `${name} ${number}`])) && git(['rebase', '-q', '-X', 'theirs', 'main']),
    merge: async () => (await git(['commit', '-q', '-a', '-m', `${name} ${number}`])) && git(['merge', '-q', '--no-edit', '-X', 'ours', 'main']),
    // Another agent's, not the human's: picked, and merged with main in favour of this branch, it would land as an edit of their files.
    'cherry-pick': async () => {
      const picked = await look(['rev-list', '--no-merges', '--max-count=1', `--skip=${random.below(4)}`, '--branches=feature/*', '--not', 'HEAD', 'main']);
      return picked !== null && picked !== '' && git(['cherry-pick', '--allow-empty', picked]);
    },
    plumbing: async () => {
      if ((await git(['add', '-A'])).code !== 0) return false;
      const [tip, tree] = [await look(['rev-parse', 'HEAD']), await look(['write-tree'])];
      const commit = tree && await look(['commit-tree', '-p', tip, '-m', `${name} ${number}, by plumbing`, tree]);
      return commit && git(['update-ref', branch, commit, tip]);
    },
    // What only lies there uncommitted, and is put aside: killed or not, it must be found afterwards.
    shelve: async () => {
      const file = { path: join(name, `aside${number}.txt`), text: `${name} ${number}, put aside\n`, isAside: false };
      write(join(worktree, file.path), file.text);
      shelved.push(file);
      const ended = await aiteam('shelve');
      file.isAside = ended.code === 0;
      return { ...ended, commits: false };
    },
    unshelve: async () => ({ ...await aiteam('unshelve'), commits: false }),
  };
  const tidyUp = async () => {
    removeGitsLocks(gitDir, [`${branch}.lock`, 'packed-refs.lock'].map((lock) => join(made.repo, '.git', lock)));
    for (const [state, abort] of [['rebase-merge', 'rebase'], ['MERGE_HEAD', 'merge'], ['CHERRY_PICK_HEAD', 'cherry-pick']]) {
      if (!existsSync(join(gitDir, state))) continue;
      // What was not put aside and is staged by now, git itself throws away here.
      for (const file of shelved) if (!file.isAside) file.isGitsToLose = true;
      await groups.run('git', [abort, '--abort'], { cwd: worktree, safe: true });
    }
    if (await look(['symbolic-ref', '-q', 'HEAD']) === null) await groups.run('git', ['checkout', '-q', '-f', `feature/${name}`], { cwd: worktree, safe: true });
  };

  return {
    name, branch, acknowledged, shelved, tidyUp,
    step: async () => {
      await edit();
      const way = random.weighted(WAYS);
      const { code = 1, killed = true, commits = true } = await ways[way]() || {};
      // Its own line tells a commit from what a sync has put on top since.
      const own = HOOKED.has(way) ? ['log', '-1', '--format=%H', `--grep=^${name} ${number}\\(,\\|$\\)`, 'HEAD'] : ['rev-parse', 'HEAD'];
      const id = commits && code === 0 ? await look(own) : null;
      if (id !== null && id !== '') acknowledged.push({ id, way, hooked: HOOKED.has(way) });
      if (killed || code !== 0) await tidyUp();
    },
  };
}
