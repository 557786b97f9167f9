import type { ProviderConfig } from './config.ts';

/** Whose interface a provider speaks; what a client understands, and which variables it reads, follows from it. */
export type Api = 'anthropic' | 'openai' | 'google';

/** Where the token of a provider comes from. */
export type Token =
  /** From this variable of the caller's environment, which must be set. */
  | { readonly kind: 'variable'; readonly from: string }
  /** From the client's own login, or from the first of these variables that is set. */
  | { readonly kind: 'login'; readonly variables: readonly string[] }
  /** This word, which is no secret: the server asks for none, and the client's own login must not go there. */
  | { readonly kind: 'word'; readonly word: string }
  /** Nobody said: nothing is started with it. */
  | { readonly kind: 'unsaid' };

export interface Models {
  readonly opus: string | null;
  readonly sonnet: string | null;
  readonly haiku: string | null;
}

export type Tier = keyof Models;

/** A provider as agents are started with it. */
export interface Provider {
  readonly name: string;
  readonly title: string;
  readonly api: Api;
  /** Null for the one that the client knows by itself. */
  readonly address: string | null;
  readonly token: Token;
  /** The models that the client asks for by Anthropic's three sizes; null where the provider understands those names. */
  readonly models: Models;
  /** The sizes that an agent's model stands for. */
  readonly modelFor: readonly Tier[];
  /** What an agent of this provider runs, where nothing else is configured. */
  readonly command: { readonly program: string; readonly args: readonly string[] };
  readonly origin: Origin;
}

/** Where a setting comes from: only a project's needs the approval of `aiteam trust`. */
export type Origin = 'built-in' | 'project' | 'user';

const NO_MODELS: Models = { opus: null, sonnet: null, haiku: null };
const ALL_TIERS: readonly Tier[] = ['opus', 'sonnet', 'haiku'];
const claude = { program: 'claude', args: [] };
const claudeUnasked = { program: 'claude', args: ['--dangerously-skip-permissions'] };

function anthropicLike(name: string, title: string, address: string, from: string, more: Partial<Provider> = {}): Provider {
  return { name, title, api: 'anthropic', address, token: { kind: 'variable', from }, models: NO_MODELS, modelFor: ALL_TIERS, command: claude, origin: 'built-in', ...more };
}

/** The word that a local server gets for a token: clients refuse to start without one. */
const LOCAL_TOKEN = 'local';

/** What is known without any configuration, by name. */
export const BUILT_IN_PROVIDERS: ReadonlyMap<string, Provider> = new Map([
  {
    name: 'anthropic', title: 'Anthropic', api: 'anthropic', address: null, token: { kind: 'login', variables: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'] },
    models: NO_MODELS, modelFor: [], command: claude, origin: 'built-in',
  } satisfies Provider,
  anthropicLike('zai', 'Z.ai GLM', 'https://api.z.ai/api/anthropic', 'Z_AI_API_KEY', { models: { ...NO_MODELS, sonnet: 'glm-4.7' }, modelFor: ['sonnet'], command: claudeUnasked }),
  anthropicLike('deepseek', 'DeepSeek', 'https://api.deepseek.com/anthropic', 'DEEPSEEK_API_KEY', { models: { ...NO_MODELS, opus: 'deepseek-reasoner' }, modelFor: ['opus'], command: claudeUnasked }),
  anthropicLike('openrouter', 'OpenRouter', 'https://openrouter.ai/api', 'OPENROUTER_API_KEY'),
  anthropicLike('moonshot', 'Moonshot Kimi', 'https://api.moonshot.ai/anthropic', 'MOONSHOT_API_KEY', { models: { opus: 'kimi-k2.5', sonnet: 'kimi-k2.5', haiku: 'kimi-k2.5' } }),
  {
    name: 'openai', title: 'OpenAI', api: 'openai', address: null, token: { kind: 'login', variables: ['OPENAI_API_KEY', 'CODEX_API_KEY'] },
    models: NO_MODELS, modelFor: [], command: { program: 'codex', args: [] }, origin: 'built-in',
  },
  {
    name: 'google', title: 'Google Gemini', api: 'google', address: null, token: { kind: 'login', variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] },
    models: NO_MODELS, modelFor: [], command: { program: 'gemini', args: [] }, origin: 'built-in',
  },
  {
    name: 'local', title: 'a server on this machine', api: 'openai', address: 'http://localhost:11434/v1', token: { kind: 'word', word: LOCAL_TOKEN },
    models: NO_MODELS, modelFor: ALL_TIERS, command: { program: 'codex', args: [] }, origin: 'built-in',
  },
  {
    name: 'custom', title: 'an address of your own', api: 'anthropic', address: null, token: { kind: 'unsaid' },
    models: NO_MODELS, modelFor: ALL_TIERS, command: claude, origin: 'built-in',
  },
].map((provider) => [provider.name, provider as Provider]));

