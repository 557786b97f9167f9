import { describe, expect, it } from 'vitest';
import { begun, bytesIn, integrate, listed, resolve, withLines } from '../support/conflicts.ts';
import { expectDone, type Scratch } from '../support/scratch.ts';

/** Both agents renamed `old`, claude's has landed; each with lines of it changed. */
function renamed(claude: Record<number, string>, glm: Record<number, string>): Scratch {
  const made = begun({ old: withLines({}) });
  for (const [agent, name, lines] of [['claude', 'by-claude', claude], ['glm', 'by-glm', glm]] as const) {
    made.git(['mv', 'old', name], { cwd: made.worktree(agent) });
    made.commit({ [name]: withLines(lines) }, `${agent} works`, made.worktree(agent));
  }
  integrate(made, ['claude', 'glm'], 3);
  return made;
}

const files = (made: Scratch): string[] => made.git(['ls-tree', '-r', '--name-only', 'main']).split('\n').filter((path) => /^(by|old|else)/.test(path));

describe('a file that both sides renamed', () => {
  // Seen to fail with a question for each of the three paths, of which the one for the old name was none.
  it('is one question: the name is the side\'s that is taken, the lines are those of both', () => {
    const made = renamed({ 3: 'claude' }, { 17: 'glm' });
    const [conflict, ...others] = listed(made);
    expect(conflict).toMatchObject({ path: 'old', type: 'rename/rename', level: 'structural', sides: { base: { mode: '100644' }, target: { path: 'by-claude' }, agent: { path: 'by-glm' }, linesToo: false } });
    expect(others).toEqual([]);
    expect(expectDone(made.aiteam(['conflicts', 'show', conflict?.id ?? ''])).stdout).toContain('glm renamed it to by-glm, main to by-claude: which is it to be?');
    expect(made.read('.ai-coordinator/conflicts.log')).toContain('question:   glm renamed it to by-glm, main to by-claude\n');
    const blob = (revision: string): string => made.git(['rev-parse', revision]);
    expect(resolve(made, ['glm', '--take', 'glm']).stdout).toMatch(/by-claude: nothing\n {4}by-glm: a file/);
    const ref = `refs/aiteam/resolutions/${conflict?.id}`;
    expect([blob(`${ref}:target`), blob(`${ref}:agent`)]).toEqual([blob('main:by-claude'), blob('feature/glm:by-glm')]);
    integrate(made, []);
    expect(files(made)).toEqual(['by-glm']);
    expect(bytesIn(made, 'by-glm')).toBe(withLines({ 3: 'claude', 17: 'glm' }));
  });

  it('keeps the target\'s name as well, and the question is bound to both versions and both names', () => {
    const made = renamed({ 3: 'claude' }, { 17: 'glm' });
    resolve(made, ['glm', '--take', 'main']);
    made.commit({ 'other.txt': 'glm\n' }, 'elsewhere', made.worktree('glm'));
    made.commit({ 'main.txt': 'm\n' }, 'elsewhere too');
    expect(integrate(made, ['--dry-run']).stdout).toContain('1 conflict settled by a recorded resolution');
    const before = made.git(['rev-parse', 'main']);
    made.git(['mv', 'by-claude', 'elsewhere']);
    made.commit({}, 'renamed again');
    expect(integrate(made, ['--dry-run'], 3).stdout).toMatch(/lapsed .*old/);
    made.git(['reset', '-q', '--hard', before]);
    made.commit({ 'by-claude': withLines({ 3: 'claude', 10: 'a person' }) }, 'by hand');
    expect(integrate(made, [], 3).stdout).toMatch(/lapsed .*old/);
    resolve(made, ['--path', 'by-glm', '--take', 'main']);
    integrate(made, []);
    expect([files(made), bytesIn(made, 'by-claude')]).toEqual([['by-claude'], withLines({ 3: 'claude', 10: 'a person', 17: 'glm' })]);
  });

  // Seen to fail: git's own markers were the versions that were offered, and no conflict of the branch could be settled.
  it('whose lines are in conflict too gets those of the side that is taken, and holds wherever else the branches move', () => {
    const made = renamed({ 3: 'claude', 9: 'claude 9' }, { 3: 'glm', 17: 'glm' });
    const [conflict] = listed(made);
    expect(expectDone(made.aiteam(['conflicts', 'show', conflict?.id ?? ''])).stdout).toContain('and both changed the same lines, which come with the name: which is it to be?');
    resolve(made, ['glm', '--take', 'glm']);
    made.commit({ 'other.txt': 'glm\n' }, 'elsewhere', made.worktree('glm'));
    integrate(made, []);
    expect([files(made), bytesIn(made, 'by-glm')]).toEqual([['by-glm'], withLines({ 3: 'glm', 9: 'claude 9', 17: 'glm' })]);
  });

  // Seen to fail where each name was compared by itself: what git had marked there counted as lines that were dropped.
  it('settled in the worktree holds nothing up, and nothing is told beside it', () => {
    const made = renamed({ 3: 'claude' }, { 3: 'glm' });
    resolve(made, [listed(made)[0]?.id ?? '']);
    made.git(['rm', '-q', '-f', 'by-claude'], { cwd: made.worktree('glm') });
    made.commit({ 'by-glm': withLines({ 3: 'both' }) }, 'settled', made.worktree('glm'));
    expect(integrate(made, []).stdout).not.toContain('beside');
    expect(files(made)).toEqual(['by-glm']);
  });

  it('where something else is in conflict at one of the names is asked path by path', () => {
    const made = begun({ old: withLines({}) });
    for (const [agent, name] of [['claude', 'by-claude'], ['glm', 'by-glm']] as const) {
      made.git(['mv', 'old', name], { cwd: made.worktree(agent) });
      made.commit(agent === 'claude' ? { 'by-glm': 'another\n' } : {}, `${agent} works`, made.worktree(agent));
    }
    integrate(made, ['claude', 'glm'], 3);
    expect(listed(made).map(({ path }) => path).sort()).toEqual(['by-claude', 'by-glm', 'old']);
  });
});
