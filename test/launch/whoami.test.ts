import { describe, expect, it } from 'vitest';
import { CANARY } from '../support/fake-client.ts';
import { expectDone, scratch, team } from '../support/scratch.ts';

describe('aiteam whoami', () => {
  it('says who works here, how that is known, and what does not go together', () => {
    const made = team('claude', 'glm');
    const [glm, human] = [made.worktree('glm'), 'Human <human@example.org>'];
    const who = (cwd: string, env: Record<string, string> = {}): unknown => JSON.parse(expectDone(made.aiteam(['whoami', '--json'], { cwd, env })).stdout);
    expect(who(glm)).toEqual({
      version: 1, agent: 'glm', knownBy: 'marker', role: 'developer', model: 'glm-4.7', provider: 'zai', branch: 'feature/glm', worktree: glm, author: human, committer: human, mismatches: [],
    });
    expect(who(made.repo)).toMatchObject({ agent: null, knownBy: 'human', role: null, branch: 'main', worktree: made.repo, mismatches: [] });
    expect(who(made.repo, { AI_AGENT_ID: 'claude' })).toMatchObject({ agent: 'claude', knownBy: 'environment', role: 'architect', model: 'opus', provider: 'anthropic', mismatches: [] });
    expect(who(made.repo, { AI_AGENT_ID: 'nobody' })).toMatchObject({ agent: 'nobody', mismatches: ['nobody has no worktree in this repository'] });

    made.git(['switch', '-q', '-c', 'side'], { cwd: glm });
    made.write({ '.aiteam.yaml': 'version: 1\nagents: { glm: { model: glm-5 } }\nidentity: { name: "{agent}", email: "{agent}@team.example" }\n' });
    expect(who(glm, { AITEAM_AGENT: 'claude', ANTHROPIC_BASE_URL: 'http://else.example', ANTHROPIC_AUTH_TOKEN: CANARY })).toMatchObject({
      agent: 'glm', mismatches: [
        "this worktree is on side, and glm's is feature/glm",
        'its commits name the model glm-4.7, and it is started with glm-5: aiteam add glm',
        "the environment says claude, and this worktree is glm's",
        'ANTHROPIC_BASE_URL is http://else.example, and glm talks to https://api.z.ai/api/anthropic: aiteam exec glm',
      ],
    });
    const exec = expectDone(made.aiteam(['exec', 'glm', '--', 'aiteam-whoami'], { env: { Z_AI_API_KEY: CANARY } }), 1);
    expect(exec.stderr).not.toContain(CANARY);
    const text = expectDone(made.aiteam(['whoami'], { cwd: glm, env: { AITEAM_AGENT: 'claude' } })).stdout;
    expect(text).toMatch(/^glm\nknown by the marker of this worktree\nmodel: glm-5 of zai\nrole: developer\nbranch: side\nworktree: .*\ncommits as: Human <human@example\.org>\nwarning: /);
  });
});

describe('aiteam providers', () => {
  it('lists them with their agents and whether their key is there, never the key, outside of a repository too', () => {
    const made = team('claude', 'glm', 'deepseek');
    const env = { Z_AI_API_KEY: CANARY, ANTHROPIC_API_KEY: CANARY };
    const text = expectDone(made.aiteam(['providers'], { env })).stdout;
    expect(text).toContain('zai  glm\n    Z.ai GLM, https://api.z.ai/api/anthropic\n    key: Z_AI_API_KEY is set\n');
    expect(text).toContain('key: DEEPSEEK_API_KEY, which is not set\n');
    const json = expectDone(made.aiteam(['providers', '--json'], { env })).stdout;
    expect(JSON.parse(json)).toMatchObject({ version: 1, providers: expect.arrayContaining([
      expect.objectContaining({ name: 'anthropic', agents: ['claude'], copies: { ANTHROPIC_API_KEY: 'ANTHROPIC_API_KEY' } }),
      expect.objectContaining({ name: 'deepseek', agents: ['deepseek'], key: { needed: true, login: false, variables: [{ variable: 'DEEPSEEK_API_KEY', isSet: false }] }, unsets: expect.arrayContaining(['Z_AI_API_KEY', 'OPENAI_BASE_URL']) }),
    ]), roles: expect.arrayContaining([expect.objectContaining({ role: 'tester', provider: 'anthropic', model: 'sonnet' })]) });
    made.write({ '.aiteam.yaml': 'version: 1\nproviders: { zai: { address: "https://evil.example" } }\n' });
    expect(expectDone(made.aiteam(['providers'])).stdout).toContain('(of .aiteam.yaml)');
    expect(expectDone(made.aiteam(['providers'])).stdout).toContain('not approved: aiteam trust');
    const outside = scratch();
    expect(expectDone(outside.aiteam(['providers'], { cwd: outside.folder, env })).stdout).toContain('Z_AI_API_KEY is set');
    expect(text + json).not.toContain(CANARY);
  });
});
