import { fillTemplate, type IdentityConfig } from './config.ts';
import type { AgentId } from './ids.ts';
import { isProviderVariable, USUAL_PROVIDER_VARIABLES } from './provider-variables.ts';
import { tokenVariables, type Models, type Provider, type Tier } from './providers.ts';

/** What becomes of one variable of the caller's environment. No secret stands in it: a key is copied from its variable. */
export type Change =
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'copy'; readonly name: string; readonly from: string }
  | { readonly kind: 'unset'; readonly name: string };

export interface EnvironmentFacts {
  readonly agent: AgentId;
  readonly role: string | null;
  readonly model: string | null;
  /** Null where nobody said: then the agent gets no provider's variables. */
  readonly provider: Provider | null;
  readonly branch: string;
  readonly worktree: string;
  readonly identity: IdentityConfig | null;
  /** Variables of the agent's own. */
  readonly extra: ReadonlyMap<string, string>;
  /** Names of variables that are set, to more than nothing, where the agent is started from. */
  readonly present: ReadonlySet<string>;
  /** Names of the variables that any known provider's token comes from. */
  readonly keys: readonly string[];
  /** Whether the agent is started from its own environment, where the token has its place already. */
  readonly within: boolean;
}

/**
 * The changes that make the caller's environment the agent's: first what is set and copied, then what is unset, each by
 * name. A name is changed once. Whatever else speaks of a provider is unset, the variable that a key came from included.
 */
export function planEnvironment(facts: EnvironmentFacts): Change[] {
  const made = new Map<string, Change>();
  const add = (change: Change): void => void made.set(change.name, change);
  for (const [name, value] of facts.extra) add({ kind: 'set', name, value });
  for (const change of [...providerChanges(facts), ...identityChanges(facts)]) add(change);
  const foreign = [...USUAL_PROVIDER_VARIABLES, ...facts.keys, ...[...facts.present].filter(isProviderVariable)];
  for (const name of foreign) if (!made.has(name)) add({ kind: 'unset', name });
  return [...made.values()].sort((a, b) => Number(a.kind === 'unset') - Number(b.kind === 'unset') || (a.name < b.name ? -1 : 1));
}

/** The variable that the provider's token is taken from and that is not set; null where nothing is missing. */
export function missingKey(provider: Provider | null, present: ReadonlySet<string>, within: boolean): string | null {
  if (provider?.token.kind !== 'variable' || present.has(provider.token.from)) return null;
  return within && present.has(PLACES[provider.api].token) ? null : provider.token.from;
}

/**
 * The variables whose values the agent's environment is made of where it is started from a bare one, and by which name each
 * is found in the caller's.
 */
export function handedVariables(provider: Provider | null, changes: readonly Change[]): ReadonlyMap<string, string> {
  const copies = changes.flatMap((change) => (change.kind === 'copy' ? [change.from] : []));
  return new Map(copies.map((from) => [provider?.token.kind === 'variable' ? provider.token.from : from, from]));
}

/** Where the clients of each interface look for address, token and model. */
const PLACES = {
  anthropic: { address: 'ANTHROPIC_BASE_URL', token: 'ANTHROPIC_AUTH_TOKEN', model: 'ANTHROPIC_MODEL' },
  openai: { address: 'OPENAI_BASE_URL', token: 'OPENAI_API_KEY', model: 'OPENAI_MODEL' },
  google: { address: 'GOOGLE_GEMINI_BASE_URL', token: 'GEMINI_API_KEY', model: 'GEMINI_MODEL' },
} as const;

/** The variable in which clients of this provider look for its address. */
export function addressVariable(provider: Provider): string {
  return PLACES[provider.api].address;
}

const TIER_VARIABLES: Readonly<Record<Tier, string>> = {
  opus: 'ANTHROPIC_DEFAULT_OPUS_MODEL', sonnet: 'ANTHROPIC_DEFAULT_SONNET_MODEL', haiku: 'ANTHROPIC_DEFAULT_HAIKU_MODEL',
};

/** What a provider sets and copies, for any agent of it with this model. */
export function providerChanges({ provider, model, present, within }: Pick<EnvironmentFacts, 'provider' | 'model' | 'present' | 'within'>): Change[] {
  if (provider === null) return [];
  const places = PLACES[provider.api];
  const address: Change[] = provider.address === null ? [] : [
    { kind: 'set', name: places.address, value: provider.address },
    // Its older name, which aider and others still read.
    ...(provider.api === 'openai' ? [{ kind: 'set' as const, name: 'OPENAI_API_BASE', value: provider.address }] : []),
  ];
  return [...address, ...tokenChanges(provider, present, within), ...modelChanges(provider, model)];
}

function tokenChanges(provider: Provider, present: ReadonlySet<string>, within: boolean): Change[] {
  const { token, api } = provider;
  const place = PLACES[api].token;
  // A key that stands beside the token would be sent in its stead.
  const blank: Change[] = api === 'anthropic' ? [{ kind: 'set', name: 'ANTHROPIC_API_KEY', value: '' }] : [];
  switch (token.kind) {
    case 'variable': return [...blank, { kind: 'copy', name: place, from: within && !present.has(token.from) ? place : token.from }];
    case 'word': return [...blank, { kind: 'set', name: place, value: token.word }];
    case 'login': return tokenVariables(provider).filter((name) => present.has(name)).map((name) => ({ kind: 'copy', name, from: name }));
    case 'unsaid': return [];
  }
}

function modelChanges(provider: Provider, model: string | null): Change[] {
  const whole: Change[] = model === null ? [] : [{ kind: 'set', name: PLACES[provider.api].model, value: model }];
  if (provider.api !== 'anthropic') return whole;
  const models: Models = { ...provider.models, ...(model === null ? {} : Object.fromEntries(provider.modelFor.map((tier) => [tier, model]))) };
  const sizes = (Object.keys(TIER_VARIABLES) as Tier[]).flatMap((tier) => {
    const name = models[tier];
    return name === null ? [] : [{ kind: 'set' as const, name: TIER_VARIABLES[tier], value: name }];
  });
  return [...(provider.modelFor.length === 0 ? whole : []), ...sizes];
}

function identityChanges({ agent, role, model, provider, branch, worktree, identity }: EnvironmentFacts): Change[] {
  const values: Readonly<Record<string, string | null>> = {
    AI_AGENT_ID: agent, AI_AGENT_ROLE: role,
    AITEAM_AGENT: agent, AITEAM_BRANCH: branch, AITEAM_MODEL: model, AITEAM_PROVIDER: provider?.name ?? null, AITEAM_WORKTREE: worktree,
    ...committer(identity, { agent, model: model ?? '', provider: provider?.name ?? '', role: role ?? '' }),
  };
  return Object.entries(values).map(([name, value]) => (value === null ? { kind: 'unset', name } : { kind: 'set', name, value }));
}

/** Git's variables for who commits, and where the agent is the author too, for who wrote it. */
export function committer(identity: IdentityConfig | null, places: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (identity === null) return {};
  const name = fillTemplate(identity.name, places).replace(/\s*\(\s*\)/g, '').trim();
  const email = fillTemplate(identity.email, places);
  const both = { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
  return identity.author === 'agent' ? { ...both, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email } : both;
}
