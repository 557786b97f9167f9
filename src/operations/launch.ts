import { existsSync } from 'node:fs';
import { loadUserConfig } from '../config/user.ts';
import type { UserConfig } from '../core/config.ts';
import { addressVariable, missingKey, planEnvironment, type Change } from '../core/environment-plan.ts';
import { refusal } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import { clientProblem, resolveLaunch, type Launch } from '../core/launch.ts';
import type { AgentRecord } from '../core/ledger.ts';
import { nearest } from '../core/nearest.ts';
import { allProviders, providerProblem, tokenVariables, type Provider } from '../core/providers.ts';
import { escapeText } from '../core/text.ts';
import { launchEnvironment, presentNames } from '../launch/environment.ts';
import { findProgram } from '../launch/find-program.ts';
import type { Env } from '../process/run.ts';
import { requireAgent, worktreeOf } from './agents.ts';
import { requireApproval } from './approval.ts';
import type { Unconfigured, Workspace } from './workspace.ts';
import { writablePaths } from './writable-paths.ts';

/** How an agent is started. */
export interface PlannedLaunch {
  readonly launch: Launch;
  /** What becomes of the caller's environment; it names keys, and holds none. */
  readonly changes: readonly Change[];
  /** The variable that its key comes from, where that is not set; null where nothing is missing. */
  readonly missingKey: string | null;
}

/** An agent with a worktree, and how it is started there. */
export interface AgentLaunch extends PlannedLaunch {
  readonly record: AgentRecord;
}

/** What is to run. */
export interface Asked {
  /** A command in place of the agent's own; null for that. */
  readonly given: readonly string[] | null;
  /** What its own client begins with, where that takes one. */
  readonly prompt: string | null;
}

/** A program with its arguments, found where it is to run. */
export interface Startable {
  /** As it was asked for: what looks itself up by its name finds it. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Exactly what it gets; the agent's key is in it. */
  readonly env: Env;
}

/** How the agent would be started; nothing is checked but that it is here. Errors: `agent-unknown`, those of the user's configuration. */
export async function launchOf(workspace: Workspace, agent: AgentId): Promise<AgentLaunch> {
  const user = await loadUserConfig(workspace.context.env);
  return launchWith(workspace, requireAgent(workspace.ledger, agent), user);
}

/** The same where the user's configuration is at hand. */
export function launchWith(workspace: Pick<Workspace, 'context' | 'config'>, record: AgentRecord, user: UserConfig): AgentLaunch {
  return { record, ...planLaunch(workspace, record, user) };
}

/** The same for an agent that may have no worktree yet. */
export function planLaunch(
  { context: { env }, config }: Pick<Workspace, 'context' | 'config'>, { agent, role, branch, worktree }: Pick<AgentRecord, 'agent' | 'role' | 'branch' | 'worktree'>, user: UserConfig,
): PlannedLaunch {
  const launch = resolveLaunch(agent, role, config, user);
  const present = presentNames(env);
  const within = isWithin(env, agent, launch.provider);
  const changes = planEnvironment({
    agent, role: launch.role, model: launch.model, provider: launch.provider, branch, worktree, identity: launch.identity, extra: launch.extra,
    present, within, keys: allProviders({ project: config.providers, user: user.providers }).flatMap(tokenVariables),
  });
  return { launch, changes, missingKey: missingKey(launch.provider, present, within) };
}

/** Whether the environment is this agent's own already, so that its key stands where its client looks for it. */
function isWithin(env: Env, agent: AgentId, provider: Provider | null): boolean {
  return env['AITEAM_AGENT'] === agent && provider !== null && (env[addressVariable(provider)] ?? null) === provider.address;
}

/**
 * Returns where the agent's environment can be had: its provider is known and whole, its key is there, and what the
 * project's file says of it is approved. Errors: `provider-unknown`, `provider-address`, `provider-token`, `key-missing`, `not-trusted`.
 */
export async function requireEnvironment(workspace: Workspace, { launch, missingKey: missing }: PlannedLaunch): Promise<void> {
  const { agent, provider, providerName } = launch;
  if (provider === null && providerName !== null) throw unknownProvider(agent, providerName);
  const problem = provider === null ? null : providerProblem(provider);
  if (problem !== null) throw refusal(problem.code, `${agent} cannot be started: ${problem.message}`, `describe it in your own configuration: providers: { ${provider?.name}: { address: https://…, token: NAME_OF_A_VARIABLE } }`, 'aiteam providers');
  if (missing !== null) {
    throw refusal('key-missing', `${agent} needs a key of ${escapeText(provider?.title ?? '')}: ${missing} is not set`, `read -rs ${missing} && export ${missing}, and then the same command again`, 'aiteam providers shows which keys are there');
  }
  if (launch.needsApproval.environment) await requireApproval(workspace, `addresses and variables of ${agent}`);
}

