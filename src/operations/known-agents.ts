import { loadConfig } from '../config/load.ts';
import { loadUserConfig } from '../config/user.ts';
import { DEFAULT_CONFIG, type Config, type UserConfig } from '../core/config.ts';
import { AiteamError } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import { presentAgents } from '../core/ledger.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { readJournal } from '../state/journal.ts';
import { layoutOf } from '../state/layout.ts';
import type { Context } from './context.ts';

/** Everybody that configuration and journal know of here. */
export interface KnownAgents {
  /** Null outside of a repository. */
  readonly repo: Repository | null;
  readonly config: Config;
  readonly user: UserConfig;
  /** The role that each was given with its worktree, null where it has none; by name. */
  readonly agents: ReadonlyMap<AgentId, string | null>;
}

/** Who is known here; outside of a repository those of the user's own file. Errors: those of the configurations. */
export async function knownAgents(context: Context): Promise<KnownAgents> {
  const user = await loadUserConfig(context.env);
  const repo = await repositoryHere(context);
  if (repo === null) return { repo, config: DEFAULT_CONFIG, user, agents: new Map([...user.agents.keys()].map((agent) => [agent, null])) };
  const config = await loadConfig(repo);
  const { ledger } = readJournal(layoutOf(repo.commonDir, repo.mainWorktree));
  const roles = new Map(presentAgents(ledger).map(({ agent, role }) => [agent, role]));
  const names = new Set([...config.agents.keys(), ...roles.keys()]);
  return { repo, config, user, agents: new Map([...names].sort().map((agent) => [agent, roles.get(agent) ?? null])) };
}

async function repositoryHere(context: Context): Promise<Repository | null> {
  try {
    return await openRepository(context.cwd, context.env);
  } catch (error) {
    if (error instanceof AiteamError && error.code === 'no-repository') return null;
    throw error;
  }
}
