import type { AgentId } from '../../core/ids.ts';
import { AiteamError, refusal } from '../../core/errors.ts';
import { escapeText } from '../../core/text.ts';
import { ProcessError } from '../../process/run.ts';
import { callingAgent } from '../caller.ts';
import type { Context } from '../context.ts';
import { recordExecutables } from '../executable-settings.ts';
import { isExpectedFailure } from '../expected-failure.ts';
import { settle } from '../settle.ts';
import { configured, openUnconfigured } from '../open-workspace.ts';
import type { Unconfigured, Workspace } from '../workspace.ts';
import { checkAgent } from './check-agent.ts';
import { checkBudgets } from './check-budgets.ts';
import { checkHooks } from './check-hooks.ts';
import { checkPrograms } from './check-programs.ts';
import { checkSettings } from './check-settings.ts';
import { checkLanding, checkState, checkViews } from './check-state.ts';
import { checkWorktrees } from './check-worktrees.ts';
import { good, problem, type Finding } from './finding.ts';

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

type Check<Place> = readonly [name: string, look: (place: Place) => Promise<Finding[]>];

const CHECKS: readonly Check<Unconfigured>[] = [['settings', checkSettings], ['hooks', checkHooks], ['worktrees', checkWorktrees], ['state', checkState]];
const CONFIGURED_CHECKS: readonly Check<Workspace>[] = [['landing', checkLanding], ['views', checkViews], ['budgets', checkBudgets]];

/**
 * Looks at everything that a team depends on; with `fix`, mends what can be mended without losing anything. What cannot be
 * looked at is a finding too. Errors: `no-repository`, `not-initialised`; with `as` those of the configuration, `agent-unknown`.
 */
export async function examine(context: Context, input: DoctorInput): Promise<Examined[]> {
  const opened = await openUnconfigured(context);
  if (input.acceptSettings) await acceptSettings(opened);
  if (input.as !== null) return mendAll(await checkAgent(await settle(await configured(opened, 'leave')), input.as), input.fix);

  const examined = await mendAll(await findingsOf(['programs', checkPrograms], opened), input.fix);
  const { workspace, finding } = await readConfiguration(opened);
  examined.push({ ...finding, mended: false });
  for (const check of CHECKS) examined.push(...await mendAll(await findingsOf(check, workspace ?? opened), input.fix));
  if (workspace === null) return examined;
  for (const check of CONFIGURED_CHECKS) examined.push(...await mendAll(await findingsOf(check, workspace), input.fix));
  return examined;
}

async function readConfiguration(opened: Unconfigured): Promise<{ workspace: Workspace | null; finding: Finding }> {
  try {
    const workspace = await settle(await configured(opened, 'leave'));
    return { workspace, finding: good('configuration', `agents' work lands on ${escapeText(workspace.target)}`) };
  } catch (error) {
    return { workspace: null, finding: failed('configuration', error) };
  }
}

async function findingsOf<Place>([name, look]: Check<Place>, place: Place): Promise<Finding[]> {
  try {
    return await look(place);
  } catch (error) {
    return [failed(name, error)];
  }
}

function failed(check: string, error: unknown): Finding {
  if (!isExpectedFailure(error)) throw error;
  // A program that failed hints at this very command.
  return problem(check, error.message, ...(error instanceof AiteamError && !(error instanceof ProcessError) ? error.hints : []));
}

async function mendAll(findings: readonly Finding[], fix: boolean): Promise<Examined[]> {
  const examined: Examined[] = [];
  for (const finding of findings) examined.push(await mendOne(finding, fix));
  return examined;
}

async function mendOne(finding: Finding, fix: boolean): Promise<Examined> {
  if (!fix || finding.level === 'good' || finding.mend === null) return { ...finding, mended: false };
  try {
    await finding.mend();
    return { ...finding, mended: true };
  } catch (error) {
    if (!isExpectedFailure(error)) throw error;
    const hints = error instanceof AiteamError ? error.hints : [];
    return { ...finding, hints: [...finding.hints, `mending it failed: ${error.message}`, ...hints], mended: false };
  }
}

/** Errors: `agents-may-not`: whoever slips a setting in must not call it known. */
async function acceptSettings({ context, repo, layout }: Unconfigured): Promise<void> {
  const agent = callingAgent(context, repo);
  if (agent !== null) throw refusal('agents-may-not', `only a person accepts settings: ${agent}`, 'run it in a terminal of your own: aiteam doctor --accept-settings');
  await recordExecutables(repo, layout);
}
