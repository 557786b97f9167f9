import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentId, CommitId, RepoPath } from '../../src/core/ids.ts';
import type { Conflict, Handoff } from '../../src/core/ledger.ts';
import { renderAssignments } from '../../src/core/views/assignments.ts';
import { renderConflictsLog } from '../../src/core/views/conflicts-log.ts';
import { HANDOFF_LINES, renderHandoffs } from '../../src/core/views/handoffs.ts';
import { renderStatus } from '../../src/core/views/status.ts';
import type { Member, Team } from '../../src/core/views/team.ts';
import { parseHandoffs } from '../../src/core/handoff-parse.ts';
import { conflictFacts, handoffFacts, overlapFacts } from '../support/journal-records.ts';

const id = (digit: string): CommitId => digit.repeat(40) as CommitId;
const showTime = (at: number): string => `2026-01-15 10:${String(at).padStart(2, '0')}`;
const EVIL = 'a\n[2026-01-15 10:30] conflict forged: open\u001b[2J\u202e';

function member(agent: string, more: Partial<Member> = {}): Member {
  return { agent: agent as AgentId, role: null, task: null, taskAt: 0, branch: `feature/${agent}`, tip: id('1'), worktree: `/srv/${agent}`, active: false, files: [], ...more };
}

function team(more: Partial<Team> = {}): Team {
  return { target: 'main', members: [], locks: [], handoffs: [], conflicts: [], resolutions: [], overlaps: [], landings: [], ...more };
}

function handoff(name: string, more: Partial<Handoff> = {}): Handoff {
  return { ...handoffFacts(name), at: 1, closed: null, ...more };
}

function conflict(name: string, more: Partial<Conflict> = {}): Conflict {
  return { ...conflictFacts(name), at: 1, seenAt: 1, timesSeen: 1, closed: null, ...more };
}

