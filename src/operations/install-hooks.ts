import { existsSync, rmSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Config } from '../core/config.ts';
import { strictest, type OverlapWord } from '../core/overlap-policy.ts';
import { hooksPaths, hooksSettings, includeState, removeInclude, writeInclude } from '../git/hooks-config.ts';
import type { Repository } from '../git/repository.ts';
import { readIfThere, replaceFile } from '../state/atomic-file.ts';
import { changedFiles, misfits, readHookSettings, runtimeIsThere, writeDispatcher, writeHookSettings, writeRuntime } from '../state/dispatcher.ts';
import type { Layout } from '../state/layout.ts';
import { readMarker } from '../state/marker.ts';
import { refreshFailureFile } from '../state/refresh-file.ts';
import { warn, type Context } from './context.ts';

/** Something about the hooks of agents' worktrees that is not as it should be. */
export interface DispatcherFinding {
  readonly kind: 'damaged' | 'overruled' | 'own-hooks-absent' | 'refresh-failed';
  readonly message: string;
  readonly hints: readonly string[];
  /** Whether `installDispatcher` puts it right. */
  readonly mendable: boolean;
}

/** Gives linked worktrees our hooks, which call the repository's own; what is in place already is left alone. */
export async function installDispatcher(repo: Repository, layout: Layout, config?: Config): Promise<void> {
  const chain = await ownHooksPath(repo, layout);
  writeDispatcher(layout, ownHooksFolder(repo, chain));
  writeRuntime(layout);
  if (readIfThere(layout.hooksConfig) !== hooksSettings(layout.hooks)) replaceFile(layout.hooksConfig, hooksSettings(layout.hooks));
  if (includeState(repo.commonDir) !== 'in place') await writeInclude(repo.git);
  writeHookSettings(layout, { policy: policyWord(config) ?? readHookSettings(layout).policy ?? 'warn', chain });
}

/** Puts the dispatcher right where a quick look, without a process, finds it damaged or behind the configuration. */
export async function mendDispatcher(context: Context, repo: Repository, layout: Layout, config: Config): Promise<void> {
  const wrong = misfits(layout, recordedOwnHooks(repo, layout));
  const damage = describeDamage(repo, layout, wrong);
  if (damage.length === 0 && wrong.length === 0 && readHookSettings(layout).policy === policyWord(config) && runtimeIsThere(layout)) return;
  try {
    await installDispatcher(repo, layout, config);
  } catch (error) {
    warn(context, `the hooks of agents' worktrees need mending, and that failed: ${error instanceof Error ? error.message : String(error)}`, 'aiteam doctor --fix');
    return;
  }
  if (damage.length > 0) warn(context, `the hooks of agents' worktrees were not in place (${damage.join('; ')}); they are again`);
}

/** What is wrong with the hooks of each agent's worktree. */
export async function inspectDispatcher(repo: Repository, layout: Layout): Promise<DispatcherFinding[]> {
  const chain = await ownHooksPath(repo, layout);
  const damage = describeDamage(repo, layout, misfits(layout, ownHooksFolder(repo, chain)));
  const changed = changedFiles(layout, ownHooksFolder(repo, chain));
  if (damage.length === 0 && changed.length > 0) damage.push(`not as this version has them: ${changed.join(', ')}`);
  const findings: DispatcherFinding[] = damage.map((message) => ({ kind: 'damaged', message, hints: ['aiteam doctor --fix'], mendable: true }));
  for (const { path, gitDir, prunable, disconnected } of repo.worktrees) {
    if (gitDir === null || prunable || disconnected || !existsSync(path) || readMarker(gitDir) === null) continue;
    const winner = (await hooksPaths(repo.git, path)).at(-1);
    if (damage.length === 0 && winner !== undefined && winner.path !== layout.hooks) {
      findings.push({
        kind: 'overruled', message: `in ${path} git runs the hooks of ${winner.path} instead of aiteam's (${winner.origin})`,
        hints: [`remove core.hooksPath there: git -C ${path} config --show-origin --get-all core.hooksPath`], mendable: false,
      });
    }
    const absent = absentOwnHooks(repo, chain, path);
    if (absent !== null) findings.push(absent);
  }
  const failure = readIfThere(refreshFailureFile(layout.root));
  if (failure !== null) findings.push({ kind: 'refresh-failed', message: `the refresh that commits start failed: ${failure.trim()}`, hints: ['aiteam refresh'], mendable: false });
  return findings;
}

