import type { GuardedVerb } from '../core/config.ts';
import { refusal } from '../core/errors.ts';
import { readMarker } from '../state/marker.ts';
import type { Workspace } from './workspace.ts';

/**
 * Refuses a guarded verb in an agent's own worktree unless the configuration gives agents leave.
 * Errors: `agents-may-not`.
 */
export function requireLeave(workspace: Pick<Workspace, 'repo' | 'config'>, verb: GuardedVerb): void {
  const marker = readMarker(workspace.repo.currentGitDir);
  if (marker === null || workspace.config.agentsMay.includes(verb)) return;
  throw refusal(
    'agents-may-not', `${marker.agent} may not ${verb} from its own worktree`,
    `run it from ${workspace.repo.mainWorktree ?? 'another folder'}`, `or give agents leave in .aiteam.yaml: agents_may: [${verb}]`,
  );
}
