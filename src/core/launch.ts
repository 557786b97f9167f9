import { clientOf, parseCommand, type Client, type CommandLine } from './clients.ts';
import type { AgentConfig, Config, IdentityConfig, UserConfig } from './config.ts';
import type { AgentId } from './ids.ts';
import { findProvider, type Provider } from './providers.ts';
import { presetOf, usualAgent } from './usual-team.ts';

/** How an agent is started: what the user's file, the project's, its name and its role make of it. */
export interface Launch {
  readonly agent: AgentId;
  readonly role: string | null;
  readonly model: string | null;
  /** The name that stands in a configuration, though nothing may be known of it; null where nobody names one. */
  readonly providerName: string | null;
  readonly provider: Provider | null;
  /** Null where nothing says what it runs. */
  readonly command: CommandLine | null;
  readonly client: Client | undefined;
  readonly extra: ReadonlyMap<string, string>;
  readonly identity: IdentityConfig | null;
  /** Whether anything of it stands in the project's file and takes effect only after `aiteam trust`. */
  readonly needsApproval: { readonly environment: boolean; readonly command: boolean };
}

type ProjectPart = Pick<Config, 'agents' | 'providers' | 'identity'>;

const NOTHING: AgentConfig = { provider: null, model: null, role: null, command: null, args: null, env: new Map(), idle: null };

/**
 * How the agent is started. The user's own file comes before the project's, that before what an agent of its name and of
 * its role usually is. `role` is the one that it was given with its worktree, or null.
 */
export function resolveLaunch(agent: AgentId, role: string | null, project: ProjectPart, user: UserConfig): Launch {
  const [mine, theirs] = [user.agents.get(agent) ?? NOTHING, project.agents.get(agent) ?? NOTHING];
  const { role: played, model, providerName, provider } = resolveProfile(agent, role, project, user);
  const command = commandOf(mine, theirs, provider, model);
  return {
    agent, role: played, model, providerName, provider, ...command,
    extra: new Map([...theirs.env, ...mine.env]),
    identity: user.identity ?? project.identity,
    needsApproval: { environment: provider?.origin === 'project' || [...theirs.env.keys()].some((name) => !mine.env.has(name)), command: command.fromProject },
  };
}

/** Role, provider and model of an agent, by the same rules. */
export function resolveProfile(agent: AgentId, role: string | null, project: ProjectPart, user: UserConfig): Pick<Launch, 'role' | 'model' | 'providerName' | 'provider'> {
  const [mine, theirs] = [user.agents.get(agent) ?? NOTHING, project.agents.get(agent) ?? NOTHING];
  const usual = usualAgent(agent);
  const played = role ?? mine.role ?? theirs.role ?? usual.role;
  const preset = played === null ? undefined : presetOf(played);
  const command = mine.command ?? theirs.command;
  const client = command === null ? undefined : clientOf(parseCommand(command));
  // A client that talks to one provider only is not given the one of a role.
  const bound = client !== undefined && client.name !== 'claude' ? client.provider : null;
  const providerName = mine.provider ?? theirs.provider ?? usual.provider ?? bound ?? preset?.provider ?? client?.provider ?? null;
  const model = mine.model ?? theirs.model ?? (usual.provider === providerName ? usual.model : null) ?? (preset?.provider === providerName ? preset?.model : null) ?? null;
  return { role: played, model, providerName, provider: providerName === null ? null : findProvider(providerName, { project: project.providers, user: user.providers }) };
}

function commandOf(mine: AgentConfig, theirs: AgentConfig, provider: Provider | null, model: string | null): { command: CommandLine | null; client: Client | undefined; fromProject: boolean } {
  // Arguments belong to a command: those of a file do not follow another file's that comes before it.
  const args = mine.args ?? (mine.command === null ? theirs.args : null);
  const fromProject = (mine.command === null && theirs.command !== null) || (args !== null && args === theirs.args);
  const named = mine.command ?? theirs.command;
  const usual = provider?.command ?? null;
  if (named === null && usual === null) return { command: null, client: undefined, fromProject };
  const bare: CommandLine = named === null && usual !== null ? { kind: 'program', ...usual, args: args ?? usual.args } : parseCommand(named ?? '', args ?? []);
  const client = clientOf(bare);
  return { command: withModel(bare, client, model), client, fromProject };
}

/** A client that takes its model as an option gets it, unless its command says something of it already. */
function withModel(command: CommandLine, client: Client | undefined, model: string | null): CommandLine {
  const option = client?.modelOption ?? null;
  if (option === null || model === null || command.kind !== 'program') return command;
  if (command.args.some((arg) => arg === '-m' || arg === option || arg.startsWith(`${option}=`))) return command;
  return { ...command, args: [`${option}=${model}`, ...command.args] };
}

/** Why this client cannot be started with this provider, or null. */
export function clientProblem({ agent, client, provider }: Pick<Launch, 'agent' | 'client' | 'provider'>): string | null {
  if (client?.speaks == null || provider === null || client.speaks.includes(provider.api)) return null;
  return `${agent} runs ${client.title}, which cannot talk to ${provider.title}: it speaks the interface of ${client.speaks.join(' or ')}, and that is one of ${provider.api}`;
}
