import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, script, team, type Scratch } from '../support/scratch.ts';

const NOBODY = { GIT_AUTHOR_NAME: '', GIT_AUTHOR_EMAIL: '', GIT_COMMITTER_NAME: '', GIT_COMMITTER_EMAIL: '' };

/** A team whose glm has something to land, without the identity that the environment gives. */
function nameless(): { made: Scratch; env: Record<string, string> } {
  const made = team('glm');
  made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm'));
  made.git(['config', 'user.useConfigOnly', 'true']);
  return { made, env: NOBODY };
}

/** Every commit there is, reachable or not: what a refresh in the background writes is none. */
const objects = (made: Scratch): string[] => made.git(['cat-file', '--batch-all-objects', '--batch-check']).split('\n').filter((line) => line.includes(' commit '));

describe('nothing is made where', () => {
  it('git does not know in whose name to commit: the command that says so is named', () => {
    const { made, env } = nameless();
    const before = [made.git(['rev-parse', 'main']), objects(made)];
    for (const args of [['integrate'], ['integrate', '--dry-run']]) {
      const refused = expectDone(made.aiteam(args, { env }), 1);
      expect(refused.stderr).toMatch(/^error: git does not know in whose name to commit.*\nhint: git config --global user\.name /m);
    }
    expect([made.git(['rev-parse', 'main']), objects(made)]).toEqual(before);
    expect(expectDone(made.aiteam(['sync', 'glm'], { env }), 1).stderr).toContain('in whose name to commit');
    made.commit({ 'glm.txt': 'main\n' }, 'main adds it too');
    expectDone(made.aiteam(['integrate']), 3);
    const [id = ''] = /[0-9a-f]{8}(?= +open)/.exec(expectDone(made.aiteam(['conflicts'])).stdout) ?? [];
    expect(expectDone(made.aiteam(['conflicts', 'resolve', id], { env }), 1).stderr).toContain('in whose name to commit');
    // What only we make needs nobody's name.
    made.write({ 'unsaved.txt': 'u\n' }, made.worktree('glm'));
    expectDone(made.aiteam(['worktree', 'remove', 'glm', '-f', '-D'], { env }));
  });

  it('git does not know it and an undo would need a commit', () => {
    const made = team('claude', 'glm');
    for (const agent of ['claude', 'glm']) {
      made.commit({ [`${agent}.txt`]: 'a\n' }, `${agent} works`, made.worktree(agent));
      expectDone(made.aiteam(['integrate', agent]));
    }
    const [, first = ''] = /claude landed on main as (L[0-9a-f]+)/.exec(expectDone(made.aiteam(['log'])).stdout) ?? [];
    made.git(['config', 'user.useConfigOnly', 'true']);
    const before = made.git(['rev-parse', 'main']);
    expect(expectDone(made.aiteam(['undo', first], { env: NOBODY }), 1).stderr).toContain('in whose name to commit');
    expect(made.git(['rev-parse', 'main'])).toBe(before);
  });

  it('the program that signs does not: it is named, with the way to go on', () => {
    const made = team('glm');
    made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm'));
    const before = made.git(['rev-parse', 'main']);
    const gpg = join(made.folder, 'no-gpg');
    script(gpg, '#!/bin/sh\necho "no secret key" >&2\nexit 2\n');
    made.git(['config', 'commit.gpgsign', 'true']);
    made.git(['config', 'gpg.program', gpg]);
    const refused = expectDone(made.aiteam(['integrate']), 1);
    expect(refused.stderr).toContain(`error: commit.gpgsign is set, and ${gpg} did not sign: `);
    expect(refused.stderr).toContain('hint: to go on without signatures: git config commit.gpgsign false');
    expect([made.git(['rev-parse', 'main']), made.git(['status', '--porcelain'])]).toEqual([before, '?? .aiteam.yaml']);
    made.git(['config', 'commit.gpgsign', 'false']);
    expectDone(made.aiteam(['integrate']));
  });
});

it('a dry run says that the gates were not run, and whether they may', () => {
  const made = team('glm');
  made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm'));
  const last = (): string => expectDone(made.aiteam(['integrate', '--dry-run'])).stdout;
  expect(last()).toContain('dry run: main stays where it is; no gate is configured: nothing would be tested\n');
  made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\ngates: [{name: tests, run: 'true'}]\n` });
  expect(last()).toContain('the gates were not run, and nobody has approved them\nnext: aiteam trust\n');
  expectDone(made.aiteam(['trust', '--yes']));
  expect(last()).toMatch(/the gates were not run\n$/);
});
