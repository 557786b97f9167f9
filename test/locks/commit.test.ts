import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/operations/context.ts';
import { lockPaths } from '../../src/operations/lock.ts';
import { hooked, type Hooked } from '../support/agents.ts';
import { expectDone, script, team } from '../support/scratch.ts';

const calling = (made: Hooked, who: string): Context => ({ cwd: made.worktree(who), env: made.env, narrate: () => undefined, confirm: null });

async function lockedByClaude(...patterns: string[]): Promise<{ made: Hooked; claude: string; glm: string }> {
  const made = await hooked(['claude', 'glm']);
  await lockPaths(calling(made, 'claude'), { patterns, agent: null, forMs: 60_000, why: 'moving it' });
  return { made, claude: made.worktree('claude'), glm: made.worktree('glm') };
}

function commit(made: Hooked, cwd: string, files: Record<string, string>, args: readonly string[] = [], env: Record<string, string> = {}) {
  made.write(files, cwd);
  made.git(['add', '-A'], { cwd });
  return made.tryGit(['commit', '-q', '-m', 'a change', ...args], { cwd, env });
}

describe('a commit of what another agent has locked', () => {
  it('is refused with whose lock it is, until when, why and what to do; the holder commits it', async () => {
    const { made, claude, glm } = await lockedByClaude('src', 'app.txt');
    const refused = commit(made, glm, { 'app.txt': 'glm\n', 'src/deep/a.ts': 'glm\n', 'free.txt': 'glm\n' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^aiteam: claude has locked src until \d{4}-\d\d-\d\d \d\d:\d\d: moving it\naiteam: {3}src\/deep\/a\.ts\naiteam: claude has locked app\.txt until .*\naiteam: {3}app\.txt\naiteam: so this commit is refused/);
    expect(refused.stderr).not.toContain('free.txt');
    expect(refused.stderr).toContain('aiteam handoff claude --task');
    made.git(['restore', '--staged', 'src', 'app.txt'], { cwd: glm });
    expect(made.tryGit(['commit', '-q', '-m', 'the rest'], { cwd: glm })).toMatchObject({ code: 0 });
    expect(commit(made, claude, { 'app.txt': 'claude\n', 'src/deep/a.ts': 'claude\n' })).toMatchObject({ code: 0 });
  });

  it('is refused also as a deletion, a rename, a link, a mode, with -a, of a named path, amended and from a folder', async () => {
    const { made, glm } = await lockedByClaude('app.txt');
    const refused = (...args: string[]): void => {
      expect(made.tryGit(['commit', '-q', '-m', 'x', ...args], { cwd: glm }).code).toBe(1);
    };
    made.git(['mv', 'app.txt', 'moved.txt'], { cwd: glm });
    refused();
    made.git(['reset', '-q', '--hard'], { cwd: glm });
    made.git(['rm', '-q', 'app.txt'], { cwd: glm });
    refused();
    made.git(['reset', '-q', '--hard'], { cwd: glm });
    made.git(['update-index', '--chmod=+x', 'app.txt'], { cwd: glm });
    refused();
    made.git(['reset', '-q', '--hard'], { cwd: glm });
    made.write({ 'app.txt': 'glm\n' }, glm);
    refused('-a');
    refused('--', 'app.txt');
    refused('--amend', '-a');
    mkdirSync(join(glm, 'sub'));
    expect(made.tryGit(['commit', '-q', '-a', '-m', 'x'], { cwd: join(glm, 'sub') }).code).toBe(1);
  });

  it.each([
    ['with space.txt', 'with space.txt'], ['*.ts', 'a.ts'], ['-dash', '-dash'], [':(top):odd', ':odd'], ['ü*', 'üx'], ['"q".txt', '"q".txt'], [':(literal)a*', 'a*'],
    ['$(touch ran)', '$(touch ran)'], ['`touch ran`', '`touch ran`'], ['a\\\\b', 'a\\b'], [':(icase)readme.md', 'README.md'], [' lead', ' lead'], ['trail ', 'trail '], [':(glob)src/**/x', 'src/x'],
  ])('is refused where pattern %j matches %j', async (pattern, path) => {
    const { made, glm } = await lockedByClaude(`${pattern.startsWith(':') || pattern.startsWith('"') ? '' : './'}${pattern}`);
    expect(commit(made, glm, { [path]: 'glm\n' }, [], { GIT_LITERAL_PATHSPECS: '1' })).toMatchObject({ code: 1, stderr: expect.stringContaining('claude has locked') as string });
    expect(made.git(['status', '--porcelain', '--untracked-files=all'], { cwd: glm })).not.toContain('ran\n');
  });

  it('goes ahead after the lock has expired, in a merge, with --no-verify, and with AITEAM=0', async () => {
    const { made, glm } = await lockedByClaude('app.txt');
    expect(commit(made, glm, { 'app.txt': '1\n' }, ['--no-verify']).code).toBe(0);
    expect(commit(made, glm, { 'app.txt': '2\n' }, [], { AITEAM: '0' }).code).toBe(0);
    made.commit({ 'app.txt': 'human\n' }, 'by the human');
    expect(made.tryGit(['merge', '-q', 'main'], { cwd: glm }).code).toBe(1);
    expect(commit(made, glm, { 'app.txt': 'both\n' }).code).toBe(0);
    expect(commit(made, glm, { 'app.txt': '3\n' }).code).toBe(1);
    writeFileSync(join(made.layout.root, 'locked'), `claude\n${Math.floor(Date.now() / 1000) - 1}\napp.txt\nuntil then\n`);
    expect(commit(made, glm, { 'app.txt': '3\n' }).code).toBe(0);
  });

  it('is the person\'s to make, and a first commit on no branch is looked at too', async () => {
    const { made, glm } = await lockedByClaude('app.txt');
    expect(commit(made, made.repo, { 'app.txt': 'human\n' })).toMatchObject({ code: 0, stderr: '' });
    made.git(['switch', '-q', '--orphan', 'fresh'], { cwd: glm });
    expect(commit(made, glm, { 'app.txt': 'glm\n' }).code).toBe(1);
  });

  it('starts no process where nobody else has locked anything, and no Node where somebody has', async () => {
    const { made, claude, glm } = await lockedByClaude('app.txt');
    const seen = join(made.folder, 'seen');
    for (const name of ['node', 'date']) script(join(made.folder, 'bin', name), `#!/bin/sh\necho ${name} >>${seen}\nPATH=\${PATH#*:} exec ${name} "$@"\n`);
    script(join(made.folder, 'bin', 'git'), `#!/bin/sh\necho "git $*" >>${seen}\nPATH=\${PATH#*:} exec git "$@"\n`);
    const hook = (cwd: string): string => {
      writeFileSync(seen, '');
      made.write({ 'free.txt': cwd }, cwd);
      made.git(['add', '-A'], { cwd });
      const gitDir = made.git(['rev-parse', '--absolute-git-dir'], { cwd });
      const hookFile = join(made.layout.hooks, 'pre-commit');
      script(join(made.folder, 'run'), `#!/bin/sh\nGIT_DIR=${gitDir} PATH=${join(made.folder, 'bin')}:$PATH exec ${hookFile}\n`);
      expect(made.tryGit(['-c', `alias.run-it=!${join(made.folder, 'run')}`, 'run-it'], { cwd }).code).toBe(0);
      return made.read('seen', made.folder);
    };
    expect(hook(claude)).toBe('');
    expect(hook(glm)).toMatch(/^git .*diff --cached --quiet.*\n$/);
  });
});

describe('integrate', () => {
  // Seen to land it where the hook alone looks at locks.
  it('keeps a branch out that changed what another agent has locked, with the holder named, and lands the others', () => {
    const made = team('claude', 'deepseek', 'glm');
    expectDone(made.aiteam(['lock', 'app.txt', '--why', 'moving it'], { cwd: made.worktree('claude') }));
    made.commit({ 'app.txt': 'claude\n' }, 'by claude', made.worktree('claude'));
    made.commit({ 'other.txt': 'deepseek\n' }, 'by deepseek', made.worktree('deepseek'));
    made.write({ 'README.md': 'glm\n', 'app.txt': `glm\n${made.read('app.txt')}` }, made.worktree('glm'));
    made.git(['commit', '-q', '-a', '--no-verify', '-m', 'past the hook'], { cwd: made.worktree('glm') });
    const out = expectDone(made.aiteam(['integrate', 'deepseek', 'glm']), 3).stdout;
    expect(out).toContain('landed  deepseek');
    expect(out).toMatch(/left out {2}glm \(feature\/glm\): it changes what is locked by claude\n {4}app\.txt: claude has locked app\.txt until .*: moving it\n/);
    expect(out).toContain('next: wait until the lock ends, or take it back');
    expect(JSON.parse(expectDone(made.aiteam(['integrate', 'glm', '--json']), 3).stdout)).toMatchObject({ leftOut: [{ agent: 'glm', reason: 'locked', locks: [{ holder: 'claude', pattern: 'app.txt', paths: ['app.txt'] }] }] });
    expectDone(made.aiteam(['unlock', 'app.txt']));
    expectDone(made.aiteam(['integrate', 'glm']));
  });
});
