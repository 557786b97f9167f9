import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import type { Repository } from '../git/repository.ts';
import { MARKER_FILE } from '../state/layout.ts';
import { presentAgents } from '../core/ledger.ts';
import { readMarker } from '../state/marker.ts';
import type { Context } from './context.ts';
import type { Unconfigured } from './workspace.ts';

/** Why the caller counts as an agent, for a message; null for a person. A damaged marker still marks an agent's worktree. */
export function callingAgent(context: Context, repo: Repository): string | null {
  if ((context.env['AITEAM_AGENT'] ?? '') !== '') return 'AITEAM_AGENT is set, so an agent is calling';
  if ((context.env['AI_AGENT_ID'] ?? '') !== '') return 'AI_AGENT_ID is set, so an agent is calling';
  return existsSync(join(repo.currentGitDir, MARKER_FILE)) ? "this is an agent's worktree" : null;
}

/** A person, by the name that handoffs and locks have for one. */
export const HUMAN = 'human';

/** Who calls: the agent whose worktree this is or that the environment names, else a person. Errors: `caller-unknown` for an agent that has no name here. */
export function callerName({ context, repo, ledger }: Pick<Unconfigured, 'context' | 'repo' | 'ledger'>): AgentId | typeof HUMAN {
  const why = callingAgent(context, repo);
  if (why === null) return HUMAN;
  const names = [readMarker(repo.currentGitDir)?.agent, context.env['AITEAM_AGENT'], context.env['AI_AGENT_ID']];
  const found = presentAgents(ledger).find(({ agent }) => agent === names.find((name) => (name ?? '') !== ''));
  if (found !== undefined) return found.agent;
  throw refusal('caller-unknown', `${why}, and there is no telling which`, 'call it in the worktree of an agent: aiteam worktree list', 'aiteam doctor');
}
