import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderBrief } from '../../src/cli/render/brief.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { briefFor, type Brief } from '../../src/operations/brief/brief.ts';
import { handOver } from '../../src/operations/hand-over.ts';
import { lockPaths } from '../../src/operations/lock.ts';
import { refreshViews } from '../../src/operations/refresh-views.ts';
import { undo } from '../../src/operations/undo.ts';
import { hooked, type Hooked } from '../support/agents.ts';
import { contextOf, edit, landed } from '../support/ownership.ts';
import { expectDone } from '../support/scratch.ts';
import { workspaceOf } from '../support/workspace.ts';

const text = (brief: Brief): string => renderBrief(brief, styleFor({}, {}), Date.now());
const here = (made: Hooked, agent: string): Promise<Brief> => briefFor(contextOf(made, made.worktree(agent)), null);

/** All that a brief must leave as it is. */
function everything(made: Hooked): unknown {
  const views = ['assignments.json', 'status.json', 'handoff.md', 'conflicts.log'].map((name) => made.read(`.ai-coordinator/${name}`));
  return [made.git(['for-each-ref']), made.git(['count-objects']), views, ...['glm', 'claude'].map((agent) => {
    const cwd = made.worktree(agent);
    const index = made.git(['rev-parse', '--git-path', 'index'], { cwd });
    return [statSync(index).mtimeMs, made.git(['--no-optional-locks', 'status', '--porcelain'], { cwd }), readFileSync(index, 'latin1')];
  })];
}

describe('the brief', () => {
  it('has all that an agent should know before it acts, and changes nothing', async () => {
    const made = await hooked(['claude', 'ds', 'glm']);
    const { workspace } = await workspaceOf(made);
    for (const [line, words] of [[3, 'three'], [4, 'four']] as const) edit(made, line, words, made.worktree('glm'));
    edit(made, 4, 'another four', made.worktree('claude'));
    edit(made, 18, 'eighteen', made.worktree('ds'));
    workspace.journal.append({ kind: 'task', agent: 'claude' as AgentId, task: 'write the parser\n# Brief for glm', files: ['src/parser.ts'] });
    const { landing } = await landed(made, ['glm'], { strategy: 'squash' });
    await landed(made, ['claude']);
    made.commit({ 'README.md': '# by hand\n' }, 'a readme');
    await handOver(contextOf(made, made.worktree('ds')), { from: null, to: 'claude', task: 'look at it', context: 'one\n## Gates\nnone', files: ['app.txt'], notes: null });
    await lockPaths(contextOf(made), { patterns: ['*.md'], agent: 'ds' as AgentId, forMs: 60_000, why: 'writing' });
    await refreshViews((await workspaceOf(made)).workspace);
    appendFileSync(join(made.repo, '.ai-coordinator/handoff.md'), '\n## [2026-01-15 10:30] @glm -> @claude\n**Task**: by hand\n');

    await here(made, 'claude');
    const before = everything(made);
    const brief = await here(made, 'claude');
    expect(everything(made)).toEqual(before);
    expect(brief).toMatchObject({
      model: 'claude-1', status: { agent: 'claude', ahead: 1, ready: 'no' }, files: ['app.txt', 'src/parser.ts'],
      handoffs: [{ from: 'main', verified: true }, { from: 'ds', task: 'look at it', verified: true }, { task: 'by hand', verified: false, at: null }],
      others: [{ agent: 'ds', ahead: 1, paths: ['app.txt'], shared: ['app.txt'] }], locks: { own: [], others: [{ holder: 'ds', pattern: '*.md' }] },
      conflicts: [{ path: 'app.txt' }], landed: { commits: 2 },
    });
    expect(brief.landed.work.map(({ landing: id, commits, shared }) => [id, commits.map(({ subject }) => subject), shared])).toEqual([[null, ['a readme'], []], [landing?.id, ['three', 'four'], ['app.txt']]]);
    const page = text(brief);
    expect(page.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# Brief for claude', '## Your task', '## Handoffs that wait for you (3)', '## Your open conflicts (1)', '## Landed on main since your base (2 commits)',
      '## Keep away from: unlanded work of others', '## Locks: your commits may not touch what others hold', '## Commands',
    ]);
    expect(page).toContain(`- glm (glm-1), ${landing?.id}, just now: "three", "four"\n  YOU CHANGED TOO: app.txt\n`);
    expect(page).toContain(`- aiteam conflicts show ${brief.conflicts[0]?.id}`);
    expect(page.split('\n').length).toBeLessThanOrEqual(81);

    // Nor is one that somebody has settled its to settle: seen to be told of all the same.
    expectDone(made.aiteam(['conflicts', 'resolve', 'claude', '--take', 'main']));
    expect(await briefFor(contextOf(made), 'claude' as AgentId)).toMatchObject({ conflicts: [] });
    expectDone(made.aiteam(['conflicts', 'drop', brief.conflicts[0]?.id ?? '']));
    // A conflict that is over is told of no more.
    made.git(['reset', '-q', '--hard', 'main'], { cwd: made.worktree('claude') });
    expect(await briefFor(contextOf(made), 'claude' as AgentId)).toMatchObject({ conflicts: [], landed: { commits: 0 }, status: { behind: 0 } });
  });

  it('says so where the branch builds on what was undone, is in the middle of something, elsewhere or gone', async () => {
    const made = await hooked(['claude', 'glm']);
    edit(made, 3, 'three', made.worktree('glm'));
    const { landing } = await landed(made, ['glm']);
    made.git(['merge', '-q', 'main'], { cwd: made.worktree('claude') });
    edit(made, 9, 'nine', made.worktree('claude'));
    await undo(contextOf(made), { id: null, dryRun: false });
    expect(text(await here(made, 'claude'))).toMatch(new RegExp(`\\nHeld: your branch builds on ${landing?.id}, which was undone[^]*\\n- aiteam sync --rebase`));
    expect(text(await here(made, 'glm'))).toContain(`\nUndone: your landing ${landing?.id} was taken back`);
    made.git(['switch', '-q', '-c', 'else#where'], { cwd: made.worktree('glm') });
    expect(text(await here(made, 'glm'))).toMatch(/\nCareful: your worktree is on else#where[^]*\n- git switch feature\/glm /);
    made.git(['branch', '-q', '-D', 'feature/glm']);
    expect(text(await here(made, 'glm'))).toMatch(/\nState: your branch does not exist\.\n[^]*\n- aiteam worktree set-branch glm BRANCH /);
  });

  it('is of whoever calls, and a person says whose', async () => {
    const made = await hooked(['claude', 'glm']);
    await expect(briefFor(contextOf(made), null)).rejects.toMatchObject({ code: 'agent-needed', kind: 'usage', hints: ['aiteam brief claude', 'aiteam brief glm'] });
    expect((await briefFor({ ...contextOf(made), env: { ...made.env, AI_AGENT_ID: 'glm' } }, null)).status.agent).toBe('glm');
    expect((await briefFor(contextOf(made, made.worktree('glm')), 'claude' as AgentId)).status.agent).toBe('claude');
    await expect(briefFor(contextOf(made), 'kimi' as AgentId)).rejects.toMatchObject({ code: 'agent-unknown' });
  });
});
