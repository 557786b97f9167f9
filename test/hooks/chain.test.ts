import { existsSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hooked, type Hooked } from '../support/agents.ts';
import { script } from '../support/scratch.ts';

/** A hook that notes its name, arguments, standard input and folder in `<scratch>/ran`. */
function noting(made: Hooked, exit = 0): string {
  return `#!/bin/sh\n{ printf '%s' "\${0##*/}"; printf ' [%s]' "$@"; [ -t 0 ] || sed 's/^/ </' | tr -d '\\n'; printf ' %s\\n' "$PWD"; } >>'${join(made.folder, 'ran')}'\nexit ${exit}\n`;
}

function ran(made: Hooked): string[] {
  const path = join(made.folder, 'ran');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

const names = (made: Hooked): string[] => ran(made).map((line) => line.split(' ')[0] ?? '');
const trailer = (made: Hooked, cwd: string): string => made.git(['log', '-1', '--format=%(trailers:key=Assisted-by,valueonly)'], { cwd }).trim();

describe("the repository's own hooks run in an agent's worktree", () => {
  test('from .git/hooks, each with its arguments, in the folder where git runs them', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    for (const name of ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit']) script(join(made.repo, '.git/hooks', name), noting(made));
    made.commit({ a: '1' }, 'one', cwd);
    const message = join(made.repo, '.git/worktrees/glm/COMMIT_EDITMSG');
    expect(ran(made)).toEqual([`pre-commit [] ${cwd}`, `prepare-commit-msg [${message}] [message] ${cwd}`, `commit-msg [${message}] ${cwd}`, `post-commit [] ${cwd}`]);
    expect(trailer(made, cwd)).toBe('glm:glm-1');
  });

  test("from husky's relative core.hooksPath, and not where its folder is missing", async () => {
    const made = await hooked(['glm', 'claude']);
    made.git(['config', 'core.hooksPath', '.husky/_']);
    script(join(made.worktree('glm'), '.husky/_/pre-commit'), noting(made));
    made.commit({ a: '1' }, 'one', made.worktree('glm'));
    made.commit({ a: '1' }, 'one', made.worktree('claude'));
    expect(ran(made)).toEqual([`pre-commit [] ${made.worktree('glm')}`]);
    expect(trailer(made, made.worktree('claude'))).toBe('claude:claude-1');
  });

  test('from a global core.hooksPath, and from the next one once it changes', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    script(join(made.folder, 'one/pre-commit'), noting(made));
    script(join(made.folder, 'two/pre-push'), noting(made));
    made.git(['config', '--global', 'core.hooksPath', '~/../one']);
    made.commit({ a: '1' }, 'one', cwd);
    made.git(['config', '--global', 'core.hooksPath', join(made.folder, 'two')]);
    made.commit({ a: '2' }, 'two', cwd);
    expect(names(made)).toEqual(['pre-commit']);
    made.git(['config', '--global', '--unset', 'core.hooksPath']);
    script(join(made.repo, '.git/hooks/commit-msg'), noting(made));
    made.commit({ a: '3' }, 'three', cwd);
    expect(names(made)).toEqual(['pre-commit', 'commit-msg']);
  });

  test('one that is added later, and only if it may be executed', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    made.commit({ a: '1' }, 'one', cwd);
    script(join(made.repo, '.git/hooks/post-commit'), noting(made));
    made.write({ '.git/hooks/pre-commit': noting(made, 1) });
    made.commit({ a: '2' }, 'two', cwd);
    expect(names(made)).toEqual(['post-commit']);
  });

  test('a failure of each stops the commit, and its words are shown', async () => {
    for (const name of ['pre-commit', 'prepare-commit-msg', 'commit-msg']) {
      const made = await hooked(['glm']);
      const cwd = made.worktree('glm');
      script(join(made.repo, '.git/hooks', name), '#!/bin/sh\necho "this repository says no" >&2\nexit 3\n');
      made.write({ a: '1' }, cwd);
      const done = made.tryGit(['commit', '-q', '-m', 'one', '--allow-empty'], { cwd });
      expect(done.code).toBe(1);
      expect(done.stderr).toContain('this repository says no');
    }
  });

  test('a pre-push like that of git-lfs gets the remote and the refs on its standard input, and can refuse', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    const remote = join(made.folder, 'remote.git');
    made.git(['init', '-q', '--bare', remote]);
    script(join(made.repo, '.git/hooks/pre-push'), noting(made));
    const id = made.commit({ a: '1' }, 'one', cwd);
    made.git(['push', '-q', remote, 'feature/glm'], { cwd });
    expect(ran(made)).toEqual([`pre-push [${remote}] [${remote}] <refs/heads/feature/glm ${id} refs/heads/feature/glm ${'0'.repeat(40)} ${cwd}`]);
    script(join(made.repo, '.git/hooks/pre-push'), noting(made, 1));
    made.commit({ a: '2' }, 'two', cwd);
    expect(made.tryGit(['push', '-q', remote, 'feature/glm'], { cwd }).code).toBe(1);
  });

  test('a post-rewrite gets the lines that ours has read before it', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    script(join(made.repo, '.git/hooks/post-rewrite'), noting(made));
    const old = made.commit({ a: '1' }, 'one', cwd);
    made.git(['commit', '-q', '--amend', '-m', 'better'], { cwd });
    const amended = made.git(['rev-parse', 'HEAD'], { cwd });
    made.commit({ b: '1' }, 'from the human');
    made.git(['rebase', '-q', 'main'], { cwd });
    const rebased = made.git(['rev-parse', 'HEAD'], { cwd });
    expect(ran(made)).toEqual([`post-rewrite [amend] <${old} ${amended} ${cwd}`, `post-rewrite [rebase] <${amended} ${rebased} ${cwd}`]);
  });

  test('the other hooks of a merge, a rebase and a switch run too', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    for (const name of ['pre-merge-commit', 'post-merge', 'pre-rebase', 'post-checkout']) script(join(made.repo, '.git/hooks', name), noting(made));
    made.commit({ a: '1' }, 'one', cwd);
    made.commit({ b: '1' }, 'from the human');
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd });
    made.git(['switch', '-q', '-c', 'side'], { cwd });
    made.git(['rebase', '-q', 'main'], { cwd });
    expect(new Set(names(made))).toEqual(new Set(['pre-merge-commit', 'post-merge', 'post-checkout', 'pre-rebase']));
  });
});

