import { describe, expect, it } from 'vitest';
import { parseAgentId } from '../../src/core/agent-name.ts';
import { commandText, parseCommand } from '../../src/core/clients.ts';
import { NO_USER_CONFIG, type AgentConfig, type UserConfig } from '../../src/core/config.ts';
import { clientProblem, resolveLaunch, type Launch } from '../../src/core/launch.ts';

const NOTHING: AgentConfig = { provider: null, model: null, role: null, command: null, args: null, env: new Map(), idle: null };

function launch(name: string, theirs: Partial<AgentConfig> = {}, mine: Partial<AgentConfig> | null = null, role: string | null = null): Launch {
  const agent = parseAgentId(name);
  const user: UserConfig = mine === null ? NO_USER_CONFIG : { ...NO_USER_CONFIG, agents: new Map([[agent, { ...NOTHING, ...mine }]]) };
  return resolveLaunch(agent, role, { agents: new Map([[agent, { ...NOTHING, ...theirs }]]), providers: new Map(), identity: null }, user);
}

const typed = ({ command }: Launch): string | null => (command === null ? null : commandText(command));

describe('provider and model of an agent', () => {
  it.each([
    ['architect', 'anthropic', 'opus'], ['Team lead', 'anthropic', 'opus'], ['developer', 'zai', 'glm-4.7'], ['analyst', 'deepseek', 'deepseek-reasoner'], ['debugger', 'deepseek', 'deepseek-reasoner'],
    ['tester', 'anthropic', 'sonnet'], ['documentation', 'anthropic', 'haiku'],
  ])('are those of the role %s where only that is said', (role, providerName, model) => {
    expect(launch('someone', { role })).toMatchObject({ role, providerName, model });
    expect(launch('someone', {}, null, role)).toMatchObject({ role, providerName, model });
  });

  it('are those of its name before those of its role, and what is said before both', () => {
    expect(launch('glm', { role: 'tester' })).toMatchObject({ providerName: 'zai', model: 'glm-4.7' });
    expect(launch('claude', { role: 'tester' })).toMatchObject({ providerName: 'anthropic', model: 'sonnet' });
    expect(launch('claude-opus', { role: 'tester' })).toMatchObject({ providerName: 'anthropic', model: 'opus' });
    expect(launch('someone', { role: 'tester', provider: 'zai' })).toMatchObject({ providerName: 'zai', model: null });
    expect(launch('someone', { role: 'tester', model: 'opus' })).toMatchObject({ providerName: 'anthropic', model: 'opus' });
    expect(launch('someone')).toMatchObject({ providerName: null, provider: null, command: null });
    expect(launch('someone', { provider: 'nosuch' })).toMatchObject({ providerName: 'nosuch', provider: null });
  });

  it('are the user\'s before the project\'s', () => {
    expect(launch('glm', { model: 'a', provider: 'zai' }, { model: 'b', provider: 'moonshot' })).toMatchObject({ providerName: 'moonshot', model: 'b' });
  });

  it('are the client\'s own where it talks to one provider only', () => {
    expect(launch('someone', { command: 'codex', role: 'developer' })).toMatchObject({ providerName: 'openai', model: null });
    expect(launch('someone', { command: 'claude', role: 'developer' })).toMatchObject({ providerName: 'zai' });
    expect(launch('someone', { command: 'claude' })).toMatchObject({ providerName: 'anthropic' });
  });
});

describe('the command of an agent', () => {
  it('is plain words, or a line for a shell, with the arguments behind it', () => {
    expect(parseCommand(' claude  --resume ', ['a b'])).toEqual({ kind: 'program', program: 'claude', args: ['--resume', 'a b'] });
    for (const line of ['FOO=1 claude', 'claude | tee log', 'cd x && claude', '~/bin/claude', 'claude "a b"', 'a\nb']) expect(parseCommand(line)).toEqual({ kind: 'line', line, args: [] });
    expect(commandText(parseCommand('claude', ["it's", '-x']))).toBe("claude 'it'\\''s' -x");
  });

  it('is what its provider usually runs, with other arguments where they are said', () => {
    expect(typed(launch('glm'))).toBe('claude --dangerously-skip-permissions');
    expect(typed(launch('glm', { args: ['--verbose'] }))).toBe('claude --verbose');
    expect(typed(launch('glm', { args: [] }))).toBe('claude');
    expect(typed(launch('gemini'))).toBe('gemini');
  });

  it('gets its model as an option where the client takes it so, once', () => {
    expect(typed(launch('codex', { model: 'gpt-5' }))).toBe('codex --model=gpt-5');
    expect(typed(launch('codex', { model: 'gpt-5', args: ['-m', 'o3'] }))).toBe('codex -m o3');
    expect(typed(launch('x', { command: 'aider', model: 'm', args: ['--yes'] }))).toBe('aider --model=m --yes');
  });

  it('needs approval where any of it is the project\'s', () => {
    const needs = (theirs: Partial<AgentConfig>, mine: Partial<AgentConfig> | null = null) => launch('glm', theirs, mine).needsApproval;
    expect(needs({ role: 'developer', model: 'm', provider: 'moonshot' })).toEqual({ environment: false, command: false });
    expect(needs({ command: 'evil' })).toEqual({ environment: false, command: true });
    expect(needs({ args: ['evil'] })).toEqual({ environment: false, command: true });
    expect(needs({ args: ['evil'], command: 'evil' }, { command: 'claude' })).toEqual({ environment: false, command: false });
    expect(typed(launch('glm', { args: ['evil'] }, { command: 'claude' }))).toBe('claude');
    expect(needs({ command: 'evil' }, { args: ['x'] })).toEqual({ environment: false, command: true });
    expect(needs({ env: new Map([['LD_PRELOAD', 'x']]) })).toEqual({ environment: true, command: false });
    expect(needs({ env: new Map([['A', 'x']]) }, { env: new Map([['A', 'y']]) })).toEqual({ environment: false, command: false });
  });

  it('cannot be one that talks to another kind of provider', () => {
    expect(clientProblem(launch('glm', { command: 'codex' }))).toContain('glm runs Codex, which cannot talk to Z.ai GLM');
    expect(clientProblem(launch('glm', { command: 'aider' }))).toBeNull();
    expect(clientProblem(launch('someone', { command: 'codex' }))).toBeNull();
  });
});
