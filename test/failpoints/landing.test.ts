import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Failpoint } from '../../src/process/failpoint.ts';
import { readHistory } from '../../src/state/journal.ts';
import { layoutOf } from '../../src/state/layout.ts';
import { expectSettled, failAt, holdRefreshes, withKinds } from '../support/failpoints.ts';
import { gatedTeam } from '../support/gates.ts';
import { expectDone, script, type Scratch } from '../support/scratch.ts';

const BEFORE_LANDING: readonly Failpoint[] = ['run-noted', 'snapshot-taken', 'gate-worktree-ready', 'gate-running', 'journal-append'];
const LANDING: readonly Failpoint[] = ['intent-written', 'index-lock-written', 'index-locked', 'files-moved', 'index-renamed', 'target-moved', 'landing-recorded', 'intent-cleared'];
const AFTER_LANDING: readonly Failpoint[] = ['conflict-pinned', 'conflict-recorded'];

const USERS = ['A  staged.txt', ' M user.txt', '?? notes.txt'].sort();

/** glm has work to land, ds's conflicts with it, a gate runs, and the user has changes of all kinds in the checkout. */
function scene(): Scratch {
  const made = gatedTeam(['glm', 'ds'], ['{name: test, run: "test -f glm.txt", cache: false}']);
  holdRefreshes(made);
  made.commit({ 'user.txt': 'u\n' }, 'the user\'s');
  made.commit({ 'README.md': 'ds\n' }, 'ds works', made.worktree('ds'));
  made.write({ 'staged.txt': 's\n', 'user.txt': 'changed\n', 'notes.txt': 'n\n' });
  made.git(['add', 'staged.txt']);
  return made;
}

/** A commit of glm's that adds, changes and removes files. */
function work(made: Scratch, round: string): void {
  const worktree = made.worktree('glm');
  if (existsSync(join(worktree, 'app.txt'))) made.git(['rm', '-q', 'app.txt'], { cwd: worktree });
  made.commit({ 'glm.txt': `${round}\n`, 'README.md': `glm ${round}\n`, [`dir-${round}/new.txt`]: 'x\n' }, `glm works: ${round}`, worktree);
}

function changes(made: Scratch): string[] {
  return made.git(['status', '--porcelain', '-unormal']).split('\n').filter((line) => line !== '').sort();
}

function landings(made: Scratch): number {
  return readHistory(layoutOf(join(made.repo, '.git'), made.repo)).filter(({ kind }) => kind === 'landing').length;
}

/** main and its checkout are where they were before glm's work, or have all of it. */
function expectWhole(made: Scratch, label: string): void {
  const landed = made.tryGit(['merge-base', '--is-ancestor', 'feature/glm', 'main']).code === 0;
  expect([label, changes(made)]).toEqual([label, USERS]);
  const onMain = made.git(['ls-tree', '-r', '--name-only', 'main']).split('\n').filter((path) => existsSync(join(made.repo, path)));
  expect([label, onMain.length]).toEqual([label, made.git(['ls-tree', '-r', '--name-only', 'main']).split('\n').length]);
  if (landed) expect([label, made.read('glm.txt'), existsSync(join(made.repo, 'app.txt'))]).toEqual([label, made.git(['show', 'feature/glm:glm.txt']) + '\n', false]);
}

// Seen to fail: with the files moved after the ref (target-moved leaves a staged reversal), without completeLanding (locks
// stay from index-locked on), without moving back what a full disk stopped (files-moved leaves the landing's edits as the user's).
describe('integrate ended', () => {
  it.each(withKinds([...BEFORE_LANDING, ...LANDING, ...AFTER_LANDING]))('at %s, by %s: not begun or completed, once, and the checkout has the user\'s changes alone', (point, kinds) => {
    const made = scene();
    for (const [index, kind] of kinds.entries()) {
      const label = `${point}:${kind}`;
      work(made, kind);
      failAt(made, point, kind, ['integrate', 'glm', 'ds']);
      const said = expectDone(made.aiteam(['status']));
      expectWhole(made, label);
      made.aiteam(['integrate', 'glm', 'ds']);
      expectWhole(made, label);
      made.git(['merge-base', '--is-ancestor', 'feature/glm', 'main']);
      expect([label, made.git(['rev-list', '--count', '--min-parents=2', '--first-parent', 'main'])]).toEqual([label, String(index + 1)]);
      expect([label, landings(made), said.stderr.includes('given up')]).toEqual([label, index + 1, false]);
      expectSettled(made, label);
    }
    const { conflicts } = JSON.parse(expectDone(made.aiteam(['conflicts', '--json'])).stdout) as { conflicts: { id: string }[] };
    expect(conflicts).toHaveLength(1);
    made.git(['rev-parse', '--verify', `refs/aiteam/conflicts/${conflicts[0]?.id}/branch`]);
  });
});

