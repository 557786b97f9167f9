import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

interface NotTried {
  readonly agent: string;
  readonly reason: string;
  readonly next: readonly string[];
}

const notTried = (made: Scratch, ...args: string[]): readonly NotTried[] => (JSON.parse(expectDone(made.aiteam(['integrate', '--json', ...args])).stdout) as { notTried: NotTried[] }).notTried;
const reasons = (out: readonly NotTried[]): Record<string, string> => Object.fromEntries(out.map(({ agent, reason }) => [agent, reason]));
/** The command of a hint: what stands before the first comma, behind words that end in a colon. */
const command = (next: string | undefined): string[] => ((next ?? '').split(', ')[0]?.replace(/^[a-z ]+: /, '') ?? '').split(' ');

describe('a branch that is not tried', () => {
  it('is named with a command that works, and counts as nothing left', () => {
    const made = team('away', 'busy', 'dirty', 'loose', 'quiet');
    const there = (agent: string): { cwd: string } => ({ cwd: made.worktree(agent) });
    for (const agent of ['away', 'busy', 'dirty', 'loose']) made.commit({ [`${agent}.txt`]: 'a\n' }, `${agent} works`, made.worktree(agent));
    made.git(['switch', '-q', '-c', 'aside'], there('away'));
    made.git(['switch', '-q', '--detach'], there('loose'));
    made.write({ 'app.txt': 'half done\n' }, made.worktree('dirty'));
    made.commit({ 'other.txt': 'o\n' }, 'on main');
    made.git(['merge', '-q', '--no-commit', '--no-ff', 'main'], there('busy'));
    const out = notTried(made);
    expect(reasons(out)).toEqual({ away: 'elsewhere', busy: 'under-way', dirty: 'uncommitted', loose: 'detached', quiet: 'nothing-to-land' });
    expect(expectDone(made.aiteam(['integrate'])).stdout).toContain(`    next: git -C ${made.worktree('away')} switch feature/away, or as feature/away is: aiteam integrate away\n`);
    for (const { agent, next } of out.filter(({ reason }) => reason !== 'nothing-to-land')) {
      const [program, ...words] = command(next[0]);
      expect(program).toBe('git');
      made.git(agent === 'dirty' ? [...words, '-q', '-m', 'done'] : words);
    }
    made.git(['commit', '-q', '--no-edit'], there('busy'));
    expect(reasons(notTried(made))).toEqual({ quiet: 'nothing-to-land' });
  });

  it('because it is not ready, was undone, or builds on what was: so too', () => {
    const made = team('claude', 'glm');
    for (const agent of ['claude', 'glm']) made.commit({ [`${agent}.txt`]: 'a\n' }, `${agent} works`, made.worktree(agent));
    expectDone(made.aiteam(['ready', 'glm']));
    const [waiting] = notTried(made);
    expect(waiting).toMatchObject({ agent: 'claude', reason: 'not-ready', next: ['aiteam ready claude, or by name: aiteam integrate claude'] });
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd: made.worktree('claude') });
    expectDone(made.aiteam(['undo']));
    const out = notTried(made);
    expect(reasons(out)).toEqual({ claude: 'on-undone', glm: 'undone' });
    for (const agent of ['claude', 'glm']) expectDone(made.aiteam(command(out.find((one) => one.agent === agent)?.next[0]).slice(1)));
    expectDone(made.aiteam(['integrate']));
    expect(made.git(['ls-tree', '--name-only', 'main'])).toMatch(/claude.txt\nglm.txt/);
  });
});

it('an agent in the middle of its resolution is told to end it, not to resolve again', () => {
  const made = team('claude', 'glm');
  for (const agent of ['claude', 'glm']) made.commit({ 'app.txt': `${agent}\n` }, `${agent} works`, made.worktree(agent));
  const first = expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3).stdout;
  const [, id = ''] = /next: aiteam conflicts resolve (\S+)/.exec(first) ?? [];
  expectDone(made.aiteam(['conflicts', 'resolve', id]));
  const again = expectDone(made.aiteam(['integrate', 'glm']), 3).stdout;
  expect(again).not.toContain('aiteam conflicts resolve');
  expect(again).toContain(`next: end the merge in glm's worktree: git -C ${made.worktree('glm')} status, then: aiteam integrate\n`);
});
