import { join } from 'node:path';
import { AiteamError } from '../core/errors.ts';
import type { UnreadText } from '../core/handoff-parse.ts';
import { presentAgents } from '../core/ledger.ts';
import { escapeText, truncate } from '../core/text.ts';
import { renderAssignments } from '../core/views/assignments.ts';
import { renderConflictsLog } from '../core/views/conflicts-log.ts';
import { renderStatus } from '../core/views/status.ts';
import { compactWhenDue } from '../state/compaction.ts';
import { VIEWS_FOLDER } from '../state/layout.ts';
import { dropDeadMutexes, withMutex } from '../state/mutex.ts';
import { openViewsFolder, readView, removeHalfWritten, setForeignAside, VIEWS, writeView, type ViewName } from '../state/views/folder.ts';
import { shownIds } from '../state/views/handoff-file.ts';
import { worktreeOf } from './agents.ts';
import { warn } from './context.ts';
import { isExpectedFailure } from './expected-failure.ts';
import { planHandoffFile, updateHandoffFile } from './import-handoffs.ts';
import { linkViews } from './link-views.ts';
import { localMinute } from './local-time.ts';
import { gatherTeam } from './team.ts';
import { refreshed, type Workspace } from './workspace.ts';

const WAIT_MS = 2_000;

/**
 * Writes the views anew from the journal and the refs, takes in what people wrote into handoff.md, and says what is odd.
 * `stale` where the caller has changed what they show: then nothing is compared first.
 */
export async function refreshViews(workspace: Workspace, stale = false): Promise<void> {
  try {
    for (const { text, why } of await bringViewsUpToDate(workspace, stale)) {
      warn(workspace.context, `handoff.md holds text that is no handoff: ${why}`, `it begins "${truncate(escapeText(text), 60)}" and was kept; mend it or delete it in ${VIEWS_FOLDER}/handoff.md`);
    }
  } catch (error) {
    if (!isExpectedFailure(error)) throw error;
    // What the command did is done, and the views can be made anew at any time.
    if (error instanceof AiteamError) warn(workspace.context, error.message, ...error.hints);
    else warn(workspace.context, `the views could not be written: ${error.message}`, 'aiteam doctor');
  }
}

/** Does the same and gives the text of handoff.md that is no handoff. Errors: `views-in-the-way`, `view-too-large`. */
export async function bringViewsUpToDate(workspace: Workspace, stale = false): Promise<readonly UnreadText[]> {
  const { git, layout } = workspace;
  openViewsFolder(layout);
  const [unread] = await Promise.all([writeWhereStale(workspace, stale), dropDeadMutexes(git)]);
  await linkWorktrees(workspace);
  await compactWhenDue(git, layout, workspace.reading);
  return unread;
}

async function writeWhereStale(workspace: Workspace, stale: boolean): Promise<readonly UnreadText[]> {
  const { upToDate, found: { unread } } = planHandoffFile(workspace);
  if (!stale && upToDate && (await staleViews(workspace)).length === 0) return unread;
  const options = { command: 'writing the views', waitMs: WAIT_MS };
  const tracked = trackedViews(workspace);
  // Whoever does not get the mutex does not ask for it.
  tracked.catch(() => undefined);
  return unlessBusy(() => withMutex(workspace.git, 'views', options, async () => writeViews(refreshed(workspace), await tracked)), unread);
}

async function writeViews(workspace: Workspace, tracked: ReadonlySet<ViewName>): Promise<readonly UnreadText[]> {
  const { layout } = workspace;
  removeHalfWritten(layout);
  if (shownIds(layout) === null) setForeignAside(layout, VIEWS.filter((name) => name !== 'handoff.md' && !tracked.has(name)));
  const unread = tracked.has('handoff.md') ? [] : await updateHandoffFile(workspace);
  for (const [name, text] of await viewTexts(refreshed(workspace))) if (!tracked.has(name)) writeView(layout, name, text);
  return unread;
}

async function viewTexts(workspace: Workspace): Promise<[ViewName, string][]> {
  const team = await gatherTeam(workspace);
  return [['assignments.json', renderAssignments(team)], ['status.json', renderStatus(team)], ['conflicts.log', renderConflictsLog(team, localMinute)]];
}

async function staleViews(workspace: Workspace): Promise<ViewName[]> {
  return (await viewTexts(workspace)).filter(([name, text]) => readView(join(workspace.layout.views, name)) !== text).map(([name]) => name);
}

/** A view that the repository tracks is the repository's. */
async function trackedViews({ git, repo }: Workspace): Promise<ReadonlySet<ViewName>> {
  if (repo.mainWorktree === null) return new Set();
  const tracked = (await git.bytes(['ls-files', '-z', '--', VIEWS_FOLDER])).split('\0');
  return new Set(VIEWS.filter((name) => tracked.includes(`${VIEWS_FOLDER}/${name}`)));
}

/** Puts the links to the views back where somebody deleted them or moved the repository. */
async function linkWorktrees(workspace: Workspace): Promise<void> {
  for (const agent of presentAgents(workspace.ledger)) {
    const worktree = worktreeOf(workspace, agent);
    if (worktree !== undefined && !worktree.prunable && !worktree.disconnected) await linkViews(workspace, worktree.path);
  }
}

/** Whoever holds the mutex is writing the views already. */
async function unlessBusy<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AiteamError && (error.code === 'busy' || error.code === 'ref-locked')) return otherwise;
    throw error;
  }
}
