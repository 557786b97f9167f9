import { describe, expect, it } from 'vitest';
import { expectDone, team } from '../support/scratch.ts';

describe('integrate --into what is no branch to land on', () => {
  it.each([
    ['', 2, ['git branch --list']], ['-x', 2, ['git branch --list']], ['HEAD', 2, ['git branch --list']], ['main~0', 2, ['git branch --list']],
    ['v1', 1, ['is a tag', 'git branch integration v1', 'aiteam integrate --into integration']],
    ['feature/glm', 1, ['glm works on', 'git branch integration main', 'aiteam sync glm']],
    ['nowhere', 1, ['git branch nowhere main', 'aiteam integrate --into nowhere']],
    ['origin/next', 1, ['is a remote-tracking branch', 'git branch next origin/next']],
    ['COMMIT', 1, ['is a commit', 'git branch integration ']],
  ])('"%s" is refused, with a command that works', (name, code, parts) => {
    const made = team('glm');
    made.commit({ 'glm.txt': 'g\n' }, 'glm works', made.worktree('glm'));
    const main = made.git(['rev-parse', 'main']);
    made.git(['tag', 'v1']);
    made.git(['update-ref', 'refs/remotes/origin/next', main]);
    const refused = expectDone(made.aiteam(['integrate', '--into', name === 'COMMIT' ? main.slice(0, 8) : name]), code);
    for (const part of parts) expect(refused.stderr).toContain(part);
    const [, branch] = /hint: git (branch .*)/.exec(refused.stderr) ?? [];
    made.git((branch ?? '').split(' '));
    const [, again] = /then: aiteam (.*)/.exec(refused.stderr) ?? [];
    if (again !== undefined) expectDone(made.aiteam(again.split(' ')));
    expect(made.git(['rev-parse', 'main'])).toBe(main);
  });
});
