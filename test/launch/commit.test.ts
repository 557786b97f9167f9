import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { renderStatus } from '../../src/cli/render/status.ts';
import { styleFor } from '../../src/cli/render/style.ts';
import { teamStatus } from '../../src/operations/status.ts';
import { CANARY } from '../support/fake-client.ts';
import { expectDone, script, team } from '../support/scratch.ts';

describe('aiteam commit', () => {
  it('commits for an agent from outside, in its name, through the repository\'s hooks and ours', () => {
    const made = team('glm', 'claude');
    const glm = made.worktree('glm');
    const subjects = (): string[] => made.git(['log', '--format=%s', 'main..feature/glm']).split('\n');
    made.write({ 'a.txt': 'a\n', 'b c.txt': 'b\n', 'sub/d.txt': 'd\n' }, glm);
    script(join(made.repo, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\necho "looked as ${AITEAM_AGENT-nobody}, key ${Z_AI_API_KEY-none}"\ngit diff --cached --name-only | grep -q bad && { echo "bad file"; exit 1; }\nexit 0\n');
    expect(expectDone(made.aiteam(['commit', 'glm', '-m', 'x']), 1).stderr).toContain('error: glm has nothing staged\nhint: everything that is not ignored: aiteam commit glm -m … --all');
    const first = expectDone(made.aiteam(['commit', 'glm', '-m', "say 'a'\n\nwhy", 'a.txt', 'b c.txt'], { env: { FOO: CANARY } }));
    expect(first.stdout).toMatch(/^committed {2}glm \(feature\/glm at [0-9a-f]{8}\)\n$/);
    expect(first.stderr).toContain('looked as glm');
    expect(made.git(['log', '-1', '--format=%an|%cn|%B', 'feature/glm']).trim()).toBe("Human|Human|say 'a'\n\nwhy\n\nAssisted-by: glm:glm-4.7");
    expect(made.git(['show', '--name-only', '--format=', 'feature/glm'])).toBe('a.txt\nb c.txt');

    // With an identity of its own, and a path from where one stands.
    made.write({ '.aiteam.yaml': 'version: 1\nidentity: { name: "{agent} ({model})", email: "{agent}@team.example" }\n' });
    expect(JSON.parse(expectDone(made.aiteam(['commit', 'glm', '-m', 'two', 'd.txt', '--json'], { cwd: join(glm, 'sub') })).stdout)).toMatchObject({ version: 1, agent: 'glm', branch: 'feature/glm' });
    expect(made.git(['log', '-1', '--format=%an|%cn|%ce', 'feature/glm'])).toBe('Human|glm (glm-4.7)|glm@team.example');

    // Refused: by a hook, to another agent, on another branch, without a message.
    made.write({ 'bad.txt': 'x\n' }, glm);
    expect(expectDone(made.aiteam(['commit', 'glm', '--all', '-m', 'three']), 1).stderr).toMatch(/the commit was refused, by a hook or by git:\n(.*\n)?bad file/);
    expect(expectDone(made.aiteam(['commit', 'glm', '--all', '-m', 'three'], { cwd: made.worktree('claude') }), 1).stderr).toContain('claude may not commit for glm');
    expect(expectDone(made.aiteam(['commit', 'glm', '--all', '-m', ' ']), 1).stderr).toContain('the message is empty');
    expectDone(made.aiteam(['commit', 'glm', '--all', 'a.txt', '-m', 'x']), 2);
    made.git(['switch', '-q', '-c', 'side'], { cwd: glm });
    expect(expectDone(made.aiteam(['commit', 'glm', '--all', '-m', 'three']), 1).stderr).toContain("glm's worktree is on side");
    expect(subjects()).toEqual(['two', "say 'a'"]);
  });

  // Seen to commit as Mallory.
  it('takes no name from the project\'s file before that is approved', () => {
    const made = team('glm');
    made.write({ 'a.txt': 'a\n' }, made.worktree('glm'));
    made.write({ '.aiteam.yaml': 'version: 1\nagents: { glm: { env: { GIT_AUTHOR_NAME: Mallory } } }\n' });
    expect(expectDone(made.aiteam(['commit', 'glm', '-m', 'x', '--all']), 1).stderr).toContain('variables of glm come from .aiteam.yaml, and nobody approved them');
    expect(made.git(['rev-parse', 'feature/glm'])).toBe(made.git(['rev-parse', 'main']));
    expectDone(made.aiteam(['trust', '--yes']));
    expectDone(made.aiteam(['commit', 'glm', '-m', 'x', '--all']));
    expect(made.git(['log', '-1', '--format=%an', 'feature/glm'])).toBe('Mallory');
  });

  it('is what status suggests where work seems over and is not committed', async () => {
    const made = team('glm');
    const { write, commit } = made;
    const glm = made.worktree('glm');
    write({ 'new.txt': 'x\n' }, glm);
    expect(expectDone(made.aiteam(['status'])).stdout).not.toContain('not committed');
    commit({ 'done.txt': 'x\n' }, 'done', glm);
    expectDone(made.aiteam(['ready', 'glm']));
    write({ 'left.txt': 'x\n' }, glm);
    const { stdout } = expectDone(made.aiteam(['status']));
    expect(stdout).toMatch(/^glm .* ready {2}done but not committed$/m);
    expect(stdout).toContain("next: aiteam commit glm -m 'what changes' --all\n");
    expect(JSON.parse(expectDone(made.aiteam(['status', '--json'])).stdout)).toMatchObject({ agents: [{ agent: 'glm', leftOver: { kind: 'ready' } }] });

    expectDone(made.aiteam(['ready', 'glm', '--undo']));
    expect(expectDone(made.aiteam(['status'])).stdout).not.toContain('not committed');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 });
    try {
      const later = await teamStatus({ cwd: made.repo, env: made.env, narrate: () => undefined, confirm: null });
      expect(renderStatus(later, styleFor({}, {}))).toMatch(/^glm .* not committed, and last heard of 2 h ago$/m);
    } finally {
      vi.useRealTimers();
    }
  });
});