test('AITEAM=0 switches ours off and leaves the others on', async () => {
  const made = await hooked(['glm']);
  const cwd = made.worktree('glm');
  script(join(made.repo, '.git/hooks/pre-commit'), noting(made));
  made.write({ a: '1' }, cwd);
  made.git(['add', '-A'], { cwd });
  made.git(['commit', '-q', '-m', 'one'], { cwd, env: { AITEAM: '0' } });
  expect(names(made)).toEqual(['pre-commit']);
  expect(trailer(made, cwd)).toBe('');
  expect(existsSync(join(made.layout.journal, 'hook-glm.log'))).toBe(false);
});

test('in the main worktree git runs only the hooks that the repository has', async () => {
  const made = await hooked(['glm']);
  script(join(made.repo, '.git/hooks/pre-commit'), noting(made));
  made.commit({ a: '1' }, 'by hand');
  expect(ran(made)).toEqual([`pre-commit [] ${made.repo}`]);
  expect(trailer(made, made.repo)).toBe('');
  expect(made.git(['rev-parse', '--git-path', 'hooks'])).toBe('.git/hooks');
});

test('hooks that call each other in a circle come to an end', async () => {
  // Without the count of calls git never came back.
  const made = await hooked(['glm']);
  const cwd = made.worktree('glm');
  script(join(made.repo, '.git/hooks/pre-commit'), '#!/bin/sh\nexec "$(git rev-parse --git-path hooks)/pre-commit" "$@"\n');
  made.write({ a: '1' }, cwd);
  const done = made.tryGit(['commit', '-q', '-m', 'one', '--allow-empty'], { cwd });
  expect(done.stderr).toContain('hooks call each other in a circle');
  expect(done.code).toBe(0);
});

