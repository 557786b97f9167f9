import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitId } from '../../src/core/ids.ts';
import { ROOM_MARKER_SIZE } from '../../src/git/clean-room.ts';
import { mergeTree } from '../../src/git/merge-tree.ts';
import { openRoom } from '../support/rooms.ts';
import { scratch, type Scratch } from '../support/scratch.ts';

/** Two commits that each add a line at the end of app.txt. */
function bothAppend(made: Scratch): [CommitId, CommitId] {
  const text = made.read('app.txt');
  const commits = ['one', 'other'].map((name) => {
    made.git(['switch', '-q', '--detach', 'main']);
    return made.commit({ 'app.txt': `${text}${name}\n` }, name) as CommitId;
  });
  made.git(['switch', '-q', 'main']);
  return commits as [CommitId, CommitId];
}

describe('the clean room', () => {
  // Seen to fail when the merge runs in the repository itself: the driver then writes the file.
  it('runs no merge driver, filter or monitor that an agent put into the configuration', async () => {
    const made = scratch();
    made.commit({ '.gitattributes': '*.txt merge=evil filter=evil diff=evil\n' }, 'attributes');
    const [one, other] = bothAppend(made);
    const proof = join(made.folder, 'ran');
    for (const key of ['merge.evil.driver', 'filter.evil.clean', 'filter.evil.smudge', 'diff.evil.textconv', 'core.fsmonitor']) made.git(['config', key, `touch ${proof}; false`]);
    expect(await mergeTree(await openRoom(made), one, other)).toEqual({ kind: 'needs-driver', uses: [{ driver: 'evil', path: 'app.txt' }] });
    expect(existsSync(proof)).toBe(false);
  });

  it('merges by the attributes of the target: union takes both lines', async () => {
    const made = scratch();
    made.commit({ '.gitattributes': 'app.txt merge=union\n' }, 'attributes');
    const [one, other] = bothAppend(made);
    expect((await mergeTree(await openRoom(made), one, other)).kind).toBe('clean');
  });

  it('reads attributes of folders and of info/attributes', async () => {
    const made = scratch();
    made.commit({ 'sub/.gitattributes': 'list merge=union\n', 'sub/list': 'a\n', info: 'a\n' }, 'attributes');
    writeFileSync(join(made.repo, '.git', 'info', 'attributes'), 'info merge=union\n');
    const commits = ['one', 'other'].map((name) => {
      made.git(['switch', '-q', '--detach', 'main']);
      return made.commit({ 'sub/list': `a\n${name}\n`, info: `a\n${name}\n` }, name) as CommitId;
    });
    made.git(['switch', '-q', 'main']);
    expect((await mergeTree(await openRoom(made), commits[0] as CommitId, commits[1] as CommitId)).kind).toBe('clean');
  });

  it('has the settings that change a merge: a file added to a renamed folder follows it where merge.directoryRenames says so', async () => {
    const made = scratch();
    made.commit({ 'old/1': '1\n', 'old/2': '2\n' }, 'folder');
    const commit = (change: () => void): CommitId => {
      made.git(['switch', '-q', '--detach', 'main']);
      change();
      made.git(['add', '-A']);
      made.git(['commit', '-q', '-m', 'change']);
      return made.git(['rev-parse', 'HEAD']) as CommitId;
    };
    const renamed = commit(() => made.git(['mv', 'old', 'new']));
    const added = commit(() => made.write({ 'old/3': '3\n' }));
    made.git(['switch', '-q', 'main']);
    expect((await mergeTree(await openRoom(made), renamed, added)).kind).toBe('conflicted');
    made.git(['config', 'merge.directoryRenames', 'true']);
    expect((await mergeTree(await openRoom(made), renamed, added)).kind).toBe('clean');
  });

  it('marks conflicts so long that no line of a file is taken for a marker', async () => {
    const made = scratch();
    const [one, other] = bothAppend(made);
    const merged = await mergeTree(await openRoom(made), one, other);
    expect(made.git(['cat-file', '-p', `${'tree' in merged ? merged.tree : ''}:app.txt`])).toContain(`\n${'<'.repeat(ROOM_MARKER_SIZE)} `);
  });

  it('writes its objects to the repository', async () => {
    const made = scratch();
    const [one, other] = bothAppend(made);
    const merged = await mergeTree(await openRoom(made), one, other);
    expect(made.git(['cat-file', '-t', 'tree' in merged ? merged.tree : ''])).toBe('tree');
  });
});
