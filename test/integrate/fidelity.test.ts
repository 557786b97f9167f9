import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { scratch, type Scratch } from '../support/scratch.ts';
import { agreedOutcome, commitOn, contentOf } from '../support/verdicts.ts';

const numbered = (name: string, lines = 12): string => Array.from({ length: lines }, (_, index) => `${name} ${index + 1}\n`).join('');

/** Two commits on main that each change the same files in their own way. */
function bothChange(made: Scratch, one: Record<string, string>, other: Record<string, string>): [CommitId, CommitId] {
  return [commitOn(made, 'main', one), commitOn(made, 'main', other)];
}

describe('attributes: the verdict and the tree are those of git merge in a worktree of the target', () => {
  // Each was seen to fail with a room whose worktree has no .gitattributes.
  it.each([
    ['union takes both lines', 'list merge=union\n', 'clean'],
    ['-merge stops on any two changes', 'list -merge\n', 'conflict'],
    ['binary stops on any two changes', 'list binary\n', 'conflict'],
    ['a driver that nobody has configured merges as text', 'list merge=nobody\n', 'clean'],
  ])('%s', async (_what, attributes, verdict) => {
    const made = scratch();
    made.commit({ '.gitattributes': attributes, list: numbered('x') }, 'attributes');
    const lines = numbered('x').split('\n');
    const at = (line: number): string => lines.with(line, 'changed').join('\n');
    const [one, other] = attributes.includes('union') ? bothChange(made, { list: `${numbered('x')}one\n` }, { list: `${numbered('x')}other\n` }) : bothChange(made, { list: at(1) }, { list: at(10) });
    expect((await agreedOutcome(made, one, other)).verdict).toBe(verdict);
  });

  it('those of the target count, not those that the branch brings', async () => {
    const made = scratch();
    const other = commitOn(made, 'main', { '.gitattributes': 'app.txt merge=union\n', 'app.txt': `${made.read('app.txt')}other\n` });
    const one = commitOn(made, 'main', { 'app.txt': `${made.read('app.txt')}one\n` });
    expect((await agreedOutcome(made, one, other)).verdict).toBe('conflict');
    expect((await agreedOutcome(made, other, one)).verdict).toBe('clean');
  });

  // Seen to fail without core.attributesFile in the room.
  it('those of the user\'s own file count too', async () => {
    const made = scratch();
    writeFileSync(join(made.folder, 'attributes'), 'app.txt merge=union\n');
    made.git(['config', 'core.attributesFile', join(made.folder, 'attributes')]);
    const text = made.read('app.txt');
    expect((await agreedOutcome(made, ...bothChange(made, { 'app.txt': `${text}one\n` }, { 'app.txt': `${text}other\n` }))).verdict).toBe('clean');
  });

  it('large files that git-lfs keeps merge as the pointers that they are', async () => {
    const made = scratch();
    const pointer = (id: string): string => `version https://git-lfs.github.com/spec/v1\noid sha256:${id.repeat(64)}\nsize 12345\n`;
    made.commit({ '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'a.bin': pointer('1'), 'b.bin': pointer('1') }, 'pointers');
    const [one, other] = bothChange(made, { 'a.bin': pointer('2') }, { 'b.bin': pointer('3') });
    const both = commitOn(made, 'main', { 'a.bin': pointer('4') });
    expect(contentOf(made, await agreedOutcome(made, one, other), 'b.bin')).toContain('3333');
    expect((await agreedOutcome(made, one, both)).verdict).toBe('conflict');
  });
});

describe('settings: what the user has configured changes the merge', () => {
  /** A whole file in CRLF on one side, one line of it changed on the other. */
  function lineEndings(made: Scratch): [CommitId, CommitId] {
    made.commit({ '.gitattributes': '*.txt text\n', 'app.txt': numbered('line') }, 'attributes');
    return [made.git(['rev-parse', 'main']) as CommitId, commitOn(made, 'main', { 'app.txt': numbered('line').replace('line 3', 'changed') })];
  }

  // Seen to fail without merge.renormalize in the room.
  it('merge.renormalize: a side that is all CRLF merges with one that changed a line', async () => {
    const made = scratch();
    const [base, changed] = lineEndings(made);
    const blob = made.git(['hash-object', '-w', '--no-filters', '--stdin'], { input: numbered('line').replaceAll('\n', '\r\n') });
    const crlf = commitOn(made, base, {}, () => undefined);
    made.git(['update-index', '--cacheinfo', `100644,${blob},app.txt`]);
    made.git(['commit', '-q', '--amend', '-m', 'all CRLF']);
    const one = made.git(['rev-parse', 'HEAD']) as CommitId;
    expect(one).not.toBe(crlf);
    expect((await agreedOutcome(made, one, changed)).verdict).toBe('conflict');
    made.git(['config', 'merge.renormalize', 'true']);
    expect((await agreedOutcome(made, one, changed)).verdict).toBe('clean');
  });

  it('merge.directoryRenames, diff.renames, merge.renames: a file added to a folder that was renamed', async () => {
    const made = scratch();
    made.commit({ 'old/1': numbered('1'), 'old/2': numbered('2') }, 'folder');
    const renamed = commitOn(made, 'main', {}, () => made.git(['mv', 'old', 'new']));
    const added = commitOn(made, 'main', { 'old/3': numbered('3'), 'old/1': `${numbered('1')}more\n` });
    const verdicts = [];
    for (const setting of [null, 'merge.directoryRenames=true', 'merge.directoryRenames=false', 'merge.renames=false', 'diff.renames=false', 'diff.renames=copies']) {
      if (setting !== null) made.git(['config', ...setting.split('=')]);
      verdicts.push((await agreedOutcome(made, renamed, added)).verdict);
      if (setting !== null) made.git(['config', '--unset', setting.split('=')[0] ?? '']);
    }
    expect(verdicts.slice(0, 3)).toEqual(['conflict', 'clean', 'clean']);
  });

  // Seen to fail without merge.renamelimit in the room.
  it('merge.renameLimit: renames with changes are not looked for where there are more', async () => {
    const made = scratch();
    const names = ['a', 'b', 'c', 'd'];
    made.commit(Object.fromEntries(names.map((name) => [name, numbered(name)])), 'files');
    const renamed = commitOn(made, 'main', Object.fromEntries(names.map((name) => [`new-${name}`, `${numbered(name)}more\n`])), () => names.forEach((name) => rmSync(join(made.repo, name))));
    const edited = commitOn(made, 'main', { a: numbered('a').replace('a 2\n', 'edited\n') });
    expect((await agreedOutcome(made, renamed, edited)).verdict).toBe('clean');
    made.git(['config', 'merge.renameLimit', '1']);
    expect((await agreedOutcome(made, renamed, edited)).verdict).toBe('conflict');
  });

  it.each(['core.autocrlf=true', 'core.autocrlf=input', 'core.eol=crlf', 'core.ignoreCase=true', 'merge.conflictStyle=zdiff3', 'merge.default=union', 'merge.verbosity=0'])('%s', async (setting) => {
    const made = scratch();
    made.commit({ '.gitattributes': '*.TXT merge=union\n* text=auto\n' }, 'attributes');
    made.git(['config', ...setting.split('=')]);
    const text = made.read('app.txt');
    const outcome = await agreedOutcome(made, ...bothChange(made, { 'app.txt': `${text}one\n` }, { 'app.txt': `${text}other\n` }));
    expect(outcome.verdict).toBe(/ignoreCase|union/.test(setting) ? 'clean' : 'conflict');
  });
});

describe('kinds of change', () => {
  it('a rename with edits on both sides; modes; links; a file that becomes a folder', async () => {
    const made = scratch();
    made.commit({ a: numbered('a'), 'dir/b': numbered('b'), script: '#!/bin/sh\n' }, 'files');
    const one = commitOn(made, 'main', { a: numbered('a').replace('a 1\n', 'first\n') }, () => {
      made.git(['mv', 'a', 'moved']);
      chmodSync(join(made.repo, 'script'), 0o755);
      symlinkSync('dir/b', join(made.repo, 'link'));
    });
    const other = commitOn(made, 'main', { a: numbered('a').replace('a 12\n', 'last\n') }, () => chmodSync(join(made.repo, 'script'), 0o755));
    expect(contentOf(made, await agreedOutcome(made, one, other), 'moved')).toMatch(/^first[^]*last$/);
    const folder = commitOn(made, 'main', {}, () => {
      rmSync(join(made.repo, 'script'));
      made.write({ 'script/inside': 'x\n' });
    });
    expect((await agreedOutcome(made, one, folder)).verdict).toBe('conflict');
    const otherLink = commitOn(made, 'main', {}, () => symlinkSync('a', join(made.repo, 'link')));
    expect((await agreedOutcome(made, one, otherLink)).verdict).toBe('conflict');
  });

  // Git stops there without a conflicted path: seen to be taken for a merge with no conflict in it.
  it('a folder whose files went to several: git stops, and names no path', async () => {
    const made = scratch();
    made.commit(Object.fromEntries(['1', '2', '3', '4'].map((name) => [`d/${name}`, numbered(name)])), 'folder');
    const split = commitOn(made, 'main', {}, () => {
      for (const [name, to] of [['1', 'e'], ['2', 'e'], ['3', 'f'], ['4', 'f']] as const) {
        mkdirSync(join(made.repo, to), { recursive: true });
        made.git(['mv', `d/${name}`, `${to}/${name}`]);
      }
    });
    expect(await agreedOutcome(made, split, commitOn(made, 'main', { 'd/5': numbered('5') }))).toEqual({ verdict: 'conflict', entries: [] });
  });

  it('a criss-cross history, whose merge bases conflict with one another', async () => {
    const made = scratch();
    const text = made.read('app.txt');
    const [a, b] = bothChange(made, { 'app.txt': `${text}=========\na\n` }, { 'app.txt': `${text}=========\nb\n` });
    const merge = (parents: readonly CommitId[], content: string): CommitId => {
      const one = commitOn(made, parents[0] ?? '', { 'app.txt': content });
      return made.git(['commit-tree', `${one}^{tree}`, ...parents.flatMap((parent) => ['-p', parent]), '-m', 'merge']) as CommitId;
    };
    const [left, right] = [merge([a, b], `${text}=========\nab\n`), merge([b, a], `${text}=========\nba\n`)];
    expect(made.git(['merge-base', '--all', left, right]).split('\n')).toHaveLength(2);
    expect((await agreedOutcome(made, left, right)).verdict).toBe('conflict');
    const [more, other] = [commitOn(made, left, { 'README.md': 'more\n' }), commitOn(made, merge([b, a], `${text}=========\nab\n`), { new: 'x\n' })];
    expect((await agreedOutcome(made, more, other)).verdict).toBe('clean');
  });

  it('replaced commits and grafts: the merge base is the one that git merge sees', async () => {
    const made = scratch();
    const text = made.read('app.txt');
    const [one, other] = bothChange(made, { 'app.txt': `${text}same\n` }, { 'app.txt': `${text}other\n` });
    const later = commitOn(made, one, { new: 'x\n' });
    expect((await agreedOutcome(made, other, later)).verdict).toBe('conflict');
    made.git(['replace', '--graft', later, other]);
    expect((await agreedOutcome(made, other, later)).verdict).toBe('clean');
    made.git(['replace', '--delete', later]);
    writeFileSync(join(made.repo, '.git', 'info', 'grafts'), `${later} ${other}\n`);
    expect((await agreedOutcome(made, other, later)).verdict).toBe('clean');
  });

  it('unrelated histories are refused by both', async () => {
    const made = scratch();
    const alone = made.git(['commit-tree', '-m', 'alone', 'main^{tree}']) as CommitId;
    expect(await agreedOutcome(made, made.git(['rev-parse', 'main']) as CommitId, alone)).toEqual({ verdict: 'unrelated' });
  });
});

describe('submodules', () => {
  /** A repository with a submodule that has three commits, each on the one before. */
  function withSubmodule(): { made: Scratch; commits: string[] } {
    const made = scratch();
    const origin = join(made.folder, 'module');
    made.git(['init', '-q', '-b', 'main', origin]);
    const commits = ['1', '2', '3'].map((content) => made.commit({ file: content }, content, origin));
    made.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'sub']);
    made.git(['checkout', '-q', commits[0] ?? ''], { cwd: join(made.repo, 'sub') });
    made.commit({}, 'submodule');
    return { made, commits };
  }

  const moved = (made: Scratch, to: string): CommitId => {
    made.git(['checkout', '-q', '--force', '--detach', 'main']);
    made.git(['update-index', '--cacheinfo', `160000,${to},sub`]);
    made.git(['commit', '-q', '-m', 'moved']);
    return made.git(['rev-parse', 'HEAD']) as CommitId;
  };

  // Seen to fail with a room without .gitmodules: git then stops.
  it('both sides moved it: clean where one commit contains the other, as git finds in the submodule', async () => {
    const { made, commits: [, second = '', third = ''] } = withSubmodule();
    const [one, other] = [moved(made, second), moved(made, third)];
    expect((await agreedOutcome(made, one, other)).verdict).toBe('clean');
    made.git(['submodule', '--quiet', 'deinit', '--force', 'sub']);
    expect((await agreedOutcome(made, one, other)).verdict).toBe('clean');
  });

  // Seen to fail without the file that leads from the room to the checked-out submodule.
  it('one whose repository lies in its own folder is found there', async () => {
    const made = scratch();
    const [first = '', second = '', third = ''] = ['1', '2', '3'].map((content) => {
      made.git(['init', '-q', '-b', 'main', 'sub']);
      return made.commit({ file: content }, content, join(made.repo, 'sub'));
    });
    made.git(['update-index', '--add', '--cacheinfo', `160000,${first},sub`]);
    made.git(['commit', '-q', '-m', 'submodule']);
    expect((await agreedOutcome(made, moved(made, second), moved(made, third))).verdict).toBe('clean');
  });

  it('a commit that the submodule does not have: git stops', async () => {
    const { made, commits: [, second = ''] } = withSubmodule();
    expect((await agreedOutcome(made, moved(made, second), moved(made, '1'.repeat(40)))).verdict).toBe('conflict');
  });
});
