import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { approvalText, configuredCommands, type ConfiguredCommand } from '../../src/core/approval.ts';
import { DEFAULT_CONFIG, type AgentConfig } from '../../src/core/config.ts';
import { parseAgentId } from '../../src/core/agent-name.ts';

const command: fc.Arbitrary<ConfiguredCommand> = fc.record({
  kind: fc.constantFrom('setup', 'gate', 'merge driver', 'agent'), name: fc.constantFrom('a', 'b', 'c'), run: fc.string({ maxLength: 6, unit: fc.constantFrom('a', '"', '\\', ',', '\n', ']') }),
});

it('an approval covers every command of the configuration, and no other text of it', () => {
  const agent: AgentConfig = { provider: 'zai', model: 'glm-4.7', role: 'developer', command: null, args: null, env: new Map(), idle: null };
  const commands = configuredCommands({
    ...DEFAULT_CONFIG,
    setup: [{ name: 'install', run: 'npm ci' }],
    gates: [{ name: 'test', run: 'npm test', timeoutMs: 1000, clean: false, cache: true, slot: null, keys: ['OPENAI_API_KEY'] }],
    mergeDrivers: new Map([['keep', 'true']]),
    agents: new Map([[parseAgentId('glm'), { ...agent, command: 'claude' }], [parseAgentId('kimi'), agent]]),
  });
  expect(commands).toEqual([
    { kind: 'setup', name: 'install', run: 'npm ci' }, { kind: 'gate', name: 'test', run: 'npm test\nwith $OPENAI_API_KEY' }, { kind: 'merge driver', name: 'keep', run: 'true' }, { kind: 'agent', name: 'glm', run: 'claude' },
  ]);
  expect(configuredCommands(DEFAULT_CONFIG)).toEqual([]);
});

it('two lists of commands have one approval only when the same runs in the same order', () => {
  const unique = (commands: ConfiguredCommand[]) => commands.filter((one, at) => ['setup', 'gate'].includes(one.kind) || commands.findIndex((other) => other.kind === one.kind && other.name === one.name) === at);
  const whatRuns = (commands: readonly ConfiguredCommand[]) => [
    ...(['setup', 'gate'] as const).map((kind) => commands.filter((one) => one.kind === kind).map(({ run }) => run)),
    ...(['merge driver', 'agent'] as const).map((kind) => commands.filter((one) => one.kind === kind).map(({ name, run }) => [name, run]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1))),
  ];
  const list = fc.array(command, { maxLength: 4 }).map(unique);
  fc.assert(fc.property(list, list, (some, others) => {
    const same = JSON.stringify(whatRuns(some)) === JSON.stringify(whatRuns(others));
    expect(approvalText('/r/.git', some) === approvalText('/r/.git', others)).toBe(same);
    expect(approvalText('/r/.git', some)).not.toBe(approvalText('/other/.git', some));
  }));
});
