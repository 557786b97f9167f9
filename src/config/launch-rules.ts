import type { AgentConfig, IdentityConfig, ProviderConfig } from '../core/config.ts';
import { parseDuration } from '../core/duration.ts';
import { isProviderVariable } from '../core/provider-variables.ts';
import { truncate } from '../core/text.ts';
import { command, listOf, mapOf, oneOf, optional, record, required, scalar, text, type Rule } from './rules.ts';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const NO_MODELS: ProviderConfig['models'] = { opus: null, sonnet: null, haiku: null };

const providerName = text('the name of a provider', (value) => providerNameProblem(value));
const model = text('the name of a model', shapeProblem(/^\S{1,128}$/, 'a name without spaces'));

const LONGEST_IDLE_MS = 7 * 24 * 3_600_000;

/** How long a window may be idle. */
export const idleRule: Rule<number> = scalar('a time such as 30m or 2h, from 1s to 7d', (value) => {
  const milliseconds = parseDuration(value);
  return milliseconds === null || milliseconds < 1000 || milliseconds > LONGEST_IDLE_MS ? null : milliseconds;
});

/** What is known of an agent: the same in a project's file and in the user's own. */
export const agentRule: Rule<AgentConfig> = record('a map with provider, model, role, command, args, env and idle', {
  provider: optional(providerName, null),
  model: optional(model, null),
  role: optional(text('a role such as developer', shapeProblem(/^.{1,64}$/, 'at most 64 characters')), null),
  command: optional(command('a command'), null),
  args: optional(listOf('a list of arguments', text('an argument'), null), null),
  env: optional(mapOf<string, string>('a map of variables', ownVariableProblem, text('a value')), new Map()),
  idle: optional(idleRule, null),
});

/** A provider: where it is, what it speaks, and which variable has its token. */
export const providerRule: Rule<ProviderConfig> = record('a map with kind, address, token and models', {
  kind: optional(oneOf('anthropic', 'openai'), null),
  address: optional(text('an address such as https://api.example.org/anthropic', addressProblem), null),
  token: optional(text('the name of a variable', keyVariableProblem), null),
  models: optional(record('a map with opus, sonnet and haiku', { opus: optional(model, null), sonnet: optional(model, null), haiku: optional(model, null) }), NO_MODELS),
});

/** All of them, by name. */
export const providersRule: Rule<ReadonlyMap<string, ProviderConfig>> = mapOf('a map of providers', providerNameProblem, providerRule);

/** Who commits for agents. */
export const identityRule: Rule<IdentityConfig> = record('a map with name, email and author', {
  name: required(text('a name such as "{agent} ({model})"', nameProblem)),
  email: required(text('an address such as "{agent}@example.org"', emailProblem)),
  author: optional(oneOf('person', 'agent'), 'person'),
});

function shapeProblem(shape: RegExp, expected: string): (value: string) => string | null {
  return (value) => (shape.test(value) ? null : `expected ${expected}, found "${truncate(value, 60)}"`);
}

function providerNameProblem(value: string): string | null {
  return shapeProblem(/^[a-z][a-z0-9-]{0,63}$/, 'a name of lower-case letters, digits and "-"')(value);
}

/** A name and a password in an address would be shown wherever it is. */
function addressProblem(value: string): string | null {
  if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(value)) return `expected an address that begins with https:// or http://, without "?" and "#", found "${truncate(value, 60)}"`;
  return /^https?:\/\/[^/]*@/.test(value) ? 'an address with a name or a password in it: put the token into a variable, and name that as token' : null;
}

/** A key itself in the place of its variable's name must not be printed back. */
export function keyVariableProblem(value: string): string | null {
  return VARIABLE.test(value) && /^[A-Z_]/.test(value) ? null : 'expected the name of an environment variable, such as ACME_API_KEY; the key itself does not belong into a file';
}

function ownVariableProblem(name: string): string | null {
  if (!VARIABLE.test(name)) return 'expected the name of an environment variable';
  if (/^(AITEAM|AI_AGENT)(_|$)/.test(name)) return 'aiteam itself sets it';
  return isProviderVariable(name) ? 'it belongs to a provider: name that as provider, or describe it below "providers"' : null;
}

const IDENTITY_PLACES = ['agent', 'model', 'provider', 'role'];

function nameProblem(value: string): string | null {
  if (/[<>]/.test(value)) return 'git allows no "<" and ">" in a name';
  const strange = [...value.matchAll(/\{([^{}]*)\}/g)].map(([, place = '']) => place).find((place) => !IDENTITY_PLACES.includes(place));
  return strange === undefined ? null : `{${truncate(strange, 20)}} is not known here; expected ${IDENTITY_PLACES.map((place) => `{${place}}`).join(' or ')}`;
}

function emailProblem(value: string): string | null {
  return /^[^\s@<>]+@[^\s@<>]+$/.test(value) ? nameProblem(value) : `expected an e-mail address, found "${truncate(value, 60)}"`;
}
