import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hooked, type Hooked } from '../support/agents.ts';
import { script } from '../support/scratch.ts';

const LINE = 'Assisted-by: glm:glm-1';

interface Place {
  readonly made: Hooked;
  readonly cwd: string;
  /** Stages a change, commits with these arguments and gives the whole message, or git's exit code and words where it stopped. */
  commit(args: readonly string[], options?: { editor?: string; env?: Record<string, string>; input?: string }): string;
}

async function glm(): Promise<Place> {
  const made = await hooked(['glm', 'claude']);
  const cwd = made.worktree('glm');
  let count = 0;
  return {
    made, cwd,
    commit: (args, options = {}) => {
      made.write({ 'a.txt': `${count += 1}\n` }, cwd);
      made.git(['add', '-A'], { cwd });
      const env = { ...options.env, ...(options.editor === undefined ? {} : { GIT_EDITOR: editor(made, options.editor) }) };
      const done = made.tryGit(['commit', '-q', ...args], { cwd, env, input: options.input ?? '' });
      return done.code === 0 ? made.git(['log', '-1', '--format=%B'], { cwd }).replace(/\n$/, '') : `exit ${done.code}: ${done.stderr}`;
    },
  };
}

/** An editor that runs this shell text; `$1` is the message's file. */
function editor(made: Hooked, text: string): string {
  const path = join(made.folder, 'editor');
  script(path, `#!/bin/sh\n${text}\n`);
  return path;
}

const typing = (text: string): string => `{ printf '%s' '${text}'; cat "$1"; } >"$1.new" && mv "$1.new" "$1"`;

describe('the trailer of a message that git gets without an editor', () => {
  test('follows a subject of one line after an empty line, also one that looks like a trailer', async () => {
    const { commit } = await glm();
    expect(commit(['-m', 'fix: x'])).toBe(`fix: x\n\n${LINE}`);
    expect(commit(['-m', '#123 fix'])).toBe(`#123 fix\n\n${LINE}`);
  });

  test('joins trailers that are there, and stands apart from text, indented lines and a mixed paragraph', async () => {
    const { commit } = await glm();
    expect(commit(['-s', '-m', 'subject', '-m', 'body'])).toBe(`subject\n\nbody\n\nSigned-off-by: Human <human@example.org>\n${LINE}`);
    expect(commit(['-m', 'subject', '-m', 'Reviewed-by: a\n  and b\n(cherry picked from commit 12)'])).toBe(`subject\n\nReviewed-by: a\n  and b\n(cherry picked from commit 12)\n${LINE}`);
    expect(commit(['-m', 'subject', '-m', 'text: with space\nand more'])).toBe(`subject\n\ntext: with space\nand more\n\n${LINE}`);
    expect(commit(['--cleanup=verbatim', '-m', 'subject', '-m', '    code: 1'])).toBe(`subject\n\n    code: 1\n\n${LINE}`);
  });

  test('comes after a message without a line break at its end, and with any cleanup', async () => {
    const { commit } = await glm();
    expect(commit(['--cleanup=verbatim', '-F', '-'], { input: 'subject\n\nbody' })).toBe(`subject\n\nbody\n\n${LINE}`);
    expect(commit(['--cleanup=whitespace', '-F', '-'], { input: '\n\nsubject\n\n\n\nbody\n\n\n' })).toBe(`subject\n\nbody\n\n${LINE}`);
    expect(commit(['--cleanup=scissors', '-m', 'subject'])).toBe(`subject\n\n${LINE}`);
    expect(commit(['--cleanup=strip', '-F', '-'], { input: 'subject\n# note\n' })).toBe(`subject\n\n${LINE}`);
  });

  test('is not added twice, nor where another agent is named', async () => {
    const { commit, made, cwd } = await glm();
    commit(['-m', 'subject']);
    expect(commit(['--amend', '--no-edit'])).toBe(`subject\n\n${LINE}`);
    expect(commit(['-m', 'subject', '-m', 'Assisted-by: claude:opus'])).toBe('subject\n\nAssisted-by: claude:opus');
    expect(made.git(['log', '-1', '--format=%(trailers:key=Assisted-by,valueonly)'], { cwd }).trim()).toBe('claude:opus');
  });

  test('does not make an empty message a message', async () => {
    const { commit } = await glm();
    expect(commit(['-m', ''])).toMatch(/^exit 1: Aborting commit due to empty commit message/);
    expect(commit(['-s', '-m', ''])).toMatch(/^exit 1: Aborting commit due to empty commit message/);
    expect(commit([], { env: { GIT_EDITOR: ':' } })).toMatch(/^exit 1: Aborting commit due to empty commit message/);
  });
});

