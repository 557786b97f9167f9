import type { AgentId } from '../../core/ids.ts';
import { refusal } from '../../core/errors.ts';
import { callingAgent } from '../caller.ts';
import type { Context } from '../context.ts';
import { recordExecutables } from '../executable-settings.ts';
import { settle } from '../settle.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import { checkAgent } from './check-agent.ts';
import { checkHooks } from './check-hooks.ts';
import { checkPrograms } from './check-programs.ts';
import { checkSettings } from './check-settings.ts';
import { checkState, checkViews } from './check-state.ts';
import { checkWorktrees } from './check-worktrees.ts';
import type { Finding } from './finding.ts';

export interface DoctorInput {
  readonly fix: boolean;
  /** Record the settings that start programs as they are now: they count as known from then on. */
  readonly acceptSettings: boolean;
  /** Look at what this agent's commands would meet, instead of at everything. */
  readonly as: AgentId | null;
}

/** A finding, and whether it was mended just now. */
export interface Examined extends Finding {
  readonly mended: boolean;
}

const CHECKS: readonly ((workspace: Workspace) => Promise<Finding[]>)[] = [checkPrograms, checkSettings, checkHooks, checkWorktrees, checkState, checkViews];

/** Looks at everything that a team depends on; with `fix`, mends what can be mended without losing anything. */
export async function examine(context: Context, input: DoctorInput): Promise<Examined[]> {
  const workspace = await settle(await openWorkspace(context));
  if (input.acceptSettings) await acceptSettings(workspace);
  const checks = input.as === null ? CHECKS : [(place: Workspace) => checkAgent(place, input.as as AgentId)];
  const examined: Examined[] = [];
  for (const check of checks) {
    for (const finding of await check(workspace)) {
      const mend = input.fix && finding.level !== 'good' ? finding.mend : null;
      if (mend !== null) await mend();
      examined.push({ ...finding, mended: mend !== null });
    }
  }
  return examined;
}

/** Errors: `agents-may-not`: whoever slips a setting in must not call it known. */
async function acceptSettings({ context, repo, layout }: Workspace): Promise<void> {
  const agent = callingAgent(context, repo);
  if (agent !== null) throw refusal('agents-may-not', `only a person accepts settings: ${agent}`, 'run it in a terminal of your own: aiteam doctor --accept-settings');
  await recordExecutables(repo, layout);
}