it('integrate killed together with the git that moves main: the locks that git left are removed', () => {
  const made = scene();
  work(made, 'kill');
  failAt(made, 'index-renamed', 'kill', ['integrate', 'glm']);
  const then = Date.now() / 1000 - 60;
  for (const lock of ['refs/heads/main.lock', 'HEAD.lock'].map((name) => join(made.repo, '.git', name))) {
    writeFileSync(lock, '');
    utimesSync(lock, then, then);
  }
  expectDone(made.aiteam(['status']));
  made.git(['merge-base', '--is-ancestor', 'feature/glm', 'main']);
  expectWhole(made, 'locked');
  made.aiteam(['integrate']);
  expectSettled(made, 'locked');
});

/** A file that git writes last into the checkout goes through this filter; it ends the git that writes, and what started that, or only fails. */
function withFilter(made: Scratch, body: string): void {
  script(join(made.folder, 'filter'), `#!/bin/sh\nif [ -e '${made.folder}/off' ] || [ "$PWD" != '${made.repo}' ]; then exec cat; fi\n${body}\n`);
  made.git(['config', 'filter.last.smudge', join(made.folder, 'filter')]);
  made.git(['config', 'filter.last.clean', 'cat']);
  made.git(['config', 'filter.last.required', 'true']);
  made.write({ '.git/info/attributes': 'zz.txt filter=last\n' });
  made.write({ 'zz.txt': 'z\n' }, made.worktree('glm'));
  work(made, 'half');
}

describe('integrate, half of the files moved', () => {
  it('killed together with its git: the next command completes it', () => {
    const made = scene();
    withFilter(made, 'parent=$(cut -d " " -f 4 "/proc/$PPID/stat" 2>/dev/null || ps -o ppid= -p $PPID)\nkill -9 $parent $PPID');
    expect(made.aiteam(['integrate', 'glm']).signal).toBe('SIGKILL');
    expect(changes(made)).not.toEqual(USERS);
    made.write({ off: '' }, made.folder);
    expectDone(made.aiteam(['status']));
    expectWhole(made, 'half');
    made.git(['merge-base', '--is-ancestor', 'feature/glm', 'main']);
    made.aiteam(['integrate']);
    expectSettled(made, 'half');
  });

  // Seen to fail without moving back what git refused half-way: README.md and glm.txt lie about as the user's.
  it('git cannot write the rest: they are moved back, and the user\'s changes are alone', () => {
    const made = scene();
    withFilter(made, 'exit 1');
    expect(made.aiteam(['integrate', 'glm']).code).toBe(1);
    expectWhole(made, 'half');
    expectSettled(made, 'half');
    made.write({ off: '' }, made.folder);
    expectDone(made.aiteam(['integrate', 'glm']));
    expectWhole(made, 'half');
  });
});

describe('integrate killed, and before the next command', () => {
  // Seen to fail with main moved before its checkout: the commit took glm's files away again, and nothing said so.
  it.each(LANDING)('at %s: the user removed index.lock and committed everything: no landing is reverted, and none of it passes for the user\'s unsaid', (point) => {
    const made = scene();
    work(made, 'kill');
    failAt(made, point, 'kill', ['integrate', 'glm']);
    rmSync(join(made.repo, '.git', 'index.lock'), { force: true });
    const before = made.git(['rev-parse', 'HEAD']);
    made.git(['commit', '-q', '-a', '-m', 'everything']);
    const mine = made.git(['rev-parse', 'HEAD']);
    const { stderr } = expectDone(made.aiteam(['status']));
    made.git(['merge-base', '--is-ancestor', mine, 'main']);
    const others = made.git(['diff', '--name-only', before, mine]).split('\n').filter((path) => !['staged.txt', 'user.txt'].includes(path));
    const landed = made.tryGit(['merge-base', '--is-ancestor', 'feature/glm', 'main']).code === 0;
    if (landed) expect(others).toEqual([]);
    else for (const path of others) expect(stderr).toMatch(new RegExp(`in commits made on main since[^\\n]*${path.replaceAll('.', '\\.')}`));
    expect(made.read('user.txt') + made.read('staged.txt') + made.read('notes.txt')).toBe('changed\ns\nn\n');
    made.aiteam(['integrate', 'glm']);
    made.git(['merge-base', '--is-ancestor', mine, 'main']);
    expect(made.git(['show', 'main:user.txt'])).toBe('changed');
    expectSettled(made, point);
  });

  it.each(LANDING)('at %s: the user edited a landed file: the edit stays, and whatever of the landing lies about is said', (point) => {
    const made = scene();
    work(made, 'kill');
    failAt(made, point, 'kill', ['integrate', 'glm']);
    made.write({ 'README.md': 'mine\n' });
    const { stderr } = expectDone(made.aiteam(['status']));
    expect(made.read('README.md')).toBe('mine\n');
    const landed = made.tryGit(['merge-base', '--is-ancestor', 'feature/glm', 'main']).code === 0;
    const theirs = changes(made).filter((line) => !USERS.includes(line) && line.slice(3) !== 'README.md');
    if (landed) expect(theirs).toEqual([]);
    else for (const line of theirs) expect(stderr).toMatch(new RegExp(`what was to land lies uncommitted in [^\\n]*${line.slice(3).replaceAll('.', '\\.')}`));
    made.aiteam(['integrate', 'glm']);
    expect(made.read('README.md')).toBe('mine\n');
    expectSettled(made, point);
  });
});