describe('the trailer of a message from an editor', () => {
  test('is added to what was typed, before the comments', async () => {
    const { commit } = await glm();
    expect(commit([], { editor: typing('fix: x') })).toBe(`fix: x\n\n${LINE}`);
    expect(commit([], { editor: typing('subject\n\n---\nbelow a line') })).toBe(`subject\n\n---\nbelow a line\n\n${LINE}`);
    expect(commit(['-s'], { editor: typing('subject') })).toBe(`subject\n\nSigned-off-by: Human <human@example.org>\n${LINE}`);
  });

  test('is added above the scissors of commit -v', async () => {
    const { commit, made } = await glm();
    expect(commit(['-v'], { editor: typing('subject') })).toBe(`subject\n\n${LINE}`);
    made.git(['config', 'commit.cleanup', 'scissors']);
    expect(commit([], { editor: typing('subject') })).toBe(`subject\n\n${LINE}`);
  });

  test('an empty message still ends the commit', async () => {
    const { commit, made } = await glm();
    for (const args of [[], ['-v'], ['-s'], ['--cleanup=scissors']]) {
      expect(commit(args, { editor: ':' })).toMatch(/^exit 1: .*empty commit message/);
    }
    made.git(['config', 'core.commentChar', ';']);
    expect(commit([], { editor: ':' })).toMatch(/^exit 1: .*empty commit message/);
    made.git(['config', 'core.commentChar', 'auto']);
    expect(commit([], { editor: ':' })).toMatch(/^exit 1: .*empty commit message/);
  });

  test('a template that nobody touched still ends the commit; one that was filled in gets the line', async () => {
    const { commit, made } = await glm();
    writeFileSync(join(made.folder, 'template'), 'Why:\n\n# what matters\n');
    made.git(['config', 'commit.template', join(made.folder, 'template')]);
    expect(commit([], { editor: ':' })).toMatch(/^exit 1: .*did not edit the message/);
    expect(commit(['-v'], { editor: ':' })).toMatch(/^exit 1: .*did not edit the message/);
    expect(commit([], { editor: 'sed -i "s/^Why:/Why: because/" "$1"' })).toBe(`Why: because\n\n${LINE}`);
    expect(commit(['-m', 'Why:'])).toBe(`Why:\n\n${LINE}`);
  });

  test('an amended message that the editor leaves as it is keeps its one line', async () => {
    const { commit } = await glm();
    commit(['-m', 'subject']);
    expect(commit(['--amend'], { editor: 'true' })).toBe(`subject\n\n${LINE}`);
    expect(commit(['--amend'], { editor: 'sed -i "/^Assisted-by/d" "$1"' })).toBe(`subject\n\n${LINE}`);
  });
});

