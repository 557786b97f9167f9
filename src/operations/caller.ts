import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { MARKER_FILE } from '../state/layout.ts';
import type { Context } from './context.ts';

/** Why the caller counts as an agent, for a message; null for a person. A damaged marker still marks an agent's worktree. */
export function callingAgent(context: Context, repo: Repository): string | null {
  if ((context.env['AITEAM_AGENT'] ?? '') !== '') return 'AITEAM_AGENT is set, so an agent is calling';
  if ((context.env['AI_AGENT_ID'] ?? '') !== '') return 'AI_AGENT_ID is set, so an agent is calling';
  return existsSync(join(repo.currentGitDir, MARKER_FILE)) ? "this is an agent's worktree" : null;
}