/** Providers as one file has them, by name. */
export type ConfiguredProviders = ReadonlyMap<string, ProviderConfig>;

/** The provider of this name, or null: the user's own entry, else the project's, laid over what is built in; never both. */
export function findProvider(name: string, files: { readonly project: ConfiguredProviders; readonly user: ConfiguredProviders }): Provider | null {
  const [user, project] = [files.user.get(name), files.project.get(name)];
  if (user !== undefined) return configured(name, user, 'user');
  if (project !== undefined) return configured(name, project, 'project');
  return BUILT_IN_PROVIDERS.get(name) ?? null;
}

/** Every provider that is known, by name. */
export function allProviders(files: { readonly project: ConfiguredProviders; readonly user: ConfiguredProviders }): Provider[] {
  const names = new Set([...BUILT_IN_PROVIDERS.keys(), ...files.project.keys(), ...files.user.keys()]);
  return [...names].flatMap((name) => findProvider(name, files) ?? []);
}

/**
 * A provider as a file describes it. One that is built in keeps its token's variable only where its address stays: a key
 * goes elsewhere only where the same entry says so.
 */
function configured(name: string, entry: ProviderConfig, origin: Origin): Provider {
  const base = BUILT_IN_PROVIDERS.get(name) ?? BUILT_IN_PROVIDERS.get('custom') as Provider;
  const api = entry.kind ?? base.api;
  const moved = entry.address !== null && entry.address !== base.address;
  return {
    ...base, name, origin, api,
    title: BUILT_IN_PROVIDERS.has(name) ? base.title : name,
    address: entry.address ?? base.address,
    token: entry.token !== null ? { kind: 'variable', from: entry.token } : moved && base.token.kind !== 'word' ? { kind: 'unsaid' } : base.token,
    models: { opus: entry.models.opus ?? base.models.opus, sonnet: entry.models.sonnet ?? base.models.sonnet, haiku: entry.models.haiku ?? base.models.haiku },
    modelFor: base.modelFor.length === 0 && entry.address !== null ? ALL_TIERS : base.modelFor,
    command: api === base.api ? base.command : { program: api === 'openai' ? 'codex' : 'claude', args: [] },
  };
}

/** The variable that a provider's token is taken from, whether it must be set or not; empty where none is. */
export function tokenVariables({ token }: Provider): readonly string[] {
  switch (token.kind) {
    case 'variable': return [token.from];
    case 'login': return token.variables;
    default: return [];
  }
}

/** What keeps anything from being started with this provider, or null: an address without a token would get the client's own login. */
export function providerProblem(provider: Provider): { readonly code: 'provider-address' | 'provider-token'; readonly message: string } | null {
  if (provider.token.kind === 'login' && provider.address === null) return null;
  if (provider.address === null) return { code: 'provider-address', message: `provider ${provider.name} has no address` };
  if (provider.token.kind === 'variable' || provider.token.kind === 'word') return null;
  return { code: 'provider-token', message: `provider ${provider.name} has an address and names no variable for its token: the client would send its own login there` };
}
