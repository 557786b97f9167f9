import type { Config } from '../core/config.ts';
import type { Ledger } from '../core/ledger.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { listWorktrees } from '../git/worktrees.ts';
import { readJournal, type JournalReading, type JournalWriter } from '../state/journal.ts';
import type { Layout } from '../state/layout.ts';
import type { Context } from './context.ts';

/** An initialised repository before its configuration is read. */
export interface Unconfigured {
  readonly context: Context;
  readonly repo: Repository;
  readonly git: Git;
  readonly layout: Layout;
  readonly journal: JournalWriter;
  readonly reading: JournalReading;
  readonly ledger: Ledger;
}

/** An initialised repository with everything that commands read first. */
export interface Workspace extends Unconfigured {
  readonly config: Config;
  /** The branch that agents' work lands on, short name. */
  readonly target: string;
}

/** The workspace as it is now, after worktrees were added or removed: worktrees and journal. */
export async function reread(workspace: Workspace): Promise<Workspace> {
  const worktrees = await listWorktrees(workspace.git, workspace.repo.commonDir);
  return refreshed({ ...workspace, repo: { ...workspace.repo, worktrees } });
}

/** The workspace with what was appended to the journal since. */
export function refreshed(workspace: Workspace): Workspace {
  const reading = readJournal(workspace.layout, workspace.reading);
  return { ...workspace, reading, ledger: reading.ledger };
}
