import type { Config, GuardedVerb } from '../core/config.ts';
import { refusal } from '../core/errors.ts';
import type { Repository } from '../git/repository.ts';
import { readMarker } from '../state/marker.ts';
import { callingAgent } from './caller.ts';
import type { Context } from './context.ts';

/** Refuses a guarded verb to an agent unless the configuration gives agents leave; `what` says it in full. Errors: `agents-may-not`. */
export function requireLeave(place: { readonly context: Context; readonly repo: Repository; readonly config: Config }, verb: GuardedVerb, what: string = verb): void {
  const agent = callingAgent(place.context, place.repo);
  if (agent === null || place.config.agentsMay.includes(verb)) return;
  const name = readMarker(place.repo.currentGitDir)?.agent ?? 'an agent';
  throw refusal(
    'agents-may-not', `${name} may not ${what} (${agent})`,
    `run it in a terminal of your own, in ${place.repo.mainWorktree ?? place.repo.commonDir}`, `or give agents leave in .aiteam.yaml: agents_may: [${verb}]`,
  );
}