test('a hook of the repository that commits elsewhere is followed there', async () => {
  const made = await hooked(['glm', 'claude']);
  script(join(made.repo, '.git/hooks/post-commit'), `#!/bin/sh\ncase $PWD in */glm) unset $(git rev-parse --local-env-vars); git -C '${made.worktree('claude')}' commit -q --allow-empty -m also ;; esac\n`);
  made.commit({ a: '1' }, 'one', made.worktree('glm'));
  expect(trailer(made, made.worktree('claude'))).toBe('claude:claude-1');
});

test('a GIT_DIR that leaks into another folder is still the agent of that git directory', async () => {
  const made = await hooked(['glm', 'claude']);
  const gitDir = join(made.repo, '.git/worktrees/glm');
  made.git(['commit', '-q', '--allow-empty', '-m', 'leaked'], { cwd: made.worktree('claude'), env: { GIT_DIR: gitDir } });
  expect(trailer(made, made.worktree('glm'))).toBe('glm:glm-1');
  expect(made.git(['config', 'core.bare'])).toBe('false');
});

describe('a dispatcher that is not whole', () => {
  test('its folder is gone: git commits without hooks', async () => {
    const made = await hooked(['glm']);
    rmSync(made.layout.hooks, { recursive: true });
    made.commit({ a: '1' }, 'one', made.worktree('glm'));
    expect(trailer(made, made.worktree('glm'))).toBe('');
  });

  test('its library is gone, or the marker says nonsense: git commits', async () => {
    const made = await hooked(['glm', 'claude']);
    for (const name of ['../../x', 'x/../../y', '-n', '', 'x y']) {
      made.write({ 'aiteam-agent': `${name}\n\nAssisted-by: x\n` }, join(made.repo, '.git/worktrees/claude'));
      made.commit({ a: name }, 'one', made.worktree('claude'));
      expect(trailer(made, made.worktree('claude'))).toBe('');
    }
    for (const name of ['locks.sh', 'message.sh', 'overlaps.sh', 'record.sh', 'lib.sh']) {
      rmSync(join(made.layout.hooks, name));
      made.commit({ a: name }, 'one', made.worktree('glm'));
    }
  });

  test('the file that keeps the folder of the own hooks is gone, empty or old', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    const chain = join(made.layout.root, 'chain');
    script(join(made.repo, '.git/hooks/pre-commit'), noting(made));
    rmSync(chain);
    made.commit({ a: '1' }, 'one', cwd);
    made.write({ chain: '' }, made.layout.root);
    made.commit({ a: '2' }, 'two', cwd);
    made.write({ chain: `${join(made.folder, 'nowhere')}\n` }, made.layout.root);
    utimesSync(chain, 0, 0);
    made.commit({ a: '3' }, 'three', cwd);
    expect(names(made)).toEqual(['pre-commit', 'pre-commit', 'pre-commit']);
    expect(readFileSync(chain, 'utf8')).toBe(`${join(made.repo, '.git/hooks')}\n`);
  });
});

test('a repository in a folder with spaces, quotes, glob characters and a link to it', async () => {
  const made = await hooked([]);
  const odd = join(made.folder, 'a [b]* "c" \\é');
  made.git(['clone', '-q', made.repo, odd]);
  symlinkSync(odd, join(made.folder, 'link'));
  const at = { ...made, repo: join(made.folder, 'link'), worktree: (agent: string) => join(odd, '..', `w ${agent}`) };
  const inOdd = await hooked(['glm'], { made: { ...at, git: (args, options) => made.git(args, { cwd: at.repo, ...options }) } });
  made.commit({ a: '1' }, 'one', inOdd.worktree('glm'));
  expect(trailer(made, inOdd.worktree('glm'))).toBe('glm:glm-1');
});
