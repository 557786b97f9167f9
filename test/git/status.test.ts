import { existsSync, mkdirSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { worktreeStatus } from '../../src/git/status.ts';
import { scratch, script } from '../support/scratch.ts';

describe('the status of a worktree', () => {
  it('counts changed, untracked and unmerged files, odd names too', async () => {
    const { repo, env, git, write, commit } = scratch();
    git(['switch', '-q', '-c', 'other']);
    commit({ 'app.txt': 'other\n' }, 'other');
    git(['switch', '-q', 'main']);
    commit({ 'app.txt': 'main\n' }, 'main');
    write({ ' lead ing': '', 'new\nline': '', 'deep/er/file': '', 'README.md': 'changed\n' });
    expect(await worktreeStatus(openGit(repo, env), repo)).toEqual({ changed: 1, untracked: 3, unmerged: 0 });
    git(['commit', '-qam', 'readme']);
    expect(() => git(['merge', 'other'])).toThrow('CONFLICT');
    expect(await worktreeStatus(openGit(repo, env), repo)).toEqual({ changed: 1, untracked: 3, unmerged: 1 });
  });

  it('leaves the index alone and runs no monitor of the repository', async () => {
    const { repo, env, git, folder } = scratch();
    script(join(folder, 'monitor'), `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`);
    git(['config', 'core.fsmonitor', join(folder, 'monitor')]);
    // A file that only looks changed makes git write its index anew, unless it may not.
    utimesSync(join(repo, 'app.txt'), 1, 1);
    const before = statSync(join(repo, '.git/index'), { bigint: true }).mtimeNs;
    expect(await worktreeStatus(openGit(repo, env), repo)).toEqual({ changed: 0, untracked: 0, unmerged: 0 });
    expect(statSync(join(repo, '.git/index'), { bigint: true }).mtimeNs).toBe(before);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('is that of the worktree, whatever the environment of a hook or an editor says', async () => {
    const { repo, env } = scratch();
    const odd = { ...env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index', GIT_EDITOR: 'vi', EDITOR: 'vi', PAGER: 'less', GIT_SSH_COMMAND: 'ssh -v', GIT_ASKPASS: 'x' };
    expect(await worktreeStatus(openGit(repo, odd), repo)).toEqual({ changed: 0, untracked: 0, unmerged: 0 });
  });

  it('is not "clean" where git was killed or failed without a word', async () => {
    const { repo, env, folder } = scratch();
    mkdirSync(join(folder, 'bin'));
    // Seen to fail without the `errors` option: simple-git then resolves, with nothing uncommitted.
    for (const end of ['kill -9 $$', 'exit 3']) {
      script(join(folder, 'bin/git'), `#!/bin/sh\n${end}\n`);
      await expect(worktreeStatus(openGit(repo, { ...env, PATH: `${join(folder, 'bin')}:${env['PATH']}` }), repo)).rejects.toMatchObject({ code: 'process-failed' });
    }
    symlinkSync('/nowhere', join(folder, 'gone'));
    await expect(worktreeStatus(openGit(repo, env), join(folder, 'gone'))).rejects.toThrow();
  });
});