/** Says where the repository's own hooks cannot run in a worktree, because it keeps them in a folder that git does not track. */
export async function warnOfAbsentHooks(context: Context, repo: Repository, layout: Layout, worktree: string): Promise<void> {
  const absent = absentOwnHooks(repo, await ownHooksPath(repo, layout), worktree);
  if (absent !== null) warn(context, absent.message, ...absent.hints);
}

function absentOwnHooks(repo: Repository, chain: string, worktree: string): DispatcherFinding | null {
  if (isAbsolute(chain) || !existsSync(ownHooksFolder(repo, chain)) || existsSync(join(worktree, chain))) return null;
  return {
    kind: 'own-hooks-absent', message: `the repository's own hooks do not run in ${worktree}: ${chain} is not there`,
    hints: ['run there what makes it (for husky: npm install), or name it as a command of setup: in .aiteam.yaml'], mendable: false,
  };
}

/** Tells the hooks where the repository's own ones are, should files that the configuration includes have changed it. */
export async function renewChain(repo: Repository, layout: Layout): Promise<void> {
  const chain = await ownHooksPath(repo, layout);
  if (readHookSettings(layout).chain !== chain) writeHookSettings(layout, { chain });
}

/** What the hooks are told of the policy. */
function policyWord(config: Config | undefined): OverlapWord | undefined {
  return config === undefined ? undefined : strictest(config.overlaps);
}

/** Takes the include and the dispatcher away; git runs the repository's own hooks in every worktree again. */
export async function removeDispatcher(repo: Repository, layout: Layout): Promise<void> {
  await removeInclude(repo.git);
  for (const path of [layout.hooksConfig, layout.hooks, ...['chain', 'policy', 'runtime', 'refresh.pid'].map((name) => join(layout.root, name))]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** The last configured core.hooksPath that is not ours, else the usual folder; a relative one counts from a worktree's top. */
async function ownHooksPath(repo: Repository, layout: Layout): Promise<string> {
  // Settings of the main worktree alone do not reach the others.
  const configured = (await hooksPaths(repo.git)).filter(({ scope, path }) => scope !== 'worktree' && path !== layout.hooks);
  return configured.at(-1)?.path ?? join(repo.commonDir, 'hooks');
}

function ownHooksFolder(repo: Repository, path: string): string {
  return resolve(repo.mainWorktree ?? repo.commonDir, path);
}

function describeDamage(repo: Repository, layout: Layout, wrong: readonly string[]): string[] {
  const missing = wrong.filter((name) => !existsSync(join(layout.hooks, name)));
  const damage: string[] = [];
  if (!existsSync(layout.hooks)) damage.push(`${layout.hooks} is missing`);
  else if (missing.length > 0) damage.push(`missing: ${missing.join(', ')}`);
  if (readIfThere(layout.hooksConfig) !== hooksSettings(layout.hooks)) damage.push(`${layout.hooksConfig} is missing or changed`);
  const include = includeState(repo.commonDir);
  if (include === 'missing') damage.push('the configuration does not include them');
  if (include === 'displaced') damage.push('a later core.hooksPath wins over them');
  return damage;
}

function recordedOwnHooks(repo: Repository, layout: Layout): string {
  return ownHooksFolder(repo, readHookSettings(layout).chain ?? join(repo.commonDir, 'hooks'));
}
