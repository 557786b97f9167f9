import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/cli/render/status.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import type { AgentId, CommitId } from '../../src/core/ids.ts';
import { escapeText } from '../../src/core/text.ts';
import type { Reach } from '../../src/core/budgets.ts';
import type { TeamSpending } from '../../src/operations/budgets/spending.ts';
import type { AgentStatus, TeamStatus } from '../../src/operations/status.ts';

const tip = { id: '1'.repeat(40) as CommitId, subject: 'read every token of the file, and say where it is wrong', at: 0 };
const text = fc.constantFrom('short', 'x'.repeat(200), 'naïve 日本', 'two words', '\u001b[2J\nforged');

const agentStatus: fc.Arbitrary<AgentStatus> = fc.record({
  agent: fc.constantFrom('glm', 'claude-opus-4-5', 'a'.repeat(64)) as fc.Arbitrary<AgentId>,
  branch: fc.constantFrom('feature/glm', 'x/'.repeat(60)),
  tip: fc.option(fc.constant(tip)),
  worktree: text,
  place: fc.oneof(fc.constantFrom('on-branch' as const, 'detached' as const, 'missing' as const), text.map((onBranch) => ({ onBranch }))),
  underWay: fc.option(fc.constant('a merge')),
  ahead: fc.nat(2000), behind: fc.nat(3),
  uncommitted: fc.option(fc.record({ changed: fc.nat(3), untracked: fc.nat(3), unmerged: fc.constant(0) })),
  ready: fc.constantFrom('ready', 'moved-on', 'no'),
  leftOver: fc.constantFrom(null, { kind: 'ready' }, { kind: 'idle', since: 0 }),
  undoneAs: fc.option(fc.constant('L1234abcd')), onUndone: fc.array(fc.constant('L1234abcd'), { maxLength: 1 }),
  task: fc.option(text),
  locks: fc.array(text, { maxLength: 2 }),
  shelves: fc.nat(2),
  handoffs: fc.nat(2),
  conflicts: fc.array(fc.constant('c1'), { maxLength: 2 }),
  settled: fc.array(fc.constant('c2'), { maxLength: 2 }),
});

const NOTHING_SPENT: TeamSpending = { agents: new Map(), team: { sum: null, reach: null } };

function shown(agents: readonly AgentStatus[], columns: number | null, spending = NOTHING_SPENT): string[] {
  const status: TeamStatus = { target: { branch: 'main', tip }, agents, spending, handoffs: 0, run: null, torn: [], next: [], at: 90_000 };
  const style = styleFor(columns === null ? {} : { isTTY: true, columns }, { NO_COLOR: '1' });
  return renderStatus(status, style).split('\n').slice(0, -1);
}

describe('the lines of aiteam status', () => {
  it('never leave the terminal, however narrow it is', () => {
    fc.assert(fc.property(fc.array(agentStatus, { maxLength: 4 }), fc.constantFrom(20, 40, 80, 120), (agents, columns) => {
      for (const line of shown(agents, columns)) expect([...line].length).toBeLessThanOrEqual(columns);
    }));
  });

  it('leave out no note, however narrow the terminal is', () => {
    const words = (text: string): string => text.replace(/\s/g, '');
    fc.assert(fc.property(agentStatus, fc.constantFrom(20, 40, 80), (agent, columns) => {
      const all = words(shown([agent], columns).join(''));
      if (agent.task !== null) expect(all).toContain(words(escapeText(`task: ${agent.task}`)));
      if (agent.place === 'missing') expect(all).toContain(words(escapeText(`worktree is gone: ${agent.worktree}`)));
      if (agent.handoffs > 0) expect(all).toContain(`${agent.handoffs}handoff`);
      for (const lock of agent.locks) expect(all).toContain(words(escapeText(lock)));
    }));
  });

  it('are one an agent where the output is no terminal', () => {
    fc.assert(fc.property(fc.array(agentStatus, { minLength: 1, maxLength: 4 }), (agents) => {
      expect(shown(agents, null)).toHaveLength(1 + agents.length);
    }));
  });

  it('say what was spent, and of which budget, as it is known, and never leave the terminal with it', () => {
    const sum = (usd: number, ...unpriced: string[]) => ({ tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 }, answers: 1, usd, unpriced });
    const reach = (usd: number, more: Partial<Reach> = {}): Reach => ({ whose: 'glm', budget: { amount: 5, per: 'day', action: 'pause' }, since: 0, sum: sum(usd), state: 'spent', allowed: false, ...more });
    const [one] = fc.sample(agentStatus, { numRuns: 1, seed: 1 }) as [AgentStatus];
    const named = (agent: string): AgentStatus => ({ ...one, agent: agent as AgentId, task: null, locks: [], conflicts: [], settled: [] });
    const spending: TeamSpending = {
      agents: new Map([
        ['glm' as AgentId, { sum: sum(7), reach: reach(5.5), paused: 'because' }], ['claude' as AgentId, { sum: sum(1.5, 'x'), reach: null, paused: null }], ['kimi' as AgentId, { sum: sum(0, 'x'), reach: null, paused: null }],
      ]),
      team: { sum: sum(8.5, 'x'), reach: reach(5.5, { whose: null, allowed: true }) },
    };
    const wide = shown(['glm', 'claude', 'kimi', 'codex'].map(named), null, spending);
    expect(wide.slice(1)).toEqual([expect.stringMatching(/  paused  \$5\.50 of \$5\.00 a day$/), expect.stringMatching(/  at least \$1\.50$/), expect.stringMatching(/  unknown$/), expect.not.stringContaining('$'), 'all agents: $5.50 of $5.00 a day, let go on']);
    expect(shown(['glm', 'claude'].map(named), null, { ...spending, team: { sum: sum(8.5, 'x'), reach: null } }).at(-1)).toBe('all agents: at least $8.50');
    expect(shown(['codex'].map(named), null, { agents: new Map(), team: { sum: sum(1), reach: null } }).join('')).not.toContain('$');
    for (const columns of [20, 40, 80]) for (const line of shown(['glm', 'claude', 'kimi'].map(named), columns, spending)) expect([...line].length).toBeLessThanOrEqual(columns);
  });

  it('put what does not fit below the agent', () => {
    const glm: AgentStatus = {
      agent: 'glm' as AgentId, branch: 'feature/glm', tip, worktree: '/srv/glm', place: 'on-branch', underWay: null, ahead: 2, behind: 1,
      uncommitted: { changed: 1, untracked: 0, unmerged: 0 }, ready: 'ready', leftOver: null, task: 'write the parser', undoneAs: null, onUndone: [], locks: [], shelves: 0, handoffs: 1, conflicts: ['c1'], settled: [],
    };
    expect(shown([glm], 80)).toEqual([
      'main at 11111111, 1 min ago: read every token of the file, and say where it is …',
      'glm  feature/glm  2 ahead, 1 behind  1 file uncommitted  1 min ago  read every …',
      '    ready  1 conflict open  1 handoff waiting  task: write the parser',
    ]);
    expect(shown([glm], 50)).toEqual([
      'main at 11111111, 1 min ago: read every token of …',
      'glm  feature/glm  2 ahead, 1 behind',
      '    1 file uncommitted  1 min ago  ready',
      '    1 conflict open  1 handoff waiting',
      '    task: write the parser',
    ]);
    expect(shown([{ ...glm, task: 'write the parser and all that is around it' }], 30).slice(-2)).toEqual([
      '    task: write the parser and', '    all that is around it',
    ]);
  });
});
