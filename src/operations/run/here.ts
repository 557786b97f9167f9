import { basename } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { DEFAULT_CONFIG, type Config } from '../../core/config.ts';
import { AiteamError } from '../../core/errors.ts';
import { openRepository, type Repository } from '../../git/repository.ts';
import { readMarker } from '../../state/marker.ts';
import type { Context } from '../context.ts';
import { withOwnSlots } from './known-slots.ts';

/** Where a command is run and for whom; outside of a repository as well. */
export interface Here {
  readonly context: Context;
  readonly repo: Repository | null;
  readonly config: Config;
  /** The agent that calls; null for a person. */
  readonly agent: string | null;
  readonly folder: string;
  /** The repository's name: that of its main folder. */
  readonly repository: string | null;
}

/** Looks around the context's folder. Errors: those of the configuration, and of a repository that git cannot open. */
export async function lookAround(context: Context): Promise<Here> {
  const repo = await repositoryIfAny(context);
  const config = await withOwnSlots(repo === null ? DEFAULT_CONFIG : await loadConfig(repo), context.env);
  return { context, repo, config, ...identity(context, repo) };
}

/** Who calls, and where, as others are told. */
export function identity(context: Context, repo: Repository | null): Pick<Here, 'agent' | 'folder' | 'repository'> {
  const named = [repo === null ? null : readMarker(repo.currentGitDir)?.agent, context.env['AITEAM_AGENT'], context.env['AI_AGENT_ID']];
  return {
    agent: named.find((name) => (name ?? '') !== '') ?? null,
    folder: repo?.currentWorktree ?? repo?.commonDir ?? context.cwd,
    repository: repo === null ? null : basename(repo.mainWorktree ?? repo.commonDir),
  };
}

async function repositoryIfAny(context: Context): Promise<Repository | null> {
  try {
    return await openRepository(context.cwd, context.env);
  } catch (error) {
    if (error instanceof AiteamError && error.code === 'no-repository') return null;
    throw error;
  }
}
