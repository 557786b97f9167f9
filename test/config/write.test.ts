import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/schema.ts';
import { newConfigText, withAgents, withTarget, type Team } from '../../src/config/write.ts';
import { agentNameProblem, parseAgentId } from '../../src/core/agent-name.ts';
import { branchNameProblem } from '../../src/core/branch-name.ts';
import { usualAgent } from '../../src/core/usual-team.ts';

const teamOf = (...names: string[]): Team => new Map(names.map((name) => [parseAgentId(name), usualAgent(parseAgentId(name))]));
const read = (text: string) => parseConfig(Buffer.from(text), 'written');

const name = fc.oneof(
  fc.constantFrom('null', 'true', 'false', 'constructor', 'y', 'no', 'off', 'e1', 'glm-4.7', 'claude-opus'),
  fc.stringMatching(/^[a-z][a-z0-9._-]{0,12}$/),
).filter((text) => agentNameProblem(text) === null);
const branch = fc.oneof(fc.constantFrom('main', 'null', '1.0', 'yes', 'a#b', 'release/2', "it's", '"q"', 'x!y', '&a', '%a', 'ünïcode', '`d`'), fc.string({ maxLength: 12 }))
  .filter((text) => branchNameProblem(text) === null && /^[\x21-\x7e\u00a1-\u00ac\u00ae-\u024f]+$/.test(text));

describe('a new configuration', () => {
  it('says of well-known agents what they usually are', () => {
    const { agents } = read(newConfigText('main', teamOf('claude', 'glm', 'deepseek', 'claude-sonnet', 'glm-4.6', 'codex', 'nobody')));
    const nothing = { command: null, args: null, env: new Map(), idle: null };
    expect(Object.fromEntries(agents)).toEqual({
      claude: { provider: 'anthropic', model: null, role: 'architect', ...nothing },
      glm: { provider: 'zai', model: 'glm-4.7', role: 'developer', ...nothing },
      deepseek: { provider: 'deepseek', model: 'deepseek-reasoner', role: 'analyst', ...nothing },
      'claude-sonnet': { provider: 'anthropic', model: 'sonnet', role: 'tester', ...nothing },
      'glm-4.6': { provider: 'zai', model: 'glm-4.6', role: 'developer', ...nothing },
      codex: { provider: 'openai', model: null, role: null, ...nothing },
      nobody: { provider: null, model: null, role: null, ...nothing },
    });
  });

  it('is read back as it was meant, whatever the branch and the agents are called', () => {
    fc.assert(fc.property(branch, fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), (target, names) => {
      const config = read(newConfigText(target, teamOf(...names)));
      expect(config.target).toBe(target);
      expect(new Map([...config.agents].map(([agent, { provider, model, role }]) => [agent, { provider, model, role }]))).toEqual(teamOf(...names));
    }));
  });

  it('shows in comments only what is right once the comment signs are taken away', () => {
    const text = newConfigText('main', teamOf('glm')).replace(/^# (?=[a-z]+:|  )/gm, '');
    expect(read(text)).toMatchObject({ copy: ['.env'], link: ['node_modules'], setup: [{ run: 'npm ci' }], gates: [{ name: 'test', timeoutMs: 600_000 }] });
  });
});

describe('an agent added to a configuration', () => {
  it.each([
    ['after the last one, with its indentation', 'version: 1\nagents:\n    glm:\n        role: x # why\n# end\ngates: []\n', 'version: 1\nagents:\n    glm:\n        role: x # why\n    qwen:\n      provider:\n      model:\n# end\ngates: []\n'],
    ['after one without a value', 'version: 1\nagents:\n  glm:\n', 'version: 1\nagents:\n  glm:\n  qwen:\n      provider:\n      model:\n'.replace(/ {6}/g, '    ')],
    ['after a command of several lines', 'version: 1\nagents:\n  glm:\n    command: |\n      a\n      b\n\noverlaps: off\n', 'version: 1\nagents:\n  glm:\n    command: |\n      a\n      b\n  qwen:\n    provider:\n    model:\n\noverlaps: off\n'],
    ['after one in braces', 'version: 1\nagents:\n  glm: { role: x }\n', 'version: 1\nagents:\n  glm: { role: x }\n  qwen:\n    provider:\n    model:\n'],
    ['where the key has no value', 'version: 1\nagents: # nobody\ncopy: []\n', 'version: 1\nagents: # nobody\n  qwen:\n    provider:\n    model:\ncopy: []\n'],
    ['where the key is missing', 'version: 1', 'version: 1\n\nagents:\n  qwen:\n    provider:\n    model:\n'],
    ['where the file ends without a line break', 'version: 1\nagents:\n  glm: {}', 'version: 1\nagents:\n  glm: {}\n  qwen:\n    provider:\n    model:\n'],
  ])('stands %s', (_where, before, after) => {
    expect(withAgents(before, teamOf('qwen'))).toBe(after);
    expect([...read(after).agents.keys()]).toEqual([...read(before).agents.keys(), 'qwen']);
  });

  it('is left to the person where the agents are written in braces', () => {
    expect(withAgents('version: 1\nagents: { glm: {} }\n', teamOf('qwen'))).toBeNull();
    expect(withAgents('version: 1\nagents: {}\n', teamOf('qwen'))).toBeNull();
    expect(withAgents('{ version: 1 }\n', teamOf('qwen'))).toBeNull();
  });
});

it('a target added to a configuration stands after its version', () => {
  expect(withTarget('# ours\nversion: 1 # one\ncopy: [a]\n', 'main')).toBe('# ours\nversion: 1 # one\ntarget: main\ncopy: [a]\n');
  expect(withTarget('{ version: 1 }\n', 'main')).toBeNull();
});
