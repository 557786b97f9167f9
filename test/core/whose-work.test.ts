import { describe, expect, it } from 'vitest';
import type { Event, JournalRecord } from '../../src/core/events.ts';
import type { AgentId } from '../../src/core/ids.ts';
import { folderAround, whoseWork } from '../../src/core/whose-work.ts';

const [claude, glm] = ['claude' as AgentId, 'glm' as AgentId];
const at = (time: number, event: Event): JournalRecord => ({ ...event, at: time, writer: 'p-1.log', seq: time });
const added = (agent: AgentId, worktree: string): Event => ({ kind: 'agent-added', agent, branch: 'b', worktree, role: null });

describe('whose work it was', () => {
  const whose = whoseWork([
    at(50, added(claude, '/w/one')), at(10, added(glm, '/w/one')), at(20, { kind: 'task', agent: glm, task: 'parse', files: [] }),
    at(30, { kind: 'moved', agent: glm, worktree: '/w/two' }), at(40, { kind: 'agent-removed', agent: glm, branch: 'b', tip: null }),
  ]);

  it('is the agent\'s whose worktree the folder was by then', () => {
    expect(whose.folders).toEqual(['/w/one', '/w/two']);
    expect([5, 10, 49, 50].map((time) => whose.agentIn('/w/one', time))).toEqual(['glm', 'glm', 'glm', 'claude']);
    expect(whose.agentIn('/w/three', 50)).toBeNull();
  });

  it('is for the task of that time, until the agent goes', () => {
    expect([19, 20, 39, 40].map((time) => whose.taskOf('glm', time))).toEqual([null, 'parse', 'parse', null]);
  });

  it('a folder is around what lies in it, and the innermost counts', () => {
    expect(folderAround(['/w', '/w/one'], '/w/one/src')).toBe('/w/one');
    expect(folderAround(['/w', '/w/one'], '/w/one-more')).toBe('/w');
    expect(folderAround(['/w/one'], '/w/one-more')).toBeNull();
  });
});
