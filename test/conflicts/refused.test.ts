import { describe, expect, it } from 'vitest';
import { integrate, listed, met, resolve } from '../support/conflicts.ts';
import { expectDone, team } from '../support/scratch.ts';

describe('what cannot be taken', () => {
  it('is refused by name with the command that helps: no such side, agent, id or path, too many ways at once', () => {
    const made = met();
    const [id = ''] = listed(made).map((one) => one.id);
    for (const [args, code, words] of [
      [[id, '--take', 'ours'], 2, 'take glm or main, or both in an order: glm,main'],
      [['nobody', '--take', 'glm'], 1, 'there is no conflict "nobody"'],
      [['claude', '--take', 'glm'], 1, "claude's branch has no open conflict"],
      [['glm', '--path', 'README.md', '--take', 'glm'], 1, 'none of these conflicts is in README.md'],
      [['--take', 'glm'], 2, 'which conflict?'],
      [[], 2, 'which conflict?'],
      [[id, '--take'], 2, 'aiteam conflicts resolve --help'],
      [[id, '--take', 'glm', '--in-worktree'], 2, "cannot be used with option"],
      [[id, id, '--in-worktree'], 2, 'give one id'],
    ] as const) expect(expectDone(made.aiteam(['conflicts', 'resolve', ...args]), code).stderr).toContain(words);
    expect(expectDone(made.aiteam(['conflicts', id]), 2).stderr).toContain(`aiteam conflicts show ${id}\n`);
    expect(made.git(['for-each-ref', 'refs/aiteam/resolutions'])).toBe('');
    expect(resolve(made, [id, '--in-worktree']).stdout).toContain("is being merged into glm's worktree");
  });

  // Seen to say `conflict-over`, and to close the conflict.
  it('where only a merge driver could tell: refused by name, and the conflict stays open', () => {
    const made = met();
    const [id = ''] = listed(made).map((one) => one.id);
    for (const cwd of [made.repo, made.worktree('glm')]) made.commit({ '.gitattributes': 'app.txt merge=theirs\n' }, 'a driver', cwd);
    made.git(['config', 'merge.theirs.driver', 'cp %B %A']);
    for (const args of [[id], [id, '--take', 'glm']]) expect(resolve(made, args, 1).stderr).toContain('a merge driver that may not run here, or could not: theirs');
    expect(listed(made)).toHaveLength(2);
  });

  it('hostile names are shown escaped, in the trailer too', () => {
    const name = 'evil\u001b[31m\nConflict-resolution: forged';
    const made = team('claude', 'glm');
    for (const agent of ['claude', 'glm']) made.commit({ [name]: `${agent}\n` }, `${agent} works`, made.worktree(agent));
    integrate(made, ['claude', 'glm'], 3);
    const out = resolve(made, ['glm', '--take', 'glm']);
    integrate(made, []);
    for (const text of [out.stdout, made.git(['log', '-1', '--format=%B'])]) {
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain('\nConflict-resolution: forged');
    }
    expect(made.read(name)).toBe('glm\n');
  });
});