describe('the trailer where git makes a commit from others', () => {
  test('a merge gets it; a squash of own work too, and one of another agent names that one', async () => {
    const { made, cwd } = await glm();
    made.commit({ 'claude.txt': '1\n' }, 'from claude', made.worktree('claude'));
    made.commit({ 'glm.txt': '1\n' }, 'from glm', cwd);
    made.git(['merge', '-q', '--no-edit', 'feature/claude'], { cwd });
    expect(made.git(['log', '-1', '--format=%B'], { cwd }).trim()).toBe(`Merge branch 'feature/claude' into feature/glm\n\n${LINE}`);

    made.git(['reset', '-q', '--hard', 'HEAD~1'], { cwd });
    made.git(['merge', '-q', '--squash', 'feature/claude'], { cwd });
    made.git(['commit', '-q', '--no-edit'], { cwd });
    expect(made.git(['log', '-1', '--format=%(trailers)'], { cwd }).trim()).toBe('Assisted-by: claude:claude-1');
    made.git(['reset', '-q', '--hard', 'HEAD~1'], { cwd });
    made.git(['merge', '-q', '--squash', 'feature/claude'], { cwd });
    made.git(['commit', '-q'], { cwd, env: { GIT_EDITOR: 'true' } });
    expect(made.git(['log', '-1', '--format=%(trailers)'], { cwd }).trim()).toBe('Assisted-by: claude:claude-1');
  });

  test('rebase, squash in a rebase, cherry-pick and a revert that stopped keep what is there and add nothing', async () => {
    const { made, cwd } = await glm();
    const picked = made.commit({ 'claude.txt': '1\n' }, 'from claude', made.worktree('claude'));
    const plain = made.commit({ 'main.txt': '1\n' }, 'from the human');
    made.commit({ 'one.txt': '1\n' }, 'one', cwd);
    made.commit({ 'two.txt': '1\n' }, 'two', cwd);
    const message = (): string => made.git(['log', '-1', '--format=%B'], { cwd }).trim();

    made.git(['cherry-pick', picked], { cwd });
    expect(message()).toBe('from claude\n\nAssisted-by: claude:claude-1');
    made.git(['cherry-pick', plain], { cwd });
    expect(message()).toBe('from the human');
    made.commit({ 'main.txt': '2\n' }, 'changed again', cwd);
    expect(made.tryGit(['revert', '--no-edit', 'HEAD~1'], { cwd }).code).toBe(1);
    made.git(['rm', '-q', 'main.txt'], { cwd });
    made.git(['revert', '--continue'], { cwd, env: { GIT_EDITOR: 'true' } });
    expect(message()).toMatch(/^Revert "from the human"[^]*$/);
    expect(message()).not.toContain('Assisted-by');
    made.git(['reset', '-q', '--hard', 'HEAD~4'], { cwd });
    made.git(['rebase', '-q', 'main'], { cwd });
    expect(message()).toBe(`two\n\n${LINE}`);
    made.git(['rebase', '-q', '-i', 'HEAD~2'], { cwd, env: { GIT_SEQUENCE_EDITOR: 'sed -i "2s/^pick/squash/"', GIT_EDITOR: 'true' } });
    expect(message()).toBe(`one\n\n${LINE}\n\ntwo\n\n${LINE}`);
  });
});

test('a revert that goes through is the work of the agent that asked for it', async () => {
  const { made, cwd } = await glm();
  made.commit({ a: '1' }, 'one', cwd);
  made.git(['revert', '--no-edit', 'HEAD'], { cwd });
  expect(made.git(['log', '-1', '--format=%(trailers)'], { cwd }).trim()).toBe(LINE);
});

test('a configured trailer is written, and its key counts as naming an agent', async () => {
  const made = await hooked(['glm'], { config: { trailer: 'Made-with: {agent} ({model})' } });
  const cwd = made.worktree('glm');
  made.commit({ a: '1' }, 'one', cwd);
  expect(made.git(['log', '-1', '--format=%B'], { cwd }).trim()).toBe('one\n\nMade-with: glm (glm-1)');
  made.commit({ a: '2' }, 'two\n\nMade-with: something else', cwd);
  expect(made.git(['log', '-1', '--format=%B'], { cwd }).trim()).toBe('two\n\nMade-with: something else');
  made.commit({ a: '3' }, 'three\n\nassisted-by: somebody', cwd);
  expect(made.git(['log', '-1', '--format=%B'], { cwd }).trim()).toBe('three\n\nassisted-by: somebody');
});

test('AITEAM=0 leaves the message alone, and so does a worktree without a marker', async () => {
  const { made, cwd, commit } = await glm();
  expect(commit(['-m', 'subject'], { env: { AITEAM: '0' } })).toBe('subject');
  made.git(['worktree', 'add', '-q', '-b', 'own', join(made.folder, 'own')]);
  made.commit({ a: '1' }, 'by hand', join(made.folder, 'own'));
  expect(made.git(['log', '-1', '--format=%B', 'own']).trim()).toBe('by hand');
  expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('1\n');
});

test('a Co-authored-by that the agent writes itself is left alone and not doubled, before the line or beside it', async () => {
  const { commit } = await glm();
  const own = 'Co-authored-by: Glm <glm@z.ai>';
  expect(commit(['-m', 'subject', '-m', own])).toBe(`subject\n\n${own}\n${LINE}`);
  expect(commit(['--amend', '--no-edit'])).toBe(`subject\n\n${own}\n${LINE}`);
  expect(commit(['--trailer', own, '-m', 'subject'])).toBe(`subject\n\n${own}\n${LINE}`);
  expect(commit([], { editor: typing(`subject\n\nCo-Authored-By: Glm <glm@z.ai>`) })).toBe(`subject\n\nCo-Authored-By: Glm <glm@z.ai>\n${LINE}`);
  expect(commit(['--amend'], { editor: 'true' })).toBe(`subject\n\nCo-Authored-By: Glm <glm@z.ai>\n${LINE}`);
});
