import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentId } from '../../src/core/agent-name.ts';
import { NO_USER_CONFIG, type IdentityConfig, type ProviderConfig } from '../../src/core/config.ts';
import { missingKey, planEnvironment, type EnvironmentFacts } from '../../src/core/environment-plan.ts';
import { resolveLaunch } from '../../src/core/launch.ts';
import { isProviderVariable } from '../../src/core/provider-variables.ts';
import { allProviders, BUILT_IN_PROVIDERS, findProvider, providerProblem, tokenVariables, type Provider } from '../../src/core/providers.ts';
import { launchEnvironment, presentNames } from '../../src/launch/environment.ts';

const glm = parseAgentId('glm');
const NONE: ReadonlyMap<string, ProviderConfig> = new Map();
const NO_MODELS = { opus: null, sonnet: null, haiku: null };

function factsOf(provider: Provider | null, env: Record<string, string>, more: Partial<EnvironmentFacts> = {}): EnvironmentFacts {
  return {
    agent: glm, role: 'developer', model: null, provider, branch: 'feature/glm', worktree: '/w/glm', identity: null, extra: new Map(),
    present: presentNames(env), within: false, keys: allProviders({ project: NONE, user: NONE }).flatMap(tokenVariables), ...more,
  };
}

function environmentOf(provider: Provider | null, env: Record<string, string>, more: Partial<EnvironmentFacts> = {}): Record<string, string | undefined> {
  return launchEnvironment(env, planEnvironment(factsOf(provider, env, more)));
}

/** Only what says something of a provider. */
function providerPart(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && isProviderVariable(entry[0])));
}

/** The environment of an agent with nothing but its name, as the usual team has it. */
function usual(name: string, env: Record<string, string>): Record<string, string> {
  const project = { agents: new Map(), providers: NONE, identity: null };
  const launch = resolveLaunch(parseAgentId(name), null, project, NO_USER_CONFIG);
  return providerPart(environmentOf(launch.provider, env, { model: launch.model }));
}

describe('the usual team', () => {
  const everything = { Z_AI_API_KEY: 'z', DEEPSEEK_API_KEY: 'd', OPENAI_API_KEY: 'o', ANTHROPIC_BASE_URL: 'http://elsewhere', ANTHROPIC_AUTH_TOKEN: 'old', CLAUDE_CODE_USE_BEDROCK: '1' };

  it('has exactly the variables of its design', () => {
    expect(usual('glm', everything)).toEqual({
      ANTHROPIC_BASE_URL: 'https://api.z.ai/api/anthropic', ANTHROPIC_AUTH_TOKEN: 'z', ANTHROPIC_API_KEY: '', ANTHROPIC_DEFAULT_SONNET_MODEL: 'glm-4.7',
    });
    expect(usual('deepseek', everything)).toEqual({
      ANTHROPIC_BASE_URL: 'https://api.deepseek.com/anthropic', ANTHROPIC_AUTH_TOKEN: 'd', ANTHROPIC_API_KEY: '', ANTHROPIC_DEFAULT_OPUS_MODEL: 'deepseek-reasoner',
    });
    expect(usual('claude', everything)).toEqual({ ANTHROPIC_MODEL: 'opus' });
    expect(usual('claude', { ANTHROPIC_API_KEY: 'a' })).toEqual({ ANTHROPIC_MODEL: 'opus', ANTHROPIC_API_KEY: 'a' });
  });

  it('runs the commands of its design', () => {
    const commandOf = (name: string) => resolveLaunch(parseAgentId(name), null, { agents: new Map(), providers: NONE, identity: null }, NO_USER_CONFIG).command;
    expect(commandOf('claude')).toEqual({ kind: 'program', program: 'claude', args: [] });
    for (const name of ['glm', 'deepseek']) expect(commandOf(name)).toEqual({ kind: 'program', program: 'claude', args: ['--dangerously-skip-permissions'] });
  });
});

