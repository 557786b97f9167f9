import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { approvalText, type ConfiguredCommand } from '../core/approval.ts';
import type { Env } from '../process/run.ts';
import { userFolder } from './user.ts';

/** What the user approved for one repository. */
export interface Approval {
  /** The common git directory, links resolved: the repository's identity. */
  readonly repository: string;
  /** The hash that `approvalHash` gave for the commands as they were then. */
  readonly commands: string;
}

/** The hash of what would run in this repository; another command, order or place gives another one. */
export function approvalHash(repository: string, commands: readonly ConfiguredCommand[]): string {
  return `sha256:${createHash('sha256').update(approvalText(repository, commands)).digest('hex')}`;
}

/**
 * The file of this repository's approval, in the user's own configuration folder (XDG base directory specification).
 * One file a repository: approving one can never bring back what was revoked for another at the same time.
 */
export function approvalFile(env: Env, repository: string): string {
  return join(trustFolder(env), `${createHash('sha256').update(repository).digest('hex').slice(0, 32)}.json`);
}

/** The folder of approvals: nobody but the user may read or write it. */
export function trustFolder(env: Env): string {
  return join(userFolder(env), 'trust');
}

/** The approval as its file keeps it. */
export function formatApproval(approval: Approval): string {
  return `${JSON.stringify({ version: 1, ...approval }, null, 2)}\n`;
}

/** The approval in a file's text, or null where it is none. */
export function parseApproval(text: string): Approval | null {
  try {
    const { version, repository, commands } = JSON.parse(text) as Partial<Record<string, unknown>>;
    return version === 1 && typeof repository === 'string' && typeof commands === 'string' ? { repository, commands } : null;
  } catch {
    return null;
  }
}
