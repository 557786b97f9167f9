import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { approvalFile, approvalHash, formatApproval, parseApproval } from '../config/trust.ts';
import { configuredCommands, type ConfiguredCommand } from '../core/approval.ts';
import type { Config } from '../core/config.ts';
import { refusal, type AiteamError } from '../core/errors.ts';
import type { Repository } from '../git/repository.ts';
import { readIfThere, replaceFile } from '../state/atomic-file.ts';
import { callingAgent } from './caller.ts';
import type { Context } from './context.ts';

/** Where an approval is needed: a workspace, or a repository that is not set up yet. */
export interface ApprovalPlace {
  readonly context: Context;
  readonly repo: Repository;
  readonly config: Config;
}

/**
 * Returns once the configuration's commands are approved: they were, or the person at the terminal agrees now.
 * `what` is about to run, such as `the gates`. Errors: `not-trusted`.
 */
export async function requireApproval(place: ApprovalPlace, what: string): Promise<void> {
  const commands = configuredCommands(place.config);
  if (commands.length === 0 || isApproved(place, commands)) return;
  if (callingAgent(place.context, place.repo) !== null || place.context.confirm === null) {
    throw refusal('not-trusted', `${what} come from .aiteam.yaml, and nobody approved them in their present form`, 'read them: aiteam trust --show', 'approve them, in a terminal of your own: aiteam trust');
  }
  place.context.narrate({ kind: 'commands', commands });
  await askToApprove(place, commands);
}

/** Approves what was shown if the person agrees. Errors: `not-trusted` where they do not, or nobody is there to ask. */
export async function askToApprove(place: ApprovalPlace, commands: readonly ConfiguredCommand[]): Promise<void> {
  const { context } = place;
  if (context.confirm === null) throw refusal('not-trusted', 'there is nobody to ask: this is no terminal', 'if you have read them (aiteam trust --show): aiteam trust --yes');
  if (!(await context.confirm('May aiteam run these commands in this repository?'))) throw declined();
  approve(place, commands);
}

/** Whether exactly these commands are approved for this repository. */
export function isApproved({ context, repo }: ApprovalPlace, commands: readonly ConfiguredCommand[]): boolean {
  const file = approvalFile(context.env, repo.commonDir);
  const text = isOurs(file) ? readIfThere(file) : null;
  const approval = text === null ? null : parseApproval(text);
  return approval?.repository === repo.commonDir && approval.commands === approvalHash(repo.commonDir, commands);
}

/** Approves these commands for this repository; what was approved before no longer is. */
export function approve({ context, repo }: ApprovalPlace, commands: readonly ConfiguredCommand[]): void {
  const file = approvalFile(context.env, repo.commonDir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  chmodSync(dirname(file), 0o700);
  replaceFile(file, formatApproval({ repository: repo.commonDir, commands: approvalHash(repo.commonDir, commands) }), 0o600);
}

/** Takes the repository's approval away. */
export function revoke({ context, repo }: ApprovalPlace): void {
  rmSync(approvalFile(context.env, repo.commonDir), { force: true });
}

/** An approval that somebody else could have written is none. */
function isOurs(file: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats !== undefined && stats.isFile() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0;
}

function declined(): AiteamError {
  return refusal('not-trusted', 'not approved: nothing was run', 'change .aiteam.yaml, then: aiteam trust');
}
