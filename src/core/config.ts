import { NO_BUDGETS, type Budgets } from './budgets.ts';
import type { AgentId } from './ids.ts';
import { oneForAll, type OverlapPolicy } from './overlap-policy.ts';
import type { Price } from './prices.ts';

/** `.aiteam.yaml` after checking, defaults filled in. */
export interface Config {
  /** The branch that agents' work lands on; null where the file leaves it to `init`'s rule. */
  readonly target: string | null;
  readonly worktrees: {
    /** Branch template; `{agent}` stands for the agent's id. */
    readonly branch: string;
    /** Folder template, relative to the main worktree; `{repo}` is its folder's name. */
    readonly path: string;
  };
  /** Ignored files that a new worktree gets a copy of: patterns as in .gitignore. */
  readonly copy: readonly string[];
  /** Ignored files or folders that a new worktree gets a link to. */
  readonly link: readonly string[];
  readonly setup: readonly SetupStep[];
  readonly gates: readonly Gate[];
  /** How many commands may be in a slot at once, by its name, over the whole machine. */
  readonly slots: ReadonlyMap<string, number>;
  /** What `run --cached` keeps, in bytes. */
  readonly cache: {
    /** Of all results together. */
    readonly size: number;
    /** Of the output of one. */
    readonly largest: number;
  };
  /** Git's merge drivers that may run in a landing, each with the command that git's own configuration has for it. */
  readonly mergeDrivers: ReadonlyMap<string, string>;
  readonly agents: ReadonlyMap<AgentId, AgentConfig>;
  /** Providers beside, or in place of, those that are built in, by name. */
  readonly providers: ReadonlyMap<string, ProviderConfig>;
  /** Who commits what agents commit; null where that is whoever git's own configuration names. */
  readonly identity: IdentityConfig | null;
  /** What models cost, by name; they go before the list prices. */
  readonly prices: ReadonlyMap<string, Price>;
  /** What may be spent. */
  readonly budgets: Budgets;
  /** How long a window may be idle before its client is ended, milliseconds; null for as long as it likes. */
  readonly idle: number | null;
  readonly trash: {
    /** Names of ignored folders that can be made again, and so are deleted rather than kept. */
    readonly skip: readonly string[];
  };
  /** What an agent may do from its own worktree. */
  readonly agentsMay: readonly GuardedVerb[];
  /** What a commit meets that would conflict with another agent's unlanded work. */
  readonly overlaps: OverlapPolicy;
  /** Files that are made or appended to rather than written: patterns as in .gitignore. */
  readonly mechanical: readonly string[];
  /** The trailer that names the agent; `{agent}` and `{model}` are filled in. */
  readonly trailer: string;
}

export interface SetupStep {
  readonly name: string;
  readonly run: string;
}

/** A command that must pass on the merged tree. */
export interface Gate {
  /** The variables of providers that it may see. */
  readonly keys: readonly string[];
  readonly name: string;
  readonly run: string;
  readonly timeoutMs: number;
  /** Remove ignored files too before it runs. */
  readonly clean: boolean;
  /** Remember its verdict by tree and command. */
  readonly cache: boolean;
  /** The slot that it waits for; null for none. */
  readonly slot: string | null;
}

export interface AgentConfig {
  readonly provider: string | null;
  readonly model: string | null;
  readonly role: string | null;
  /** A program, a program with arguments, or a line for a shell. */
  readonly command: string | null;
  /** What follows the command; null for what usually does. */
  readonly args: readonly string[] | null;
  /** Variables of its own. */
  readonly env: ReadonlyMap<string, string>;
  /** As `idle` of the whole. */
  readonly idle: number | null;
}

/** A provider as a file describes it; null for what is built in. */
export interface ProviderConfig {
  /** Whose interface it speaks. */
  readonly kind: 'anthropic' | 'openai' | null;
  readonly address: string | null;
  /** The variable that its token is taken from. */
  readonly token: string | null;
  readonly models: { readonly opus: string | null; readonly sonnet: string | null; readonly haiku: string | null };
}

/** Who commits for an agent; `{agent}`, `{model}`, `{provider}` and `{role}` are filled in. */
export interface IdentityConfig {
  readonly name: string;
  readonly email: string;
  /** Who is named as the author: the person, by git's own configuration, or the agent as well. */
  readonly author: 'person' | 'agent';
}

/** The user's own file, which overrides what projects say. */
export type UserConfig = Pick<Config, 'agents' | 'providers' | 'identity' | 'slots' | 'prices' | 'budgets' | 'idle'>;

export const NO_USER_CONFIG: UserConfig = { agents: new Map(), providers: new Map(), identity: null, slots: new Map(), prices: new Map(), budgets: NO_BUDGETS, idle: null };

export type GuardedVerb = 'integrate' | 'undo' | 'remove' | 'sync' | 'uninstall';

export const DEFAULT_GATE_TIMEOUT_MS = 30 * 60_000;

export const DEFAULT_CONFIG: Config = {
  target: null,
  worktrees: { branch: 'feature/{agent}', path: '../{repo}.worktrees/{agent}' },
  copy: [],
  link: [],
  setup: [],
  gates: [],
  slots: new Map(),
  cache: { size: 500e6, largest: 10e6 },
  mergeDrivers: new Map(),
  agents: new Map(),
  providers: new Map(),
  identity: null,
  prices: new Map(),
  budgets: NO_BUDGETS,
  idle: null,
  trash: { skip: ['node_modules', 'target', '.venv', 'venv', '__pycache__', '.pytest_cache', '.mypy_cache', '.gradle', '.next', '.turbo', 'dist', 'build', 'coverage'] },
  agentsMay: [],
  overlaps: oneForAll('warn'),
  mechanical: [
    'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock', 'Cargo.lock', 'Gemfile.lock', 'composer.lock',
    'poetry.lock', 'uv.lock', 'Pipfile.lock', 'go.sum', 'flake.lock', 'CHANGELOG*', 'CHANGES*', 'NEWS*', '*.snap', '*.min.js', '*.min.css', '*.pb.go',
  ],
  trailer: 'Assisted-by: {agent}:{model}',
};

/** The template with its `{name}` places filled in; an unknown place stays as it is. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? whole) : whole));
}
