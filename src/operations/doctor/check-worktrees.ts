import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { refusal } from '../../core/errors.ts';
import { presentAgents } from '../../core/ledger.ts';
import { VIEWS_FOLDER } from '../../state/layout.ts';
import { readMarker } from '../../state/marker.ts';
import { shelvesOf } from '../shelf/shelves.ts';
import { isLinkedToViews, linkViews } from '../link-views.ts';
import type { Unconfigured } from '../workspace.ts';
import { good, mendable, problem, warning, type Finding } from './finding.ts';

const OLD_LOCK_MS = 60_000;

/** Every agent's worktree: there, where it was recorded, marked, linked to the views, not locked by a dead process. */
export async function checkWorktrees(opened: Unconfigured): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const agent of presentAgents(opened.ledger)) {
    const worktree = opened.repo.worktrees.find((candidate) => candidate.path === agent.worktree);
    if (worktree === undefined || worktree.gitDir === null) {
      findings.push(problem('worktrees', `${agent.agent}'s worktree ${agent.worktree} is not one that git knows`, `moved: aiteam worktree repair NEW-PATH   gone: aiteam worktree prune`));
      continue;
    }
    if (worktree.prunable || !existsSync(worktree.path)) {
      findings.push(problem('worktrees', `${agent.agent}'s worktree ${worktree.path} was moved or deleted by hand`, 'moved: aiteam worktree repair NEW-PATH   deleted: aiteam worktree prune'));
      continue;
    }
    if (worktree.disconnected) {
      findings.push(problem('worktrees', `${worktree.path} does not lead to this repository any more: the one or the other was moved by hand`, 'aiteam worktree repair'));
      continue;
    }
    if (readMarker(worktree.gitDir)?.agent !== agent.agent) {
      findings.push(problem('worktrees', `${worktree.path} has lost the marker that says that ${agent.agent} works there`, `aiteam worktree adopt ${worktree.path} --agent ${agent.agent}`));
    }
    if (!isLinkedToViews(opened.layout, worktree.path)) {
      findings.push(mendable(warning('worktrees', `${worktree.path} has no link to ${VIEWS_FOLDER}`), () => mendLink(opened, worktree.path)));
    }
  }
  findings.push(...oldLocks(opened), ...await orphanedShelves(opened));
  return findings.length === 0 ? [good('worktrees', 'every agent\'s worktree is where it belongs')] : findings;
}

/** Work that waits for an agent that has no worktree any more. */
async function orphanedShelves(opened: Unconfigured): Promise<Finding[]> {
  const present = new Set(presentAgents(opened.ledger).map(({ agent }) => agent));
  const owners = [...new Set((await shelvesOf(opened, null)).map(({ agent }) => agent))].filter((agent) => !present.has(agent));
  return owners.map((agent) => warning('shelves', `${agent} has shelved work and no worktree`, `aiteam shelve list   to have it back: aiteam worktree add ${agent}, then aiteam unshelve --agent ${agent}`));
}

/** Lock files that a killed git left; only their age can be told, so they are named, not removed. */
function oldLocks(opened: Unconfigured): Finding[] {
  const { commonDir, worktrees } = opened.repo;
  const locks = [commonDir, ...worktrees.map((worktree) => worktree.gitDir).filter((dir) => dir !== null)]
    .flatMap((dir) => ['index.lock', 'HEAD.lock', 'config.lock'].map((name) => join(dir, name)));
  return locks.flatMap((lock) => {
    const age = ageOf(lock);
    return age === null || age < OLD_LOCK_MS ? [] : [problem('locks', `${basename(lock)} has been there for ${Math.round(age / 1000)} s: ${lock}`, `if no git process is at work there: rm ${lock}`)];
  });
}

function ageOf(path: string): number | null {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return null;
  }
}

/** Errors: `views-link-in-the-way`. */
async function mendLink(opened: Unconfigured, worktree: string): Promise<void> {
  if (await linkViews(opened, worktree)) return;
  throw refusal('views-link-in-the-way', `something else is at ${join(worktree, VIEWS_FOLDER)}`, `move it away, then: aiteam doctor --fix`);
}
