import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { expectDone, scratch, type Finished } from '../support/scratch.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

// Every package is needed on the way. Seen to fail without any one of the files in dist that hold them.
test('dist and hooks are the whole program: a team, a gate, a conflict and status, with no node_modules', () => {
  const { folder, repo, env, commit, read, write, worktree } = scratch();
  for (const part of ['dist', 'hooks']) cpSync(join(PROJECT, part), join(folder, 'installed', part), { recursive: true });
  const aiteam = (args: string[], code = 0): Finished => {
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'installed/dist/main.js'), ...args], { cwd: repo, env, encoding: 'utf8' });
    return expectDone({ code: status, signal, stdout, stderr }, code);
  };

  aiteam(['init', 'claude', 'glm']);
  aiteam(['worktree', 'add', 'claude', 'glm']);
  const config = read('.aiteam.yaml').replace(/^gates:.*$(\n(?=[ #-]).*$)*/m, '');
  write({ '.aiteam.yaml': `${config}\ngates:\n  - {name: test, run: "test -f app.txt"}\n` });
  aiteam(['trust', '--yes']);
  for (const agent of ['claude', 'glm']) commit({ 'app.txt': read('app.txt').replace('line 5\n', `${agent} was here\n`) }, 'Edit a line', worktree(agent));
  expect(JSON.parse(aiteam(['integrate', 'claude', 'glm', '--json'], 3).stdout)).toMatchObject({ gates: [{ verdict: 'passed' }] });
  const { conflicts: [conflict] } = JSON.parse(aiteam(['conflicts', '--json']).stdout) as { conflicts: { id: string }[] };
  expect(aiteam(['conflicts', 'show', conflict?.id ?? '']).stdout).toContain('glm was here');
  expect(JSON.parse(aiteam(['status', '--json']).stdout)).toMatchObject({ agents: [{ uncommitted: { changed: 0 } }, { uncommitted: { changed: 0 } }] });
});
