import { loadConfig } from '../config/load.ts';
import { configuredCommands, type ConfiguredCommand } from '../core/approval.ts';
import { refusal } from '../core/errors.ts';
import { openRepository } from '../git/repository.ts';
import { approve, askToApprove, isApproved, revoke } from './approval.ts';
import { callingAgent } from './caller.ts';
import type { Context } from './context.ts';

export interface TrustResult {
  readonly repository: string;
  readonly commands: readonly ConfiguredCommand[];
  readonly approved: boolean;
  /** What this call did. */
  readonly done: 'nothing' | 'approved' | 'revoked';
}

/**
 * Approves the commands of the configuration, takes that back, or only shows them.
 * Errors: `agent-may-not` for a caller who is an agent, `not-trusted` when the person declines or nobody is there to ask.
 */
export async function trust(context: Context, wish: 'ask' | 'yes' | 'show' | 'revoke'): Promise<TrustResult> {
  const repo = await openRepository(context.cwd, context.env);
  const agent = wish === 'show' ? null : callingAgent(context, repo);
  if (agent !== null) {
    throw refusal('agent-may-not', `${agent}, and an agent approves nothing`, 'run it yourself, in a terminal of your own at the main checkout: aiteam trust');
  }
  const config = await loadConfig(repo);
  const place = { context, repo, config };
  const commands = configuredCommands(config);
  const result = { repository: repo.commonDir, commands };
  if (wish === 'revoke') {
    revoke(place);
    return { ...result, approved: commands.length === 0, done: 'revoked' };
  }
  const approved = commands.length === 0 || isApproved(place, commands);
  if (approved || wish === 'show') return { ...result, approved, done: 'nothing' };
  context.narrate({ kind: 'commands', commands });
  if (wish === 'yes') approve(place, commands);
  else await askToApprove(place, commands);
  return { ...result, approved: true, done: 'approved' };
}
