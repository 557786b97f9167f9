import { join } from 'node:path';
import { loadUserConfig } from '../../config/user.ts';
import type { AgentId } from '../../core/ids.ts';
import { resolveProfile, type Launch } from '../../core/launch.ts';
import { escapeText } from '../../core/text.ts';
import { trailerFor } from '../../core/trailer.ts';
import { failpoint } from '../../process/failpoint.ts';
import { readJournal } from '../../state/journal.ts';
import { VIEWS_FOLDER } from '../../state/layout.ts';
import { writeMarker } from '../../state/marker.ts';
import { readTouched, writeTouched } from '../../state/touched.ts';
import { warn } from '../context.ts';
import { linkViews } from '../link-views.ts';
import type { Workspace } from '../workspace.ts';

export interface AgentPlace {
  readonly agent: AgentId;
  readonly branch: string;
  readonly path: string;
  readonly gitDir: string;
}

/** Makes a worktree that git has made an agent's own: marker, link to the views, journal. Doing it again changes nothing. */
export async function finishAdd(workspace: Workspace, place: AgentPlace, wishes: { role: string | null; task: string | null }): Promise<void> {
  const { layout, journal } = workspace;
  const { agent, branch, path } = place;
  const known = readJournal(layout, workspace.reading).ledger.agents.get(agent);
  const { role } = await equip(workspace, place, wishes.role ?? (known?.present === true ? known.role : null));
  failpoint('marker-written');
  // The list's presence tells hooks that this is one of ours.
  if (readTouched(layout, agent) === null) writeTouched(layout, agent, []);
  const recorded = known?.present === true && known.branch === branch && known.worktree === path && (wishes.role === null || known.role === role);
  if (!recorded) journal.append({ kind: 'agent-added', agent, branch, worktree: path, role });
  if (wishes.task !== null && wishes.task !== known?.task) journal.append({ kind: 'task', agent, task: wishes.task, files: [] });
}

/** Makes the marker that hooks read, and the link to the views; gives what the agent is, in the role that is wished for or its usual one. */
export async function equip(workspace: Workspace, place: Omit<AgentPlace, 'branch'>, role: string | null): Promise<Pick<Launch, 'role' | 'model'>> {
  const { config, context, layout } = workspace;
  const profile = resolveProfile(place.agent, role, config, await loadUserConfig(context.env));
  writeMarker(place.gitDir, { agent: place.agent, model: profile.model, trailer: trailerFor(config.trailer, place.agent, profile.model) });
  if (!(await linkViews(workspace, place.path))) {
    warn(context, `${escapeText(join(place.path, VIEWS_FOLDER))} is in the way of the link to the views, and stays`, `the views are at ${escapeText(layout.views)}`);
  }
  return profile;
}
