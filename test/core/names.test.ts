import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agentNameProblem } from '../../src/core/agent-name.ts';
import { newBranchProblem } from '../../src/core/branch-name.ts';
import { guessAgent } from '../../src/core/guess-agent.ts';
import { trailerFor } from '../../src/core/trailer.ts';
import type { AgentId } from '../../src/core/ids.ts';

test('names that git, a shell or a file system reads specially are no agent\'s', () => {
  for (const name of ['claude', 'claude-opus', 'glm-4.7', 'a', 'constructor', 'a_b']) expect(agentNameProblem(name)).toBeNull();
  const hostile = ['', '..', '.', 'a..b', 'a.', 'HEAD', 'head', 'a/b', 'Glm', '-x', '$(id)', '`id`', '#(id)', 'a b', 'a:b', 'glm.lock', 'con', 'com1', 'a\n', 'a\u202eb', 'ａ', 'x'.repeat(65)];
  for (const name of hostile) expect(agentNameProblem(name), JSON.stringify(name)).not.toBeNull();
});

test('a branch that aiteam makes has a name that git allows and that can be pasted into a shell', () => {
  for (const name of ['feature/glm', 'agents/glm-4.7', 'büro/größe', 'a+b@c=d,e%f']) expect(newBranchProblem(name)).toBeNull();
  const hostile = ['', '-x', '$(id)', 'a b', 'a;b', 'a|b', 'a\'b', 'a"b', '#(id)', 'a..b', 'a@{b', 'x.lock', 'x/.y', '/x', 'x/', 'x//y', 'HEAD', 'a\u202eb', 'a\u200bb', 'a\\b', 'a~1', 'a\u0007'];
  for (const name of hostile) expect(newBranchProblem(name), JSON.stringify(name)).not.toBeNull();
});

test('a branch is named after the agent whose template makes it', () => {
  const agent = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((name) => agentNameProblem(name) === null);
  fc.assert(fc.property(agent, fc.constantFrom('feature/{agent}', '{agent}', 'team/{agent}/work'), (name, template) => {
    expect(guessAgent(template.replace('{agent}', name), template)).toBe(name);
  }));
  expect(guessAgent('topic/glm', 'feature/{agent}')).toBe('glm');
  expect(guessAgent('topic/Fix It', 'feature/{agent}')).toBeNull();
});

test('the trailer of an agent without a model has no place left for one', () => {
  const agent = 'glm' as AgentId;
  expect(trailerFor('Assisted-by: {agent}:{model}', agent, 'glm-4.7')).toBe('Assisted-by: glm:glm-4.7');
  expect(trailerFor('Assisted-by: {agent}:{model}', agent, null)).toBe('Assisted-by: glm');
  expect(trailerFor('Agent: {agent} ({model})', agent, null)).toBe('Agent: glm');
  expect(trailerFor('Agent: {agent}', agent, null)).toBe('Agent: glm');
});
