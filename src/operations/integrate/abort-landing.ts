import { AiteamError } from '../../core/errors.ts';
import { branchRef } from '../../core/ids.ts';
import { resolveCommit } from '../../git/refs.ts';
import { callsOfMove, leftGitToEnd } from '../left-git.ts';
import type { Workspace } from '../workspace.ts';
import { completeLanding, hasArrived, hasMoved } from './complete-landing.ts';
import { liesAbout, sayGivenUp } from './given-up.ts';
import { readIntent, type LandingIntent } from './intent.ts';
import { takeBack, takeBackUnlocked } from './take-back.ts';

/**
 * What became of a landing that had begun: `left` where edits of it lie in a checkout that its user has changed since,
 * `unknown` where it is given up here and the remote it was pushed to could not be asked, `completed` where it had landed.
 */
export type AbortedLanding = 'nothing' | 'taken-back' | 'left' | 'unknown' | 'completed';

/**
 * Gives up the landing that a killed run left, where it has not landed yet; completes it where it has.
 * Call it with the coordinator's mutex held.
 */
export async function abortLanding(workspace: Workspace): Promise<AbortedLanding> {
  const intent = readIntent(workspace.layout);
  if (intent === null) return 'nothing';
  await leftGitToEnd(workspace.context, ...callsOfMove(intent));
  const tip = await resolveCommit(workspace.git, branchRef(intent.target));
  const arrived = await askWhetherArrived(workspace, intent);
  const landed = arrived === true || (tip !== null && await hasMoved(workspace, intent, tip));
  if (landed || (arrived === false && tip !== intent.old)) {
    await completeLanding(workspace);
    return 'completed';
  }
  await takeBackUnlocked(workspace, intent);
  await takeBack(workspace, intent);
  const left = await liesAbout(workspace, intent);
  if (left) await sayGivenUp(workspace, intent, `a landing on ${intent.target} is given up, and could not be taken back everywhere`, 'look at what differs there before you commit');
  return arrived === null ? 'unknown' : left ? 'left' : 'taken-back';
}

/** Whether what was pushed is on the remote; false too where nothing is pushed, null where the remote cannot be asked. */
async function askWhetherArrived(workspace: Workspace, intent: LandingIntent): Promise<boolean | null> {
  if (intent.push === undefined) return false;
  try {
    return await hasArrived(workspace, intent, intent.push);
  } catch (error) {
    if (!(error instanceof AiteamError) || error.code !== 'fetch-failed') throw error;
    return null;
  }
}
