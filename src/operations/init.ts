import { existsSync, lstatSync } from 'node:fs';
import { CONFIG_FILE, findConfig, type ConfigOrigin } from '../config/load.ts';
import { configuredCommands } from '../core/approval.ts';
import { branchNameProblem } from '../core/branch-name.ts';
import { refusal, usageError } from '../core/errors.ts';
import { branchRef, type AgentId, type RepoPath } from '../core/ids.ts';
import { escapeText, plural, showPath, truncate } from '../core/text.ts';
import { openGit } from '../git/git.ts';
import { checkGitVersion, openRepository, type Repository } from '../git/repository.ts';
import { fileAt } from '../git/tree-file.ts';
import { addExcludes } from '../state/exclude-file.ts';
import { recordFound } from '../state/found.ts';
import { layoutOf, VIEWS_FOLDER, type Layout } from '../state/layout.ts';
import { withMutex } from '../state/mutex.ts';
import { isApproved } from './approval.ts';
import { callingAgent } from './caller.ts';
import { warn, type Context } from './context.ts';
import { executablesSinceRecorded, recordExecutables } from './executable-settings.ts';
import type { ConfigPlan } from './init-config.ts';
import { installDispatcher } from './install-hooks.ts';
import { refreshViews } from './refresh-views.ts';
import { requireTarget } from './target.ts';
import { openWorkspace } from './open-workspace.ts';

export interface InitInput {
  readonly agents: readonly AgentId[];
  /** A branch; null to look for it. */
  readonly target: string | null;
}

export interface InitResult {
  readonly target: string;
  /** All agents of the configuration. */
  readonly agents: readonly AgentId[];
  /** Those that this call wrote into it. */
  readonly added: readonly AgentId[];
  readonly config: ConfigPlan['kind'];
  /** Where the configuration is: a file's path, or null where only a branch has it. */
  readonly configFile: string | null;
  /** Whether the target has it as it is; null in a bare repository that keeps its own. */
  readonly committed: boolean | null;
  /** Commands of the configuration that wait for approval. */
  readonly unapproved: number;
  /** False where everything was as it should be. */
  readonly changed: boolean;
}

/**
 * Sets the repository around the context's folder up, or mends what an earlier call left.
 * Errors: those of git and the configuration, `agent-may-not`, `no-commit`, `target-unclear`, `target-missing`, `views-in-the-way`.
 */
export async function init(context: Context, input: InitInput): Promise<InitResult> {
  await checkGitVersion(openGit(context.cwd, context.env));
  const repo = await openRepository(context.cwd, context.env);
  const agent = callingAgent(context, repo);
  if (agent !== null) throw refusal('agent-may-not', `${agent}, and an agent does not set a repository up`, 'run it yourself, in a terminal of your own at the main checkout');

  const layout = layoutOf(repo.commonDir, repo.mainWorktree);
  const result = await withMutex(repo.git, 'worktrees', { command: 'aiteam init', waitMs: 30_000 }, () => setUp(context, repo, layout, input));
  if (result.changed) await refreshViews(await openWorkspace(context));
  return result;
}

async function setUp(context: Context, repo: Repository, layout: Layout, input: InitInput): Promise<InitResult> {
  const loaded = await findConfig(repo);
  const target = await chooseTarget(repo, loaded.config.target, input.target);
  // Loaded only now: the YAML package is the largest part of this command's start.
  const { applyConfig, planConfig } = await import('./init-config.ts');
  const plan = planConfig(repo, loaded, { agents: input.agents, target, targetNamed: input.target !== null });
  const wasThere = existsSync(layout.hooksConfig);
  await checkViewsFolder(context, repo, layout, wasThere);

  recordFound(layout);
  applyConfig(plan);
  addExcludes(repo.commonDir, [`/${VIEWS_FOLDER}`]);
  await installDispatcher(repo, layout, plan.config);
  // Recorded once: a second call must not make a setting that an agent slipped in part of what is known.
  if ((await executablesSinceRecorded(repo, layout)) === null) await recordExecutables(repo, layout);

  const { config, origin } = plan.kind === 'keep' ? loaded : await findConfig(repo);
  const commands = configuredCommands(config);
  return {
    target, agents: [...config.agents.keys()],
    added: plan.kind === 'keep' ? [] : plan.added,
    config: plan.kind,
    configFile: origin.kind === 'checkout' || origin.kind === 'common' ? origin.path : null,
    committed: await isCommitted(repo, origin, target),
    unapproved: isApproved({ context, repo, config }, commands) ? 0 : commands.length,
    changed: !wasThere || plan.kind !== 'keep',
  };
}

async function chooseTarget(repo: Repository, configured: string | null, named: string | null): Promise<string> {
  if (named === null) return requireTarget(repo, { target: configured });
  const shown = truncate(escapeText(named), 80);
  const problem = branchNameProblem(named);
  if (problem !== null) throw usageError('target-name', `"${shown}" cannot be a branch: ${problem}`);
  if (configured !== null && configured !== named) {
    throw usageError('target-configured', `${CONFIG_FILE} names "${escapeText(configured)}" as the target, not "${shown}"`, `change "target" in ${CONFIG_FILE}, or leave --target out`);
  }
  return requireTarget(repo, { target: named });
}

/** What lies where the views go: a folder is kept with what is in it, anything else is in the way. */
async function checkViewsFolder(context: Context, repo: Repository, layout: Layout, wasThere: boolean): Promise<void> {
  const stats = lstatSync(layout.views, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) {
    const what = stats.isSymbolicLink() ? 'a symbolic link' : 'no folder';
    throw refusal('views-in-the-way', `${escapeText(layout.views)} is ${what}, and aiteam writes its views there`, `move it away: mv ${VIEWS_FOLDER} ${VIEWS_FOLDER}.old`);
  }
  if (repo.mainWorktree === null || wasThere) return;
  const tracked = (await repo.git.bytes(['ls-files', '-z', '--', VIEWS_FOLDER])).split('\0').filter((path) => path !== '') as RepoPath[];
  if (tracked.length > 0) {
    warn(context, `${plural(tracked.length, 'file')} of ${VIEWS_FOLDER}/ ${tracked.length === 1 ? 'is' : 'are'} tracked and left alone: ${tracked.slice(0, 5).map(showPath).join(', ')}`, `to have views there, too: git rm -r --cached ${VIEWS_FOLDER}`);
  }
}

async function isCommitted(repo: Repository, origin: ConfigOrigin, target: string): Promise<boolean | null> {
  if (origin.kind !== 'checkout') return origin.kind === 'common' ? null : true;
  const file = await fileAt(repo.git, branchRef(target), CONFIG_FILE);
  const status = await repo.git.text(['status', '--porcelain', '-z', '--untracked-files=all', '--ignored', '--', CONFIG_FILE]);
  return file.kind === 'file' && status === '';
}
