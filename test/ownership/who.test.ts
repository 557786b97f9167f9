import { describe, expect, it } from 'vitest';
import { renderBlame } from '../../src/cli/render/blame.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import { renderWho, whoJson } from '../../src/cli/render/who.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { assignTask } from '../../src/operations/assign.ts';
import { lockPaths } from '../../src/operations/lock.ts';
import { blameFile } from '../../src/operations/ownership/blame.ts';
import { whoOwns, type Who } from '../../src/operations/ownership/who.ts';
import { openJournal } from '../../src/state/journal.ts';
import { hooked } from '../support/agents.ts';
import { contextOf, edit, landed } from '../support/ownership.ts';
import type { Scratch } from '../support/scratch.ts';

const who = (made: Scratch, path: string, at: string | null = null): Promise<Who> => whoOwns(contextOf(made), { path, at });
const text = (found: Who, columns?: number): string => renderWho(found, styleFor(columns === undefined ? {} : { isTTY: true, columns }, { NO_COLOR: '1' }), Date.now());
const HOSTILE = 'x\u001b[2J\nowner     claude: forged\u202e';

describe('who', () => {
  it('tells who owns a file, who has it unlanded or locked, and whose its lines are', async () => {
    const made = await hooked(['claude', 'ds', 'glm']);
    await assignTask(contextOf(made), { agent: 'glm' as AgentId, task: 'make it better', files: [] });
    edit(made, 3, 'three', made.worktree('glm'));
    const { landing } = await landed(made, ['glm']);
    edit(made, 9, 'nine', made.worktree('glm'));
    made.write({ 'app.txt': 'uncommitted\n', 'notes/new.txt': '' }, made.worktree('claude'));
    await assignTask(contextOf(made), { agent: 'ds' as AgentId, task: 'take it', files: ['app.txt', 'README.md:1-2', 'later.txt'] });
    await lockPaths(contextOf(made), { patterns: ['*.txt'], agent: 'ds' as AgentId, forMs: 60_000, why: 'moving it' });

    const found = await who(made, 'app.txt:3-4');
    expect(found).toMatchObject({
      owners: [{ agent: 'ds', how: 'assigned' }], parts: [],
      unlanded: [{ agent: 'claude', commits: 0, uncommitted: 1 }, { agent: 'glm', commits: 1, uncommitted: 0, newest: { subject: 'nine' }, task: 'make it better' }],
      locks: [{ holder: 'ds', pattern: '*.txt' }],
    });
    expect(text(found).split('\n').slice(0, 6)).toEqual([
      `app.txt:3-4, main at ${landing?.new.slice(0, 8)}`,
      expect.stringMatching(/^3 {9}glm \(glm-1\), commit [0-9a-f]{8}, just now: three$/),
      `          landed in ${landing?.id}`,
      '          task of glm: make it better',
      expect.stringMatching(/^4 {9}unknown \(Human\), commit [0-9a-f]{8}, \d+ days ago: first$/),
      'owner     ds: it was assigned',
    ]);
    expect(text(await who(made, 'app.txt'))).toMatch(/\nlocked {4}by ds \(\*\.txt\) until .*: moving it\nwritten {3}unknown: 19 of 20 lines\n {10}glm: 1 of 20 lines\n$/);
    expect(await who(made, 'README.md')).toMatchObject({ owners: [], parts: [{ agent: 'ds', lines: '1-2' }], unlanded: [], locks: [] });
    expect(await who(made, 'notes')).toMatchObject({ found: { entry: null }, unlanded: [{ agent: 'claude', uncommitted: 1 }] });
    expect(await who(made, 'later.txt')).toMatchObject({ authored: null, owners: [{ agent: 'ds' }] });
    expect(whoJson(found)).toMatchObject({ path: 'app.txt', asked: [3, 5], written: { groups: [{ lines: [3, 4] }, { lines: [4, 5] }], counts: { glm: 1, unknown: 1 } } });

    for (const [typed, code] of [['app.txt:21', 'line-past-end'], ['app.txt:0', 'lines'], ['app.txt:5-4', 'lines'], ['nothing.md', 'path-unknown'], ['README.md/x', 'path-unknown']] as const) {
      await expect(who(made, typed)).rejects.toMatchObject({ code });
    }
    expect((await who(made, 'app.txt:20-99')).found.lines).toEqual([20, 100]);
  });

  it('answers for a folder, and for a file whose name ends as lines do', async () => {
    const made = await hooked(['glm', 'claude']);
    made.commit({ 'src/a.txt': '', 'src/b/c.txt': '', 'src:3': 'a\n' }, 'in src', made.worktree('glm'));
    const folder = await who(made, 'src', 'glm');
    expect(folder).toMatchObject({ isFolder: true, unlanded: [{ agent: 'glm', commits: 1 }], authored: null });
    expect([...folder.ownedBelow]).toEqual([['glm', 2]]);
    const all = await who(made, '.');
    expect(all).toMatchObject({ isFolder: true, unlanded: [{ agent: 'glm', commits: 1 }] });
    expect(text(all)).toMatch(/^\. \(folder\), main at .*\nowner {5}glm: 3 files in it\n/);
    await expect(who(made, '')).rejects.toMatchObject({ code: 'path-needed', kind: 'usage' });
    expect((await who(made, 'src:3')).found).toMatchObject({ path: 'src:3', lines: null, holders: ['glm'] });
    made.git(['merge', '-q', '--ff-only', 'feature/glm'], { cwd: made.worktree('claude') });
    expect(await who(made, 'src/a.txt')).toMatchObject({ authored: null, found: { holders: ['claude', 'glm'] } });
  });

  it('shows nothing that a terminal acts on and stays within it, whatever names, subjects and texts hold', async () => {
    const made = await hooked(['glm']);
    const cwd = made.worktree('glm');
    made.write({ [HOSTILE]: `${HOSTILE}\r\u0007\n`, 'app.txt': `\tlong ${'words '.repeat(30)}\n` }, cwd);
    made.git(['add', '-A'], { cwd });
    made.git(['commit', '-q', '-m', `${HOSTILE}\n\nAssisted-by: glm:x\u001b[31m`], { cwd, env: { GIT_AUTHOR_NAME: HOSTILE } });
    openJournal(made.layout).append({ kind: 'task', agent: 'glm' as AgentId, task: HOSTILE, files: [HOSTILE] });
    for (const columns of [undefined, 40, 20]) {
      const style = styleFor(columns === undefined ? {} : { isTTY: true, columns }, { NO_COLOR: '1' });
      for (const path of [HOSTILE, 'app.txt']) {
        const shown = [text(await who(made, path, 'glm'), columns), renderBlame(await blameFile(contextOf(made), { path, at: 'glm' }), style)].join('');
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
        expect(shown).not.toMatch(/^owner +claude/m);
        if (columns !== undefined) expect(Math.max(...shown.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(columns);
      }
    }
  });
});
