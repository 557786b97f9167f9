import { loadConfig } from '../config/load.ts';
import { loadUserConfig } from '../config/user.ts';
import { agentNameProblem } from '../core/agent-name.ts';
import { addressVariable } from '../core/environment-plan.ts';
import type { AgentId } from '../core/ids.ts';
import type { AgentRecord } from '../core/ledger.ts';
import type { Provider } from '../core/providers.ts';
import { resolveProfile } from '../core/launch.ts';
import { escapeText } from '../core/text.ts';
import { openGit } from '../git/git.ts';
import { knownSignature, nameAndAddress } from '../git/signature.ts';
import type { Env } from '../process/run.ts';
import { readMarker, type Marker } from '../state/marker.ts';
import type { Context } from './context.ts';
import { openUnconfigured } from './open-workspace.ts';

/** Who calls, and how that is known. */
export interface Caller {
  /** Null for a person. */
  readonly agent: AgentId | null;
  /** By the marker of the worktree, else by the environment; a person by having neither. */
  readonly knownBy: 'marker' | 'environment' | 'human';
  readonly role: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  /** What is checked out here; null where that is no branch. */
  readonly branch: string | null;
  /** The worktree's top; null outside of one. */
  readonly worktree: string | null;
  /** In whose name a commit made here would be, `Name <address>`; null where git knows nobody. */
  readonly author: string | null;
  readonly committer: string | null;
  /** What does not go together. */
  readonly mismatches: readonly string[];
}

/** Who calls from here. Errors: `no-repository`, `not-initialised`, those of the configurations. */
export async function whoAmI(context: Context): Promise<Caller> {
  const opened = await openUnconfigured(context);
  const { repo, ledger } = opened;
  const [config, user] = [await loadConfig(repo), await loadUserConfig(context.env)];
  const marker = readMarker(repo.currentGitDir);
  const named = namesIn(context.env);
  const agent = marker?.agent ?? named[0] ?? null;
  const record = agent === null ? undefined : ledger.agents.get(agent);
  const profile = agent === null ? null : resolveProfile(agent, record?.role ?? null, config, user);
  const branch = repo.worktrees.find(({ path }) => path === repo.currentWorktree)?.branch ?? null;
  const found = { agent, marker, named, record, branch, model: profile?.model ?? null, provider: profile?.provider ?? null };
  const { author, committer } = await knownSignature(openGit(context.cwd, context.env));
  return {
    agent, knownBy: marker !== null ? 'marker' : agent !== null ? 'environment' : 'human',
    role: profile?.role ?? null, model: profile?.model ?? null, provider: profile?.providerName ?? null,
    branch, worktree: repo.currentWorktree,
    author: author === null ? null : nameAndAddress(author), committer: committer === null ? null : nameAndAddress(committer),
    mismatches: [...markerMismatches(found), ...environmentMismatches(found, context.env)],
  };
}

/** The agents that the environment names. */
function namesIn(env: Env): AgentId[] {
  const names = [env['AITEAM_AGENT'] ?? '', env['AI_AGENT_ID'] ?? ''].filter((name) => agentNameProblem(name) === null);
  return [...new Set(names)] as AgentId[];
}

interface Found {
  readonly agent: AgentId | null;
  readonly marker: Marker | null;
  readonly named: readonly AgentId[];
  readonly record: AgentRecord | undefined;
  readonly branch: string | null;
  readonly model: string | null;
  readonly provider: Provider | null;
}

function markerMismatches({ agent, marker, record, branch, model }: Found): string[] {
  if (agent === null) return [];
  if (record?.present !== true) return [`${agent} has no worktree in this repository`];
  if (marker === null) return [];
  return [
    ...(branch === record.branch ? [] : [`this worktree is on ${branch === null ? 'no branch' : escapeText(branch)}, and ${agent}'s is ${escapeText(record.branch)}`]),
    ...(marker.model === model ? [] : [`its commits name the model ${marker.model === null ? 'not at all' : escapeText(marker.model)}, and it is started with ${model === null ? 'none' : escapeText(model)}: aiteam add ${agent}`]),
  ];
}

function environmentMismatches({ agent, marker, named, provider }: Found, env: Env): string[] {
  if (agent === null) return [];
  const strangers = named.filter((name) => name !== agent);
  const address = provider === null ? undefined : env[addressVariable(provider)];
  const elsewhere = provider !== null && address !== undefined && address !== (provider.address ?? '');
  return [
    ...strangers.map((name) => (marker === null ? `the environment says ${agent} and ${name}` : `the environment says ${name}, and this worktree is ${agent}'s`)),
    ...(elsewhere ? [`${addressVariable(provider)} is ${escapeText(address)}, and ${agent} talks to ${provider.address === null ? `${provider.title} itself` : escapeText(provider.address)}: aiteam exec ${agent}`] : []),
  ];
}
