import { describe, expect, it } from 'vitest';
import { renderOverlaps } from '../../src/cli/render/overlaps.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import type { OverlapFacts, OverlapLevel } from '../../src/core/overlap-facts.ts';
import type { AgentId, CommitId } from '../../src/core/ids.ts';
import type { Contender } from '../../src/operations/overlaps/contenders.ts';
import type { Overlaps } from '../../src/operations/overlaps/overlaps.ts';
import { overlapFacts } from '../support/journal-records.ts';

const commit = '1'.repeat(40) as CommitId;

function contender(name: string, more: Partial<Contender> = {}): Contender {
  const agent = name as AgentId;
  return { agent, branch: `feature/${name}`, tip: commit, commit, uncommitted: new Set(), unseen: null, underWay: null, atWork: true, standing: { agent, ready: false, firstCommitTime: 1 }, ...more };
}

function met(a: string | null, b: string, level: OverlapLevel, verdict: OverlapFacts['verdict'] = 'conflict'): OverlapFacts {
  return overlapFacts('0000', { level, verdict, sides: [{ agent: a as AgentId | null, commit: a === null ? null : commit }, { agent: b as AgentId, commit: null }] });
}

function found(names: readonly string[], overlaps: readonly OverlapFacts[]): Overlaps {
  const compared = names.flatMap((b, index) => [null, ...names.slice(0, index)].map((a) => [a as AgentId | null, b as AgentId] as const));
  return { target: 'main', agents: names.map((name) => contender(name)), overlaps, compared, logged: null };
}

const plain = (columns: number): ReturnType<typeof styleFor> => styleFor({ isTTY: true, columns }, { NO_COLOR: '1' });
const NAMES = ['claude', 'deepseek', 'glm'];
const OVERLAPS = [met('claude', 'glm', 'content'), met('claude', 'glm', 'structural'), met(null, 'deepseek', 'advisory', 'clean')];

describe('the matrix of who collides with whom', () => {
  it('has the worst level of each two and how many conflicts, readable without colour', () => {
    expect(renderOverlaps(found(NAMES, OVERLAPS), plain(80), null).split('\n').slice(0, 5)).toEqual([
      '          claude  deepseek  glm',
      'main      ·       ~         ·',
      'claude            ·         S2',
      'deepseek                    ·',
      'S structural, C content: would conflict; ~ same file, merges cleanly',
    ]);
  });

  it('has numbers for columns where names have no room, and gives way to the list where those have none', () => {
    expect(renderOverlaps(found(NAMES, OVERLAPS), plain(26), null).split('\n').slice(0, 5)).toEqual([
      '            2  3  4', '1 main      ·  ~  ·', '2 claude       ·  S2', '3 deepseek        ·', '4 glm',
    ]);
    expect(renderOverlaps(found(NAMES, OVERLAPS), plain(16), null)).toMatch(/^claude and glm\n/);
  });

  it('stays within the terminal whatever its width', () => {
    for (const columns of [20, 33, 60, 100]) {
      const lines = renderOverlaps(found(NAMES, OVERLAPS), plain(columns), 'watching 3 worktrees; the system tells of changes').split('\n');
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
    }
  });

  it('leaves out whom nobody meets, and says so where nobody meets anybody', () => {
    expect(renderOverlaps(found([...NAMES, 'kimi'], OVERLAPS), plain(80), null)).not.toContain('kimi');
    expect(renderOverlaps(found(NAMES, []), plain(80), null)).toBe('no overlap: 3 agents at work, and no two touch the same file\n');
  });

  it('fifty agents in a hundred and sixty columns, those who meet each other', () => {
    const names = Array.from({ length: 50 }, (_, index) => `agent${index}`);
    const text = renderOverlaps(found(names, names.slice(1, 30).map((name, index) => met(`agent${index}`, name, 'content'))), plain(160), null);
    expect(Math.max(...text.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(160);
    expect(text).toContain('30 agent29');
  });
});