const name = fc.oneof(
  fc.constantFrom('ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'CLAUDE_CODE_USE_VERTEX', 'OPENAI_BASE_URL', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'MOONSHOT_API_KEY', 'Z_AI_API_KEY', 'DEEPSEEK_API_KEY', 'ACME_KEY', 'PATH', 'HOME'),
  fc.tuple(fc.constantFrom('ANTHROPIC_', 'OPENAI_', 'CLAUDE_CODE_USE_', 'GEMINI_', 'HOME_'), fc.stringMatching(/^[A-Z]{1,6}$/)).map((parts) => parts.join('')),
);
const environment = fc.dictionary(name, fc.stringMatching(/^secret-[a-z]{0,8}$/));
const entry: fc.Arbitrary<ProviderConfig> = fc.record({
  kind: fc.constantFrom('anthropic', 'openai', null), address: fc.constantFrom(null, 'https://acme.example/v1'), token: fc.constantFrom(null, 'ACME_KEY', 'OPENAI_API_KEY', 'Z_AI_API_KEY'),
  models: fc.constantFrom(NO_MODELS, { opus: 'big', sonnet: 'middle', haiku: 'small' }),
});
const provider = fc.oneof(
  fc.constantFrom(...BUILT_IN_PROVIDERS.values()),
  fc.tuple(fc.constantFrom('acme', 'zai', 'anthropic', 'local', 'custom'), entry).map(([called, said]) => findProvider(called, { project: new Map([[called, said]]), user: NONE }) as Provider),
);

describe('an environment', () => {
  it('has no variable of a foreign provider, and no secret but the one of its own', () => {
    fc.assert(fc.property(provider, environment, fc.option(fc.constant('model-x'), { nil: null }), (own, env, model) => {
      const facts = factsOf(own, env, { model, keys: [...allProviders({ project: NONE, user: NONE }).flatMap(tokenVariables), 'ACME_KEY'] });
      const changes = planEnvironment(facts);
      const after = launchEnvironment(env, changes);
      const set = new Map(changes.flatMap((change) => (change.kind === 'unset' ? [] : [[change.name, change]])));
      for (const [variable, value] of Object.entries(after)) {
        if (value === undefined || !(isProviderVariable(variable) || variable === 'ACME_KEY')) continue;
        expect(set.has(variable)).toBe(true);
        if (value.startsWith('secret-')) expect(tokenVariables(own).map((from) => env[from])).toContain(value);
      }
      expect(new Set(changes.map((change) => change.name)).size).toBe(changes.length);
      expect(JSON.stringify(changes)).not.toContain('secret-');
      if (after['ANTHROPIC_AUTH_TOKEN'] !== undefined) expect(after['ANTHROPIC_API_KEY']).toBe('');
      for (const untouched of ['PATH', 'HOME']) expect(after[untouched]).toBe(env[untouched]);
    }));
  });

  it('has no address of a provider without a token of its own for it', () => {
    fc.assert(fc.property(provider, environment, (own, env) => {
      if (providerProblem(own) !== null || missingKey(own, presentNames(env), false) !== null) return;
      const after = environmentOf(own, env);
      if (after['ANTHROPIC_BASE_URL'] !== undefined) expect(after['ANTHROPIC_AUTH_TOKEN'] ?? '').not.toBe('');
      if (after['OPENAI_BASE_URL'] !== undefined) expect(after['OPENAI_API_KEY'] ?? '').not.toBe('');
    }));
  });

  it('is the same once more where the agent starts something itself', () => {
    const zai = BUILT_IN_PROVIDERS.get('zai') as Provider;
    const once = environmentOf(zai, { Z_AI_API_KEY: 'z', PATH: '/bin' }) as Record<string, string>;
    const defined = Object.fromEntries(Object.entries(once).filter(([, value]) => value !== undefined));
    expect(once['Z_AI_API_KEY']).toBeUndefined();
    expect(missingKey(zai, presentNames(defined), true)).toBeNull();
    expect(providerPart(environmentOf(zai, defined, { within: true }))).toEqual(providerPart(once));
    expect(missingKey(zai, presentNames(defined), false)).toBe('Z_AI_API_KEY');
  });

  it('names who commits by template, and the person as the author unless it is the agent', () => {
    const identity: IdentityConfig = { name: '{agent} ({model})', email: '{agent}@team.example', author: 'person' };
    const person = environmentOf(null, {}, { identity, model: 'm' });
    expect([person['GIT_COMMITTER_NAME'], person['GIT_COMMITTER_EMAIL'], person['GIT_AUTHOR_NAME']]).toEqual(['glm (m)', 'glm@team.example', undefined]);
    const agent = environmentOf(null, {}, { identity: { ...identity, author: 'agent' } });
    expect([agent['GIT_COMMITTER_NAME'], agent['GIT_AUTHOR_NAME'], agent['GIT_AUTHOR_EMAIL']]).toEqual(['glm', 'glm', 'glm@team.example']);
  });
});

describe('a configured provider', () => {
  const withEntry = (called: string, said: Partial<ProviderConfig>, user = NONE): Provider =>
    findProvider(called, { project: new Map([[called, { kind: null, address: null, token: null, models: NO_MODELS, ...said }]]), user }) as Provider;

  it('with an address and no token is refused, a built-in one that was moved elsewhere too', () => {
    expect(providerProblem(withEntry('acme', { address: 'https://acme.example' }))?.code).toBe('provider-token');
    expect(providerProblem(withEntry('anthropic', { address: 'https://acme.example' }))?.code).toBe('provider-token');
    expect(providerProblem(withEntry('zai', { address: 'https://acme.example' }))?.code).toBe('provider-token');
    expect(providerProblem(withEntry('acme', { token: 'ACME_KEY' }))?.code).toBe('provider-address');
    expect(providerProblem(withEntry('zai', { address: 'https://acme.example', token: 'Z_AI_API_KEY' }))).toBeNull();
    expect(providerProblem(withEntry('local', { address: 'http://box:8000/v1' }))).toBeNull();
    expect(providerProblem(withEntry('anthropic', { models: NO_MODELS }))).toBeNull();
  });

  it('of the user takes the place of the project\'s, as a whole', () => {
    const mine = new Map([['acme', { kind: null, address: 'https://mine.example', token: null, models: NO_MODELS }]]);
    expect(withEntry('acme', { address: 'https://theirs.example', token: 'ACME_KEY' }, mine)).toMatchObject({ address: 'https://mine.example', token: { kind: 'unsaid' }, origin: 'user' });
  });

  it('sends a model of the agent for every size that the provider does not tell apart', () => {
    const env = { ACME_KEY: 'k', MOONSHOT_API_KEY: 'm' };
    expect(providerPart(environmentOf(withEntry('acme', { address: 'https://acme.example', token: 'ACME_KEY', models: { opus: 'big', sonnet: null, haiku: null } }), env))).toMatchObject({ ANTHROPIC_DEFAULT_OPUS_MODEL: 'big' });
    expect(providerPart(environmentOf(BUILT_IN_PROVIDERS.get('moonshot') as Provider, env, { model: 'k' }))).toEqual({
      ANTHROPIC_BASE_URL: 'https://api.moonshot.ai/anthropic', ANTHROPIC_AUTH_TOKEN: 'm', ANTHROPIC_API_KEY: '',
      ANTHROPIC_DEFAULT_OPUS_MODEL: 'k', ANTHROPIC_DEFAULT_SONNET_MODEL: 'k', ANTHROPIC_DEFAULT_HAIKU_MODEL: 'k',
    });
    expect(providerPart(environmentOf(withEntry('acme', { kind: 'openai', address: 'https://acme.example', token: 'ACME_KEY' }), env, { model: 'k' }))).toEqual({
      OPENAI_BASE_URL: 'https://acme.example', OPENAI_API_BASE: 'https://acme.example', OPENAI_API_KEY: 'k', OPENAI_MODEL: 'k',
    });
  });
});
