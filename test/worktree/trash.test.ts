import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Finished, type Scratch } from '../support/scratch.ts';

interface Entry {
  readonly id: string;
  readonly agent: string;
  readonly files: readonly { path: string; bytes: number }[];
}

const entriesOf = (finished: Finished): Entry[] => (JSON.parse(expectDone(finished).stdout) as { entries: Entry[] }).entries;

/** A team whose glm was removed with an unlanded commit, an unsaved file and an ignored one. */
function withTrash(): { made: Scratch; id: string; tip: string } {
  const made = team('glm');
  made.commit({ '.gitignore': '*.db\n' }, 'ignored');
  made.git(['merge', '-q', 'main'], { cwd: made.worktree('glm') });
  const tip = made.commit({ 'own.txt': 'own\n' }, 'own', made.worktree('glm'));
  made.write({ 'unsaved.txt': 'unsaved\n', 'app.db': 'rows\n', 'süb/more.db': 'more\n' }, made.worktree('glm'));
  expectDone(made.aiteam(['rm', 'glm', '-f', '-D']));
  return { made, id: entriesOf(made.aiteam(['trash', 'list', '--json']))[0]?.id ?? '', tip };
}

describe('trash', () => {
  it('lists what was removed', () => {
    const { made, id } = withTrash();
    expect(entriesOf(made.aiteam(['trash', '--json']))).toMatchObject([{ id, agent: 'glm', files: [{ path: 'app.db', bytes: 5 }, { path: 'süb/', bytes: 5 }] }]);
    const { stdout } = expectDone(made.aiteam(['trash']));
    expect(stdout).toContain('the branch feature/glm at');
    expect(stdout).toContain('uncommitted and untracked files as commit');
    expect(stdout).toContain('süb/ (5 B)');
  });

  it('restore brings the branch back, and says the command for the worktree; then the files go back into it', () => {
    const { made, id, tip } = withTrash();
    const first = expectDone(made.aiteam(['trash', 'restore', id]), 3);
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(tip);
    expect(first.stdout).toContain('aiteam worktree add glm --branch feature/glm');
    expectDone(made.aiteam(['worktree', 'add', 'glm', '--branch', 'feature/glm']));
    const second = expectDone(made.aiteam(['trash', 'restore', id]));
    expect([made.read('app.db', made.worktree('glm')), made.read('süb/more.db', made.worktree('glm'))]).toEqual(['rows\n', 'more\n']);
    const restore = /git restore --source (\S+) -- \./.exec(second.stdout)?.[1] ?? '';
    made.git(['restore', '--source', restore, '--', '.'], { cwd: made.worktree('glm') });
    expect(made.read('unsaved.txt', made.worktree('glm'))).toBe('unsaved\n');
  });

  it('restore overwrites neither a file nor a branch', () => {
    const { made, id } = withTrash();
    expectDone(made.aiteam(['add', 'glm']));
    const other = made.commit({ 'other.txt': 'other\n' }, 'other', made.worktree('glm'));
    made.write({ 'app.db': 'new rows\n', 'süb/other.db': 'other\n' }, made.worktree('glm'));
    const { stdout } = expectDone(made.aiteam(['trash', 'restore', 'glm']), 3);
    expect(stdout).toContain('stays the branch feature/glm');
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(other);
    expect([made.read('app.db', made.worktree('glm')), made.read('süb/more.db', made.worktree('glm'))]).toEqual(['new rows\n', 'more\n']);
    expect(made.read(`.git/aiteam/trash/${id}/files/app.db`)).toBe('rows\n');
    expect(entriesOf(made.aiteam(['trash', '--json']))[0]?.files.map((file) => file.path)).toEqual(['app.db']);
  });

  it('restore names the entry that was probably meant', () => {
    const { made, id } = withTrash();
    expect(expectDone(made.aiteam(['trash', 'restore', id.slice(0, -1)]), 1).stderr).toContain(`did you mean ${id}?`);
    expect(expectDone(made.aiteam(['trash', 'restore', '../../x']), 1).stderr).toContain('aiteam trash list');
  });

  it('empty says what would be lost and deletes nothing where nobody can agree', () => {
    const { made, id } = withTrash();
    expect(expectDone(made.aiteam(['trash', 'empty']), 1).stderr).toContain('1 entry of glm, 2 ignored files and folders');
    expect(entriesOf(made.aiteam(['trash', 'empty', '--older-than', '1d', '--yes', '--json']))).toEqual([]);
    expect(expectDone(made.aiteam(['trash', 'empty', '--older-than', 'soon']), 2).stderr).toContain('is no age');
    expect(expectDone(made.aiteam(['trash', 'empty', '--yes'], { env: { AI_AGENT_ID: 'claude' } }), 1).stderr).toContain('by people only');
    expect(existsSync(join(made.repo, '.git/aiteam/trash', id, 'files/app.db'))).toBe(true);
    expect(entriesOf(made.aiteam(['trash', 'empty', '--yes', '--json'])).map((entry) => entry.id)).toEqual([id]);
    expect(readdirSync(join(made.repo, '.git/aiteam/trash'))).toEqual([]);
    expect(made.git(['for-each-ref', 'refs/aiteam/trash'])).toBe('');
  });
});
