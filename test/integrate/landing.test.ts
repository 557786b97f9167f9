import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface Result {
  readonly version: number;
  readonly landing: { id: string; old: string; new: string } | null;
  readonly landed: { agent: string; tip: string; commit: string }[];
  readonly leftOut: { agent: string; reason: string; paths?: string[]; conflicts?: { id: string; path: string; lines: [number, number] | null }[] }[];
  readonly notTried: { agent: string; reason: string }[];
  readonly gates: { name: string; verdict: string; reason: string | null; cached: boolean; tail: string[] }[];
}

const integrate = (made: Scratch, args: string[] = [], code = 0): Result =>
  JSON.parse(expectDone(made.aiteam(['integrate', '--json', ...args]), code).stdout) as Result;

/** The agent commits these files in its worktree. */
const work = (made: Scratch, agent: string, files: Record<string, string>): string => made.commit(files, `${agent} works`, made.worktree(agent));

describe('landing', () => {
  it('two disjoint branches: both are on main, in merge commits with git\'s own tree, and the checkout moved along', () => {
    const made = team('claude', 'glm');
    const tips = [work(made, 'claude', { 'claude.txt': 'c\n' }), work(made, 'glm', { 'glm.txt': 'g\n' })];
    const before = made.git(['rev-parse', 'main']);
    const result = integrate(made);
    expect(result.landed.map(({ agent }) => agent)).toEqual(['claude', 'glm']);
    expect(result.landing).toMatchObject({ old: before, new: made.git(['rev-parse', 'main']) });
    for (const tip of tips) made.git(['merge-base', '--is-ancestor', tip, 'main']);
    expect(made.read('claude.txt') + made.read('glm.txt')).toBe('c\ng\n');
    expect(made.git(['status', '--porcelain', '-uno'])).toBe('');
    made.git(['switch', '-q', '--detach', before]);
    for (const tip of tips) made.git(['merge', '-q', '--no-ff', '--no-edit', tip]);
    expect(made.git(['rev-parse', 'HEAD^{tree}'])).toBe(made.git(['rev-parse', 'main^{tree}']));
  });

  it('nothing to land: exit 0, nothing moves', () => {
    const made = team('glm');
    const before = made.git(['rev-parse', 'main']);
    expect(integrate(made)).toMatchObject({ landing: null, landed: [], notTried: [{ agent: 'glm', reason: 'nothing-to-land' }] });
    expect(made.git(['rev-parse', 'main'])).toBe(before);
  });

  it('--dry-run shows what would land and changes nothing', () => {
    const made = team('glm');
    work(made, 'glm', { 'glm.txt': 'g\n' });
    const refs = made.git(['for-each-ref']);
    expect(integrate(made, ['--dry-run'])).toMatchObject({ landing: null, landed: [{ agent: 'glm' }] });
    expect(made.git(['for-each-ref'])).toBe(refs);
  });

  it('a worktree with uncommitted changes is not tried unless it is named; then its committed work lands', () => {
    const made = team('glm');
    work(made, 'glm', { 'glm.txt': 'g\n' });
    made.write({ 'app.txt': 'half done\n' }, made.worktree('glm'));
    expect(integrate(made)).toMatchObject({ landed: [], notTried: [{ agent: 'glm', reason: 'uncommitted' }] });
    expect(integrate(made, ['glm']).landed).toMatchObject([{ agent: 'glm' }]);
    expect(made.read('app.txt', made.worktree('glm'))).toBe('half done\n');
  });

  it('one marked ready: the others wait', () => {
    const made = team('claude', 'glm');
    work(made, 'claude', { 'claude.txt': 'c\n' });
    work(made, 'glm', { 'glm.txt': 'g\n' });
    expectDone(made.aiteam(['ready', 'glm']));
    expect(integrate(made)).toMatchObject({ landed: [{ agent: 'glm' }], notTried: [{ agent: 'claude', reason: 'not-ready' }] });
  });

  it('--into lands on another branch that is checked out nowhere', () => {
    const made = team('glm');
    work(made, 'glm', { 'glm.txt': 'g\n' });
    made.git(['branch', 'staging']);
    const main = made.git(['rev-parse', 'main']);
    expect(integrate(made, ['--into', 'staging']).landed).toMatchObject([{ agent: 'glm' }]);
    expect(made.git(['show', 'staging:glm.txt'])).toBe('g');
    expect(made.git(['rev-parse', 'main'])).toBe(main);
  });

  it('from an agent\'s own worktree it needs leave', () => {
    const made = team('glm');
    work(made, 'glm', { 'glm.txt': 'g\n' });
    const refused = made.aiteam(['integrate'], { cwd: made.worktree('glm') });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('agents_may');
  });

  it('an unknown agent and a hostile name: refused, nothing moves', () => {
    const made = team('glm');
    expect(made.aiteam(['integrate', 'nobody']).code).toBe(1);
    expect(made.aiteam(['integrate', '--', '--help;rm']).code).toBe(2);
  });
});

describe('strategies', () => {
  it('squash: one commit for the agent, its trailers kept; nothing left to land; later work lands on top', () => {
    const made = team('glm');
    work(made, 'glm', { 'README.md': 'one\n' });
    work(made, 'glm', { 'README.md': 'two\n' });
    expect(integrate(made, ['--strategy', 'squash']).landed).toMatchObject([{ agent: 'glm' }]);
    expect(made.git(['rev-list', '--count', '--no-merges', 'main'])).toBe(String(Number(made.git(['rev-list', '--count', 'main~1'])) + 1));
    expect(made.git(['log', '-1', '--format=%B', 'main'])).toContain('Assisted-by: glm');
    expect(integrate(made)).toMatchObject({ landing: null, notTried: [{ reason: 'nothing-to-land' }] });
    work(made, 'glm', { 'README.md': 'three\n' });
    expect(integrate(made, ['--strategy', 'squash']).landed).toMatchObject([{ agent: 'glm' }]);
    expect(made.read('README.md')).toBe('three\n');
  });

  it('ff: the first that can; the others stay out', () => {
    const made = team('claude', 'glm');
    const tip = work(made, 'claude', { 'claude.txt': 'c\n' });
    work(made, 'glm', { 'glm.txt': 'g\n' });
    expect(integrate(made, ['claude', 'glm', '--strategy', 'ff'], 3)).toMatchObject({ landed: [{ agent: 'claude' }], leftOut: [{ agent: 'glm', reason: 'not-fast-forward' }] });
    expect(made.git(['rev-parse', 'main'])).toBe(tip);
  });
});
