import { existsSync } from 'node:fs';
import { refusal } from '../core/errors.ts';
import type { Config } from '../core/config.ts';
import type { Ledger } from '../core/ledger.ts';
import { loadConfig } from '../config/load.ts';
import type { Git } from '../git/git.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { openJournal, readJournal, type JournalReading, type JournalWriter } from '../state/journal.ts';
import { layoutOf, type Layout } from '../state/layout.ts';
import type { Context } from './context.ts';
import { mendDispatcher } from './install-hooks.ts';
import { requireTarget } from './target.ts';

/** An initialised repository with everything that commands read first. */
export interface Workspace {
  readonly context: Context;
  readonly repo: Repository;
  readonly git: Git;
  readonly layout: Layout;
  readonly config: Config;
  /** The branch that agents' work lands on, short name. */
  readonly target: string;
  readonly journal: JournalWriter;
  readonly reading: JournalReading;
  readonly ledger: Ledger;
}

/** Opens the repository around the context's folder, its hooks mended where they need it. Errors: `no-repository`, `not-initialised`, those of the configuration. */
export async function openWorkspace(context: Context): Promise<Workspace> {
  const repo = await openRepository(context.cwd, context.env);
  const layout = layoutOf(repo.commonDir, repo.mainWorktree);
  if (!existsSync(layout.hooksConfig) && !existsSync(layout.journal)) {
    throw refusal('not-initialised', 'this repository is not set up for aiteam yet', 'aiteam init claude glm deepseek');
  }
  const config = await loadConfig(repo);
  const target = await requireTarget(repo, config);
  await mendDispatcher(context, repo, layout, config);
  const reading = readJournal(layout);
  return { context, repo, git: repo.git, layout, config, target, journal: openJournal(layout), reading, ledger: reading.ledger };
}

/** The workspace with the journal read again, after events were written. */
export function refreshed(workspace: Workspace): Workspace {
  const reading = readJournal(workspace.layout);
  return { ...workspace, reading, ledger: reading.ledger };
}
