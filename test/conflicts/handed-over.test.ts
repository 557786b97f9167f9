import { expect, it } from 'vitest';
import { bytesIn, integrate, listed, met, resolve, withLines } from '../support/conflicts.ts';
import { expectDone } from '../support/scratch.ts';

it('a conflict goes to whom it is given, as a handoff; and a rebase lands it as one commit', () => {
  const made = met();
  const [id = ''] = listed(made).map((one) => one.id);
  expect(resolve(made, ['glm', '--to', 'claude']).stdout).toContain('handed over  2 conflicts to claude');
  expect(made.read('.ai-coordinator/handoff.md')).toContain(`aiteam conflicts show ${id} shows both sides`);
  expect(resolve(made, [id, '--to', 'main'], 1).stderr).toContain('it settles no conflict');
  // An agent settles what it was given, and is named for it.
  expectDone(made.aiteam(['conflicts', 'resolve', 'glm', '--take', 'main,glm'], { cwd: made.worktree('claude') }));
  expect(listed(made).map(({ resolution }) => resolution)).toMatchObject([{ by: 'claude' }, { by: 'claude' }]);
  const out = integrate(made, ['--strategy', 'rebase']);
  expect(out.stderr).toContain('landed as one commit');
  expect(bytesIn(made, 'app.txt')).toBe(withLines({ 3: 'claude\nglm', 12: 'claude\nglm' }));
  expect(made.git(['log', '-1', '--format=%P']).split(' ')).toHaveLength(1);
});
