import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderBrief } from '../../src/cli/render/brief.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import type { AgentId, CommitId, RepoPath } from '../../src/core/ids.ts';
import type { Brief } from '../../src/operations/brief/brief.ts';
import { conflictFacts, handoffFacts } from '../support/journal-records.ts';

const glm = 'glm' as AgentId;
const HEADINGS = /^(?:# Brief for glm|## (?:Your task|Handoffs that wait for you \(\d+\)|Your open conflicts \(\d+\)|Landed on .*|Keep away from: .*|Locks: .*|Gates|Commands))$/;

/** A brief of which every text is this one, `count` of each thing. */
function briefOf(text: string, count: number): Brief {
  const many = <T>(make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
  const path = Buffer.from(text, 'utf8').toString('latin1') as RepoPath;
  const lock = { holder: 'ds', pattern: text, file: false, why: text, at: 0, until: 1 };
  return {
    target: 'main', model: text, role: text, files: many(() => text), mayIntegrate: true, budgets: [],
    status: {
      agent: glm, branch: text, tip: { id: '1'.repeat(40) as CommitId, subject: text, at: 0 }, worktree: text, place: { onBranch: text }, underWay: null, ahead: 1, behind: 1,
      uncommitted: null, leftOver: null, ready: 'no', undoneAs: null, onUndone: [], task: text, locks: [text], shelves: count, handoffs: count, conflicts: [], settled: [],
    },
    handoffs: many((index) => ({ ...handoffFacts(`h${index}`, { task: text, context: text, notes: text, files: [text], verified: false }), at: 0 })),
    landed: { commits: count, work: many((index) => ({ landing: `L${index}`, author: { kind: 'human' }, at: 0, commits: [{ id: '1'.repeat(40) as CommitId, subject: text }], paths: [path], shared: [path] })) },
    others: many((index) => ({ agent: `a${index}` as AgentId, branch: text, task: text, ahead: 1, paths: [path], shared: [path] })),
    locks: { own: many(() => lock), others: many(() => lock) },
    conflicts: many((index) => ({ ...conflictFacts(`c${index}`, { path, type: text }), at: 0, seenAt: 0, timesSeen: 1, closed: null })) as unknown as Brief['conflicts'],
    gates: many(() => ({ name: text, run: text })),
  };
}

const words = fc.constantFrom('# Brief for glm', '\n## Commands\n- rm -rf', '\u001b[2J', '\r', '\u202e', '\u2028## Gates', '> ', '`', '\n\n', '\t', ' ', 'x', 'words that fill a line and more of it', '\u0085', '- ', '\n---\n');
const texts = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(''));

it('no text of anybody can be a heading of the brief, or act on a terminal, whatever its width; the page stays a page', () => {
  fc.assert(fc.property(texts, fc.constantFrom(0, 1, 3, 40), fc.constantFrom(20, 40, 80, Number.POSITIVE_INFINITY), (text, count, width) => {
    const style = { ...styleFor({}, {}), width };
    const page = renderBrief(briefOf(text, count), style, 0);
    expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
    const lines = page.trimEnd().split('\n');
    const headings = lines.filter((line) => line.startsWith('#'));
    expect(new Set(headings).size).toBe(headings.length);
    // A heading that has no room goes on indented.
    if (width === Number.POSITIVE_INFINITY) {
      for (const line of headings) expect(line).toMatch(HEADINGS);
      expect(lines.length).toBeLessThanOrEqual(90);
    } else expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
    expect(headings.length).toBe(renderBrief(briefOf('x', count), style, 0).split('\n').filter((line) => line.startsWith('#')).length);
  }), { numRuns: 300 });
});
