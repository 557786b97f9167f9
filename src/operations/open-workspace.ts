import { existsSync } from 'node:fs';
import { AiteamError, refusal } from '../core/errors.ts';
import { loadConfig, loadParser } from '../config/load.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { openJournal, readJournal } from '../state/journal.ts';
import { layoutOf } from '../state/layout.ts';
import type { Context } from './context.ts';
import { mendDispatcher } from './install-hooks.ts';
import { completeIfIdle } from './integrate/complete-landing.ts';
import { requireTarget } from './target.ts';
import { reread, type Unconfigured, type Workspace } from './workspace.ts';
import { recoverIfIdle, unbreakWorktrees } from './worktree/recover.ts';

/**
 * Opens the repository around the context's folder, its hooks mended where they need it and what killed commands left
 * completed (`moves: 'leave'`: all but landings and syncs). Errors: `no-repository`, `not-initialised`, those of the configuration.
 */
export async function openWorkspace(context: Context, moves: 'complete' | 'leave' = 'complete'): Promise<Workspace> {
  const [opened] = await Promise.all([openUnconfigured(context), loadParser()]);
  return configured(opened, moves);
}

/** What can be known without the configuration; nothing is mended. Errors: `no-repository`, `not-initialised`. */
export async function openUnconfigured(context: Context): Promise<Unconfigured> {
  const repo = await openUnbroken(context);
  const layout = layoutOf(repo.commonDir, repo.mainWorktree);
  if (!existsSync(layout.hooksConfig) && !existsSync(layout.journal)) {
    throw refusal('not-initialised', 'this repository is not set up for aiteam yet', 'aiteam init claude glm deepseek');
  }
  const reading = readJournal(layout);
  return { context, repo, git: repo.git, layout, journal: openJournal(layout), reading, ledger: reading.ledger };
}

/** The workspace as it is, for a hook: nothing is mended, nothing completed, nobody told. Errors: those of both. */
export async function openAsItIs(context: Context): Promise<Workspace> {
  const opened = await openUnconfigured(context);
  const config = await loadConfig(opened.repo);
  return { ...opened, config, target: await requireTarget(opened.repo, config) };
}

/** Reads the configuration, mends the hooks where they need it, and ends what killed commands began. Errors: those of the configuration. */
export async function configured(opened: Unconfigured, moves: 'complete' | 'leave'): Promise<Workspace> {
  const { context, repo, layout } = opened;
  const config = await loadConfig(repo);
  const target = await requireTarget(repo, config);
  await mendDispatcher(context, repo, layout, config);
  const workspace = { ...opened, config, target };
  const recovered = await recoverIfIdle(workspace, moves);
  const completed = moves === 'complete' && await completeIfIdle(workspace);
  return recovered || completed ? reread(workspace) : workspace;
}

/** A killed `worktree add` can leave a registration that keeps git from listing any worktree. */
async function openUnbroken(context: Context): Promise<Repository> {
  try {
    return await openRepository(context.cwd, context.env);
  } catch (error) {
    if (!(error instanceof AiteamError) || error.code !== 'worktree-broken' || !(await unbreakWorktrees(context))) throw error;
    return openRepository(context.cwd, context.env);
  }
}
