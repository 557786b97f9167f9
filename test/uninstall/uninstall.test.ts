import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectDone, scratch, script, team, type Scratch } from '../support/scratch.ts';

/** Every file of the repository with its content, but what git itself keeps of objects and worktrees. */
function picture(made: Scratch): Record<string, string> {
  const files = readdirSync(made.repo, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(made.repo, join(entry.parentPath, entry.name)))
    .filter((path) => !/^\.git\/(objects|worktrees|logs|index|COMMIT_EDITMSG|refs\/heads\/feature)/.test(path));
  return Object.fromEntries(files.map((path) => [path, made.read(path)]));
}

const refs = (made: Scratch): string => made.git(['for-each-ref', '--format=%(refname)']);

test('leaves configuration, hooks, excludes, refs and folders as they were, and agents\' branches and worktrees alone', () => {
  const made = scratch();
  made.git(['config', 'user.note', 'mine']);
  script(join(made.repo, '.git/hooks/pre-commit'), '#!/bin/sh\n');
  writeFileSync(join(made.repo, '.git/info/exclude'), '# mine\n*.log\n');
  const [before, refsBefore] = [picture(made), refs(made)];

  expectDone(made.aiteam(['init', 'claude', 'glm']));
  expectDone(made.aiteam(['worktree', 'add', 'claude', 'glm']));
  const tip = made.commit({ a: '1' }, 'one', made.worktree('glm'));
  expectDone(made.aiteam(['refresh']));
  const done = expectDone(made.aiteam(['uninstall']));
  expect(done.stdout).toContain('glm: feature/glm');

  const { '.aiteam.yaml': config, ...after } = picture(made);
  expect(config).toBeDefined();
  expect(after).toEqual(before);
  expect(refs(made)).toBe(['refs/heads/feature/claude', 'refs/heads/feature/glm', refsBefore].join('\n'));
  expect(existsSync(join(made.repo, '.git/refs/aiteam'))).toBe(false);
  expect(made.git(['rev-parse', 'HEAD'], { cwd: made.worktree('glm') })).toBe(tip);
  expect(made.git(['status', '--porcelain', '--ignored'], { cwd: made.worktree('glm') })).toBe('');
  made.commit({ a: '2' }, 'two', made.worktree('glm'));
  expect(made.git(['log', '-1', '--format=%B'], { cwd: made.worktree('glm') }).trim()).toBe('two');
  expect(made.aiteam(['status']).stderr).toContain('not set up');
});

test.each([['without its last line break', '# mine\n*.log'], ['with Windows line breaks', '*.log\r\n'], ['absent', null]])('an exclude file %s is so again', (_what, content) => {
  const made = scratch();
  const file = join(made.repo, '.git/info/exclude');
  if (content === null) rmSync(file);
  else writeFileSync(file, content);
  expectDone(made.aiteam(['init', 'glm']));
  expect(made.git(['check-ignore', '.ai-coordinator/x'])).toContain('.ai-coordinator/x');
  expectDone(made.aiteam(['uninstall']));
  expect(existsSync(file) ? readFileSync(file, 'utf8') : null).toBe(content);
});

test('the approval in the user\'s own folder goes too: a repository made at the same place later has none', () => {
  const made = team();
  made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\ngates: [{name: tests, run: 'true'}]\n` });
  expectDone(made.aiteam(['trust', '--yes']));
  const folder = join(made.folder, 'home/.config/aiteam/trust');
  expect(readdirSync(folder)).toHaveLength(1);
  expectDone(made.aiteam(['uninstall']));
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder .ai-coordinator that was there before keeps its files; one that others wrote to keeps theirs', () => {
  const made = scratch();
  made.write({ '.ai-coordinator/notes.txt': 'mine', '.ai-coordinator/status.json': '{"mine": true}' });
  expectDone(made.aiteam(['init', 'glm']));
  expectDone(made.aiteam(['uninstall']));
  expect(readdirSync(join(made.repo, '.ai-coordinator')).sort()).toEqual(['notes.txt', 'status.json']);
  expect(made.read('.ai-coordinator/status.json')).toBe('{"mine": true}');

  const other = team();
  other.write({ '.ai-coordinator/notes.txt': 'somebody\'s' });
  const done = expectDone(other.aiteam(['uninstall']), 3);
  expect(done.stdout).toContain('notes.txt');
  expect(readdirSync(join(other.repo, '.ai-coordinator'))).toEqual(['notes.txt']);
});

describe('is refused', () => {
  test('where nothing of aiteam is', () => {
    expect(expectDone(scratch().aiteam(['uninstall']), 1).stderr).toContain('there is nothing of aiteam');
  });

  test('while the trash or refs of ours keep what nothing else does, unless forced', () => {
    const made = team('glm');
    const lost = made.git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'only here']);
    made.git(['update-ref', 'refs/aiteam/conflicts/x/branch', lost]);
    made.write({ a: '1' }, made.worktree('glm'));
    expectDone(made.aiteam(['worktree', 'remove', '--force', 'glm']));
    const refused = expectDone(made.aiteam(['uninstall']), 1);
    expect(refused.stderr).toContain('1 entry of the trash');
    expect(refused.stderr).toMatch(/[12] commits? that nothing but refs\/aiteam\/ keeps/);
    expect(readFileSync(join(made.repo, '.git/config'), 'utf8')).toContain('aiteam');
    expectDone(made.aiteam(['uninstall', '--force']));
    expect(refs(made)).not.toContain('aiteam');
  });

  test("from an agent's worktree, unless the configuration gives leave", () => {
    const made = team('glm');
    expect(expectDone(made.aiteam(['uninstall'], { cwd: made.worktree('glm') }), 1).stderr).toContain('glm may not uninstall');
    made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\nagents_may: [uninstall]\n` });
    expectDone(made.aiteam(['uninstall'], { cwd: made.worktree('glm') }));
  });
});

test('a configuration with a mistake in it keeps nobody from leaving', () => {
  const made = team();
  made.write({ '.aiteam.yaml': 'version: [\n' });
  expectDone(made.aiteam(['uninstall']));
  expect(existsSync(join(made.repo, '.git/aiteam'))).toBe(false);
});
