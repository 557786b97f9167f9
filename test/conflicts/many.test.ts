import { describe, expect, it } from 'vitest';
import { renderConflictList } from '../../src/cli/render/conflict.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import type { RepoPath } from '../../src/core/ids.ts';
import type { ConflictEntry } from '../../src/operations/conflicts/list.ts';
import { integrate, listed, resolve } from '../support/conflicts.ts';
import { conflictFacts } from '../support/journal-records.ts';
import { expectDone, team } from '../support/scratch.ts';

function entry(id: string, path: string): ConflictEntry {
  const conflict = { ...conflictFacts(id, { path: path as RepoPath, lines: [5, 6] }), at: 1, seenAt: 1, timesSeen: 1, closed: null };
  return { conflict, state: 'open', target: 'main', task: null, landing: null, otherTask: null, resolution: null, again: 'aiteam integrate' };
}

const shown = (columns: number, ...paths: string[]): string[] =>
  renderConflictList({ target: 'main', entries: paths.map((path, index) => entry(`0000000${index}`, path)) }, styleFor({ isTTY: true, columns }, {})).replaceAll(/\u001b\[\d+m/g, '').split('\n');

const LONG = 'src/a/folder/in/a/folder/with/a-rather-long-name.txt';

describe('the list of conflicts', () => {
  // Seen to fail on a terminal with colours, whose codes nobody counted: rows were as long as they were.
  it('shows the end of a long place, where file and line are, and fits the terminal', () => {
    expect(shown(100, LONG)[0]).toBe(`00000000  open  content  ${LONG}:5  glm against unknown`);
    expect(shown(80, LONG, 'a.txt').slice(0, 2)).toEqual([
      '00000000  open  content  …der/with/a-rather-long-name.txt:5  glm against unknown',
      '00000001  open  content  a.txt:5                             glm against unknown',
    ]);
    expect(shown(50, LONG).slice(0, 2)).toEqual(['00000000  open  content  glm against unknown', '    …der/in/a/folder/with/a-rather-long-name.txt:5']);
    expect(shown(40, LONG).slice(0, 3)).toEqual(['00000000  open  content', '    …older/with/a-rather-long-name.txt:5', '    glm against unknown']);
  });

  it('of many says how many they are and how to settle several at once; so do integrate and resolve, which name the first', () => {
    const made = team('claude', 'glm');
    const files = (agent: string): Record<string, string> => Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`file-${String(index).padStart(2, '0')}`, `${agent}\n`]));
    for (const agent of ['claude', 'glm']) made.commit(files(agent), `${agent} works`, made.worktree(agent));
    expect(integrate(made, ['claude', 'glm'], 3).stdout).toMatch(/file-09 {2}contents\n {4}and 2 more conflicts\n/);
    // Seen to fail where those that are met at once were in the order of their ids.
    expect(listed(made).map(({ path }) => path)).toEqual(Object.keys(files('')));
    const rows = made.read('.ai-coordinator/conflicts.log').split('\n').filter((line) => line.startsWith('#   '));
    expect(rows.map((row) => row.split('  ').at(-1))).toEqual(Object.keys(files('')));
    expect(expectDone(made.aiteam(['conflicts'])).stdout).toMatch(/\n12 conflicts in 12 files, 0 settled\nnext: aiteam conflicts show [0-9a-f]{8}\nnext: aiteam conflicts resolve glm {3}\(asks about each/);
    const taken = resolve(made, ['glm', '--take', 'glm']).stdout.split('\n');
    expect(taken.filter((line) => line.startsWith('settled'))).toHaveLength(12);
    expect(taken).toHaveLength(14);
    expect(integrate(made, ['--dry-run']).stdout).toMatch(/12 conflicts settled by recorded resolutions: ([0-9a-f]{8}, ){10}…\n/);
  });
});
