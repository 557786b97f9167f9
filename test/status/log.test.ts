import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AgentId, CommitId } from '../../src/core/ids.ts';
import { compactJournal } from '../../src/state/compaction.ts';
import { openJournal } from '../../src/state/journal.ts';
import { layoutOf } from '../../src/state/layout.ts';
import { expectDone, team } from '../support/scratch.ts';

describe('aiteam log', () => {
  it('tells what happened, newest first, a line an event, also after compaction', () => {
    const made = team('claude', 'glm');
    made.commit({ 'a.txt': 'a\n' }, 'by glm\u001b[2J', made.worktree('glm'));
    expectDone(made.aiteam(['ready', 'glm']));
    expectDone(made.aiteam(['integrate']));
    const log = (...args: string[]): string[] => expectDone(made.aiteam(['log', ...args])).stdout.trimEnd().split('\n').map((line) => line.replace(/^[-0-9]{10} [0-9:]{5} {2}/, ''));
    const lines = log();
    expect(lines[0]).toMatch(/^glm landed on main as L[0-9a-f]{8}, [0-9a-f]{8} to [0-9a-f]{8} \(merge, no gate\)$/);
    expect(lines).toContainEqual(expect.stringMatching(/^glm called [0-9a-f]{8} ready to land$/));
    expect(lines).toContainEqual(expect.stringMatching(/^glm committed [0-9a-f]{8}: by glm\\x1b\[2J$/));
    expect(lines).toContainEqual(`claude was given feature/claude in ${made.worktree('claude')} as architect`);
    expect(log('-n', '1')).toEqual(lines.slice(0, 1));
    expect(log('claude').every((line) => line.startsWith('claude'))).toBe(true);
    compactJournal(layoutOf(join(made.repo, '.git'), made.repo));
    expect(log()).toEqual(lines);
    const json = JSON.parse(expectDone(made.aiteam(['log', '--json', '-n', '1'])).stdout) as { entries: { kind: string; at: string; text: string }[] };
    expect(json.entries).toMatchObject([{ kind: 'landing', at: expect.stringMatching(/Z$/), text: lines[0] }]);
    expectDone(made.aiteam(['log', '-n', 'many']), 2);
  });

  it('names the agent that was probably meant; one that was removed still has a history', () => {
    const made = team('glm');
    expect(expectDone(made.aiteam(['log', 'gml']), 1).stderr).toMatch(/there is no agent gml here\nhint: did you mean glm\?/);
    expectDone(made.aiteam(['rm', 'glm']));
    expect(expectDone(made.aiteam(['log', 'glm'])).stdout).toContain("glm's worktree was removed");
  });

  it('tells a commit once that a walk found just before its hook reported it', () => {
    const made = team('glm');
    const id = made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm')) as CommitId;
    const found = made.git(['commit-tree', 'HEAD^{tree}', '-p', 'feature/glm', '-m', 'no hook saw it']) as CommitId;
    const journal = openJournal(layoutOf(join(made.repo, '.git'), made.repo));
    for (const commit of [id, found, found]) journal.append({ kind: 'commit', agent: 'glm' as AgentId, id: commit, unrecorded: true });
    const { stdout } = expectDone(made.aiteam(['log']));
    expect(stdout.match(/committed .*/g)?.sort()).toEqual([`committed ${id.slice(0, 8)}: glm works`, `committed ${found.slice(0, 8)}: no hook saw it (found later)`].sort());
  });
});