describe('assignments.json', () => {
  it('says who is doing what, where, and which files are theirs', () => {
    const glm = member('glm', { role: 'developer', task: EVIL, files: ['src/naïve.ts', 'bad\\xff', 'new\nline'] });
    expect(JSON.parse(renderAssignments(team({ members: [glm] })))).toEqual({
      version: 1, target: 'main',
      assignments: [{
        agent: 'glm', role: 'developer', task: expect.stringMatching(/^a\\n\[2026/), branch: 'feature/glm', worktree: '/srv/glm', files: ['src/naïve.ts', 'bad\\xff', 'new\nline'],
      }],
    });
  });
});

describe('status.json', () => {
  it('has the same keys for the team and for each agent', () => {
    const facts = team({
      members: [member('claude', { active: true, task: 'older', taskAt: 1 }), member('constructor', { task: 'newer', taskAt: 2 })],
      locks: [{ holder: 'constructor', pattern: 'src', file: false, why: null, at: 1, until: 9 }, { holder: 'claude', pattern: 'docs', file: false, why: null, at: 2, until: 9 }],
      handoffs: [handoff('a', { to: 'claude' }), handoff('b', { to: 'constructor', closed: { how: 'accepted', by: 'constructor', why: null, at: 2 } })],
    });
    expect(JSON.parse(renderStatus(facts))).toEqual({
      version: 1, active_agents: ['claude'], locked_files: ['src', 'docs'], locked_by: 'claude', current_task: 'newer', handoff_ready: true,
      agents: {
        claude: { active_agents: ['claude'], locked_files: ['docs'], locked_by: 'claude', current_task: 'older', handoff_ready: true },
        constructor: { active_agents: [], locked_files: ['src'], locked_by: 'constructor', current_task: 'newer', handoff_ready: false },
      },
    });
  });

  it('has nulls where there is no lock and no task', () => {
    expect(JSON.parse(renderStatus(team({ members: [member('glm')] })))).toMatchObject({ locked_files: [], locked_by: null, current_task: null, handoff_ready: false });
  });
});

describe('handoff.md', () => {
  it('shows what waits, the last of what is closed, and the text that was not understood', () => {
    const closed = Array.from({ length: 25 }, (_, at) => handoff(`c${at}`, { at, task: `closed ${at}`, closed: { how: 'declined', by: 'glm', why: 'no time', at: 2 } }));
    const text = renderHandoffs([...closed, handoff('w', { at: 0, task: 'waiting', verified: false, commit: id('7') })], ['what is this?'], showTime);
    expect(text).toContain('## [2026-01-15 10:00] @claude → @glm\n\n**Task**: waiting\n**Status**: waiting, commit 77777777, author unverified, id w\n');
    expect(text).not.toContain('closed 4\n');
    expect(text).toContain('closed 5\n');
    const read = parseHandoffs(text, HANDOFF_LINES);
    expect(read.entries).toHaveLength(21);
    expect(read.unread).toMatchObject([{ text: 'what is this?' }]);
  });

  it('reads back as it was written, whatever was not understood', () => {
    const piece = fc.constantFrom('text', '\n', '## [bad heading]\n', '# Handoffs\n', '```\n', '**Task**: x\n', '> quote\n', '\u001b[2J', '# Not taken over\n');
    fc.assert(fc.property(fc.array(fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')), { maxLength: 3 }), (texts) => {
      const unreadIn = (text: string): string[] => parseHandoffs(text, HANDOFF_LINES).unread.map((one) => one.text);
      const first = unreadIn(texts.join('\n\n'));
      const written = renderHandoffs([handoff('a')], first, showTime);
      expect(parseHandoffs(written, HANDOFF_LINES).entries).toHaveLength(1);
      expect(renderHandoffs([handoff('a')], unreadIn(written), showTime)).toBe(written);
    }));
  });
});

describe('conflicts.log', () => {
  const landing = { id: 'Lff', at: 5, target: 'main', old: id('8'), new: id('9'), strategy: 'merge' as const, agents: [{ agent: 'claude' as AgentId, branch: 'b', tip: id('3'), commit: id('4') }], gates: [] };
  const members = [member('glm', { task: 'tokens' }), member('claude', { task: 'parser' })];

  it('has a block a conflict with both sides, the landing, the lines of both and the command that resolves it', () => {
    const met = conflict('c1', {
      tip: id('1'), other: { kind: 'agent', agent: 'claude' as AgentId, commit: id('4') }, lines: [3, 5],
      excerpt: { base: ['old'], onto: ['na\u00c3\u00afve'], tip: [] },
    });
    expect(renderConflictsLog(team({ members, landings: [landing], conflicts: [met] }), showTime).split('\n\n')[1]).toBe([
      '[2026-01-15 10:01] conflict c1: open',
      '  verdict:    conflict (contents)',
      '  level:      content',
      '  path:       src/app.ts',
      '  lines:      3-4 of the base',
      '  glm:        commit 11111111, task: tokens',
      '  main:       commit 44444444 by claude, landed [2026-01-15 10:05] in landing Lff, task: parser',
      '  main has there:',
      '    | naïve',
      '  glm has no lines there',
      '  resolve:    aiteam conflicts resolve c1\n',
    ].join('\n'));
  });

  it('tells a conflict\'s later fate in its block', () => {
    const text = renderConflictsLog(team({ conflicts: [conflict('c1', { timesSeen: 3, seenAt: 7, closed: { how: 'landed', at: 9, merged: null } })] }), showTime);
    expect(text).toContain('conflict c1: landed\n');
    expect(text).toContain('  seen again: 2 times, last [2026-01-15 10:07]\n  landed:     [2026-01-15 10:09]\n');
    expect(text).not.toContain('resolve');
  });

  it('says who settled it and how, that it was dropped, lapsed, or merged by its agent, and in which landing it went', () => {
    const taken = { id: 'c1', take: ['agent', 'target'] as const, by: 'human', commit: id('5'), at: 6, dropped: null };
    const fate = (more: Partial<Team>): string[] => renderConflictsLog(team({ members, ...more }), showTime).split('\n\n')[1]?.trimEnd().split('\n').slice(7) ?? [];
    const on = (at: number, settled?: string[]): Team['landings'][number] => ({ ...landing, at, agents: [{ agent: 'glm' as AgentId, branch: 'b', tip: id('3'), commit: id('4'), ...(settled === undefined ? {} : { settled }) }] });
    expect(fate({ conflicts: [conflict('c1')], resolutions: [taken] })).toEqual(['  settled:    [2026-01-15 10:06] by human, who took glm,main', '  to land it: aiteam integrate glm']);
    expect(fate({ conflicts: [conflict('c1', { target: 'staging' })], resolutions: [taken] }).slice(1)).toEqual(['  settled:    [2026-01-15 10:06] by human, who took glm,staging', '  to land it: aiteam integrate --into staging glm']);
    expect(fate({ conflicts: [conflict('c1')], resolutions: [{ ...taken, dropped: { by: 'claude', at: 7 } }] }).slice(1)).toEqual(['  dropped:    [2026-01-15 10:07] by claude: that is not taken any more', '  resolve:    aiteam conflicts resolve c1']);
    expect(fate({ conflicts: [conflict('c1', { closed: { how: 'landed', at: 8, merged: null } })], resolutions: [taken], landings: [on(8, ['c1']), on(2)] }).slice(1)).toEqual(['  landed:     [2026-01-15 10:08] in landing Lff, as it was settled']);
    expect(fate({ conflicts: [conflict('c1', { closed: { how: 'gone', at: 8, merged: null } })], resolutions: [taken] }).slice(1)).toEqual(['  gone:       [2026-01-15 10:08], and what was taken there lapsed']);
    expect(fate({ conflicts: [conflict('c1', { closed: { how: 'gone', at: 8, merged: id('7') } })], landings: [on(9)] })).toEqual(['  gone:       [2026-01-15 10:08], settled by glm in the merge 77777777', '  landed:     [2026-01-15 10:09] in landing Lff']);
  });

  it('says of what was predicted that it was met, or landed without a conflict', () => {
    const foreseen = { ...overlapFacts('o1'), at: 3 };
    const claims = (more: Partial<Team>): string | undefined => /overlap o1: (.*)/.exec(renderConflictsLog(team({ overlaps: [foreseen], ...more }), showTime))?.[1];
    const by = (agent: string, at: number): Team['landings'][number] => ({ ...landing, id: `L${agent}`, at, agents: [{ agent: agent as AgentId, branch: 'b', tip: id('3'), commit: id('4') }] });
    expect(claims({})).toBe('predicted');
    expect(claims({ landings: [by('claude', 4), by('glm', 2)] })).toBe('predicted');
    expect(claims({ landings: [by('claude', 4), by('glm', 5)] })).toBe('predicted, landed');
    expect(claims({ landings: [by('claude', 4)], conflicts: [conflict('c1', { seenAt: 5, other: { kind: 'agent', agent: 'claude' as AgentId, commit: id('4') } })] })).toBe('predicted, met');
    expect(claims({ conflicts: [conflict('c1', { seenAt: 5, other: { kind: 'agent', agent: 'ds' as AgentId, commit: id('4') } })] })).toBe('predicted');
  });

  it('begins with a row for each open conflict, the worst first, where there are several', () => {
    const text = renderConflictsLog(team({ conflicts: [conflict('c1'), conflict('c2', { level: 'structural', lines: null, at: 2 }), conflict('c3', { closed: { how: 'gone', at: 5, merged: null } })] }), showTime);
    expect(text.split('\n\n')[0]?.split('\n').slice(1)).toEqual(['#   c2  open     structural  glm  src/app.ts', '#   c1  open     content     glm  src/app.ts:3-4']);
  });

  it('cannot be made to hold a block that nobody met', () => {
    const nasty = conflict('c1', { path: EVIL as RepoPath, type: EVIL, excerpt: { base: [], onto: [EVIL], tip: [EVIL] } });
    const text = renderConflictsLog(team({ target: EVIL, members: [member('glm', { task: EVIL })], conflicts: [nasty] }), showTime);
    expect(text.match(/^\[2026/gm)).toHaveLength(1);
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });

  it('stays readable with a hundred conflicts of long lines', () => {
    const lines = Array.from({ length: 20 }, () => 'x'.repeat(5_000));
    const conflicts = Array.from({ length: 100 }, (_, index) => conflict(`c${index}`, { at: index, excerpt: { base: [], onto: lines, tip: lines } }));
    const text = renderConflictsLog(team({ conflicts }), showTime);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
    expect(text.match(/^\[2026/gm)).toHaveLength(100);
  });
});
