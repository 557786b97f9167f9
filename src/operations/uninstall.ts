import { existsSync, lstatSync, readlinkSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CONFIG_FILE, loadConfig } from '../config/load.ts';
import { DEFAULT_CONFIG, type Config } from '../core/config.ts';
import { AiteamError, refusal } from '../core/errors.ts';
import type { AgentId, RefName } from '../core/ids.ts';
import { presentAgents } from '../core/ledger.ts';
import { plural } from '../core/text.ts';
import { GATE_FOLDER } from '../git/gate-worktree.ts';
import { changeRefs, listRefs } from '../git/refs.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { removeExcludes } from '../state/exclude-file.ts';
import { readIntents } from '../state/intents.ts';
import { readJournal } from '../state/journal.ts';
import { layoutOf, MARKER_FILE, VIEWS_FOLDER, type Layout } from '../state/layout.ts';
import { withMutex } from '../state/mutex.ts';
import { readTrash } from '../state/trash.ts';
import { removeViews } from '../state/views/remove-views.ts';
import { revoke } from './approval.ts';
import type { Context } from './context.ts';
import { removeDispatcher } from './install-hooks.ts';
import { readIntent } from './integrate/intent.ts';
import { requireLeave } from './leave.ts';
import { requireNoWindow } from './windows/windows.ts';

export interface Uninstalled {
  /** What agents worked on stays: branches and worktrees as they are. */
  readonly agents: readonly { readonly agent: AgentId; readonly branch: string; readonly worktree: string }[];
  /** Files that somebody else put into the folder of views. */
  readonly left: readonly string[];
  /** Whether the configuration is still in the checkout. */
  readonly configFile: boolean;
}

const OUR_REFS = 'refs/aiteam/';
const OUR_LOCKS = 'refs/aiteam/lock/';

/**
 * Takes everything of ours out of the repository; agents' branches and worktrees stay.
 * Errors: `not-initialised`, `agents-may-not`, `window-open`, `half-done`, `work-would-be-lost` unless `force`, `busy`.
 */
export async function uninstall(context: Context, force: boolean): Promise<Uninstalled> {
  const repo = await openRepository(context.cwd, context.env);
  const layout = layoutOf(repo.commonDir, repo.mainWorktree);
  if (!existsSync(layout.root)) throw refusal('not-initialised', 'there is nothing of aiteam in this repository');
  const config = await readableConfig(repo);
  requireLeave({ context, repo, config }, 'uninstall');
  await requireNoWindow({ context, repo }, null);
  const options = { command: 'aiteam uninstall', waitMs: 10_000 };
  const result = await withMutex(repo.git, 'coordinator', options, () => withMutex(repo.git, 'worktrees', options, async () => {
    refuseHalfDone(layout);
    if (!force) await refuseLoss(repo, layout);
    return takeOut({ context, repo, layout, config });
  }));
  await removeRefs(repo, OUR_REFS);
  for (const folder of ['refs', 'logs/refs']) rmSync(join(repo.commonDir, folder, 'aiteam'), { recursive: true, force: true });
  return result;
}

/** A configuration with a mistake in it must not keep anybody from leaving. */
async function readableConfig(repo: Repository): Promise<Config> {
  try {
    return await loadConfig(repo);
  } catch (error) {
    if (error instanceof AiteamError) return DEFAULT_CONFIG;
    throw error;
  }
}

function refuseHalfDone(layout: Layout): void {
  if (readIntent(layout) !== null) throw refusal('half-done', 'a landing was cut short and is not complete', 'aiteam integrate completes it');
  if (readIntents(layout).length > 0) throw refusal('half-done', 'adding or removing a worktree was cut short', 'aiteam worktree list completes it');
}

async function refuseLoss(repo: Repository, layout: Layout): Promise<void> {
  const trash = readTrash(layout).length;
  const heads = repo.worktrees.flatMap((worktree) => worktree.head ?? []);
  const kept = await repo.git.text(['rev-list', '--count', `--glob=${OUR_REFS}*`, '--not', '--branches', '--tags', '--remotes', ...heads]);
  const losses = [
    ...(trash === 0 ? [] : [`${plural(trash, 'entry', 'entries')} of the trash`]),
    ...(kept === '0' ? [] : [`${plural(Number(kept), 'commit')} that nothing but ${OUR_REFS} keeps`]),
  ];
  if (losses.length === 0) return;
  throw refusal(
    'work-would-be-lost', `this would lose ${losses.join(' and ')}`,
    'aiteam trash list, and aiteam trash restore ID for what is still wanted', `git log --glob=${OUR_REFS}* --not --branches --tags --remotes`, 'lose it: aiteam uninstall --force',
  );
}

interface Place {
  readonly context: Context;
  readonly repo: Repository;
  readonly layout: Layout;
  readonly config: Config;
}

async function takeOut(place: Place): Promise<Uninstalled> {
  const { repo, layout } = place;
  const agents = presentAgents(readJournal(layout).ledger).map(({ agent, branch, worktree }) => ({ agent, branch, worktree }));
  await removeDispatcher(repo, layout);
  for (const { gitDir, path } of repo.worktrees) {
    if (gitDir === null) continue;
    for (const file of [MARKER_FILE, 'aiteam-template']) rmSync(join(gitDir, file), { force: true });
    removeLink(join(path, VIEWS_FOLDER), path, layout);
  }
  const gate = join(layout.gate, GATE_FOLDER);
  if (existsSync(gate)) await repo.git.run(['worktree', 'remove', '--force', '--force', gate], { accept: [0, 128] });
  const left = removeViews(layout, await trackedViews(repo));
  removeExcludes(repo.commonDir);
  revoke(place);
  await removeRefs(repo, OUR_REFS, OUR_LOCKS);
  rmSync(layout.root, { recursive: true, force: true, maxRetries: 5 });
  return { agents, left, configFile: repo.mainWorktree !== null && existsSync(join(repo.mainWorktree, CONFIG_FILE)) };
}

/** Removes a worktree's link to the views; whatever else is there is not ours. */
function removeLink(link: string, worktree: string, layout: Layout): void {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && resolve(worktree, readlinkSync(link)) === layout.views) rmSync(link);
}

async function trackedViews(repo: Repository): Promise<ReadonlySet<string>> {
  if (repo.mainWorktree === null) return new Set();
  const paths = (await repo.git.bytes(['ls-files', '-z', '--', VIEWS_FOLDER])).split('\0');
  return new Set(paths.map((path) => path.slice(VIEWS_FOLDER.length + 1)));
}

async function removeRefs(repo: Repository, prefix: string, except?: string): Promise<void> {
  const names = (await listRefs(repo.git, prefix)).map(({ name }) => name).filter((name: RefName) => except === undefined || !name.startsWith(except));
  if (names.length > 0) await changeRefs(repo.git, names.map((ref) => ({ ref, from: 'any' as const, to: null })), 'aiteam: uninstalled');
}