function unknownProvider(agent: AgentId, name: string): Error {
  const meant = nearest(name, allProviders({ project: new Map(), user: new Map() }).map((known) => known.name));
  return refusal('provider-unknown', `${agent} has the provider ${name}, and nothing is known of it`, ...(meant === null ? [] : [`did you mean ${meant}?`]), 'aiteam providers lists those there are; others are described below "providers"');
}

/** The agent's worktree, where git and the disk have it. Errors: `worktree-missing`. */
export function requireWorktree(workspace: Unconfigured, record: AgentRecord): string {
  const worktree = worktreeOf(workspace, record);
  if (worktree !== undefined && !worktree.prunable && !worktree.disconnected && existsSync(worktree.path)) return worktree.path;
  throw refusal('worktree-missing', `${record.agent}'s worktree is not at ${escapeText(record.worktree)}`, `deleted: aiteam add ${record.agent}`, 'moved: aiteam worktree repair NEW-PATH');
}

/**
 * The agent's own command, ready to start; or the given one, in the same environment. Nothing is started here.
 * Errors: those of `requireEnvironment`, `worktree-missing`, `no-command`, `client-provider`, `client-missing`, `not-trusted`.
 */
export async function requireStartable(workspace: Workspace, found: AgentLaunch, asked: Asked): Promise<Startable> {
  return requireStartableIn(workspace, requireWorktree(workspace, found.record), found, asked);
}

/** The same in that folder, for an agent that may have no worktree yet. Errors: the same but for `worktree-missing`. */
export async function requireStartableIn(workspace: Workspace, cwd: string, found: PlannedLaunch, { given, prompt }: Asked): Promise<Startable> {
  const { launch, changes } = found;
  await requireEnvironment(workspace, found);
  const { env } = workspace.context;
  const own = given === null ? ownCommand(launch, env, { writable: writablePaths(workspace, cwd, env), prompt }) : { program: given[0] ?? '', args: given.slice(1) };
  if (given === null && launch.needsApproval.command) await requireApproval(workspace, `the command of ${launch.agent}`);
  const environment = launchEnvironment(env, changes);
  if (findProgram(own.program, cwd, environment) === null) throw clientMissing(launch, own.program, given === null);
  return { ...own, cwd, env: environment };
}

/** What the agent runs, as a program with arguments. Errors: `no-command`, `client-provider`. */
function ownCommand(launch: Launch, env: Env, { writable, prompt }: { writable: readonly string[]; prompt: string | null }): Pick<Startable, 'program' | 'args'> {
  const { agent, command, client } = launch;
  if (command === null) {
    throw refusal('no-command', `nothing says what ${agent} runs`, `agents: { ${agent}: { provider: … } } or { ${agent}: { command: … } } in .aiteam.yaml or your own configuration`, `for once: aiteam exec ${agent} -- COMMAND`);
  }
  const problem = clientProblem(launch);
  if (problem !== null) throw refusal('client-provider', problem, `give ${agent} another command or provider in the configuration`, 'aiteam providers');
  if (client?.name === 'shell') return { program: (env['SHELL'] ?? '') === '' ? '/bin/sh' : (env['SHELL'] ?? ''), args: command.args };
  if (command.kind === 'program') return { program: command.program, args: [...sandboxOptions(command.args, client, writable), ...command.args, ...promptArguments(client, prompt)] };
  // As git does with a command of its configuration: the shell hands the arguments on by itself.
  return { program: '/bin/sh', args: ['-c', command.args.length === 0 ? command.line : `${command.line} "$@"`, agent, ...command.args] };
}

/** What lets the client's own sandbox write where every commit does; its worktree it may write anyway. */
function sandboxOptions(args: readonly string[], client: Launch['client'], [, ...shared]: readonly string[]): string[] {
  const option = client?.writableOption ?? null;
  return option === null || args.includes(option) ? [] : shared.flatMap((path) => [option, path]);
}

function promptArguments(client: Launch['client'], prompt: string | null): string[] {
  const option = client?.promptOption ?? null;
  if (option === null || prompt === null) return [];
  return option === '--' ? [option, prompt] : [`${option}=${prompt}`];
}

function clientMissing({ agent, client }: Launch, program: string, own: boolean): Error {
  const shown = escapeText(program);
  const install = own && client?.install != null ? [`install ${client.title}: ${client.install}`] : [];
  const where = program.includes('/') ? 'there is no such program' : 'there is no program of this name in a folder of PATH';
  return refusal('client-missing', own ? `${agent} runs ${shown}, and ${where}` : `${shown}: ${where}`, ...install, ...(own ? [`or give ${agent} another command in the configuration`] : []));
}
