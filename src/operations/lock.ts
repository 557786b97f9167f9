import { refusal, usageError } from '../core/errors.ts';
import type { AgentId } from '../core/ids.ts';
import { presentAgents } from '../core/ledger.ts';
import { planLock, type Lock, type LockPlan } from '../core/locks.ts';
import { mayOverlap, parsePathspec, pathspecText, type Pathspec } from '../core/pathspec.ts';
import { decodeBytes, escapeText, plural, truncate } from '../core/text.ts';
import { unquotePath } from '../core/quoted-path.ts';
import { matchingFiles } from '../git/matching-paths.ts';
import { changeLocks } from '../state/locks.ts';
import { readTouched } from '../state/touched.ts';
import { requireAgent } from './agents.ts';
import { callerName, HUMAN } from './caller.ts';
import { warn, type Context } from './context.ts';
import { alive, lockWords, seeLocks } from './live-locks.ts';
import { pathFromTop } from './paths-here.ts';
import { refreshViews } from './refresh-views.ts';
import { openWorkspace } from './open-workspace.ts';
import { refreshed, type Workspace } from './workspace.ts';

export const DEFAULT_LOCK_MS = 2 * 3_600_000;
const LONGEST_LOCK_MS = 7 * 24 * 3_600_000;

export interface LockInput {
  /** Git pathspecs, from the current folder on. */
  readonly patterns: readonly string[];
  /** For whom, by a person; null for whoever calls. */
  readonly agent: AgentId | null;
  /** Milliseconds, at most seven days. */
  readonly forMs: number;
  readonly why: string | null;
}

export interface Locked {
  readonly given: readonly Lock[];
  /** How many of them the holder had already. */
  readonly renewed: number;
}

/**
 * Gives whoever calls the patterns for itself, all or none; those it has are renewed.
 * Errors: `locked` with the holder, `pattern`, `path-outside`, `lock-time`, `not-your-name`, `agent-unknown`.
 */
export async function lockPaths(context: Context, input: LockInput): Promise<Locked> {
  if (input.forMs <= 0 || input.forMs > LONGEST_LOCK_MS) throw usageError('lock-time', 'a lock lasts more than nothing and at most 7 days', 'aiteam lock PATTERN --for 2h; locking again renews it');
  const workspace = await openWorkspace(context);
  const holder = holderOf(workspace, input.agent);
  const specs = input.patterns.map((typed) => pathspecFromTop(workspace, typed));
  const patterns = await Promise.all(specs.map((spec) => lookedUp(workspace, spec)));
  let plan: LockPlan = { kind: 'held', held: [] };
  await changeLocks(workspace.git, 'aiteam lock', (locks) => {
    const at = Date.now();
    plan = planLock(alive(locks, workspace.ledger), { holder, patterns, why: input.why, at, until: at + input.forMs });
    return plan.kind === 'given' ? plan.locks : null;
  });
  const outcome = plan as LockPlan;
  await seeLocks(workspace);
  if (outcome.kind === 'held') throw heldBy(outcome.held);
  workspace.journal.append({ kind: 'lock', holder, patterns: patterns.map(({ pattern }) => pattern), until: outcome.given[0]?.until ?? 0, why: input.why });
  await refreshViews(refreshed(workspace));
  for (const { pattern, matches } of patterns) if (matches === 0) warn(context, `${escapeText(pattern)} matches no tracked file yet`);
  warnOfChanges(workspace, holder, specs);
  return { given: outcome.given, renewed: outcome.renewed };
}

async function lookedUp({ git, repo }: Workspace, spec: Pathspec): Promise<{ pattern: string; file: boolean; matches: number }> {
  const pattern = pathspecText(spec);
  const files = await matchingFiles(git, repo.currentWorktree ?? git.cwd, pattern);
  return { pattern, file: files.length === 1 && files[0] !== undefined && decodeBytes(files[0]) === spec.path, matches: files.length };
}

/** Who is meant: whoever calls, or for a person the agent that is named. Errors: `not-your-name`, `agent-unknown`. */
export function holderOf(workspace: Workspace, named: AgentId | null): string {
  const caller = callerName(workspace);
  if (named === null || named === caller) return caller;
  if (caller !== HUMAN) throw refusal('not-your-name', `${caller} cannot lock or unlock in the name of ${named}`, 'leave --agent out');
  return requireAgent(workspace.ledger, named).agent;
}

/** What was typed here as a pattern, from the worktree's top on. Errors: `pattern`, `path-outside`. */
export function pathspecFromTop(workspace: Workspace, typed: string): Pathspec {
  const bad = (problem: string): Error => usageError('pattern', `"${truncate(escapeText(typed), 80)}" cannot be locked: ${problem}`, 'a pattern is a path, a folder, or a git pathspec: src/parser.ts, src/, \'src/*.ts\'');
  if (escapeText(typed) !== typed || typed.includes('\ufffd')) throw bad('it holds characters that cannot be shown; put ? in the place of each of their bytes');
  const parsed = parsePathspec(typed);
  if (typeof parsed === 'string') throw bad(parsed);
  const folder = parsed.fromTop ? '' : pathFromTop(workspace, '.');
  if (/[*?[\\]/.test(folder)) throw bad(`this folder's own name means something in a pattern: begin it with :/ and name it from the top`);
  return { magic: parsed.magic, path: parsed.fromTop ? pathFromTop({ ...workspace, context: { ...workspace.context, cwd: workspace.repo.currentWorktree ?? '/' } }, parsed.path === '' ? '.' : parsed.path) : pathFromTop(workspace, parsed.path) };
}

function heldBy(held: readonly Lock[]): Error {
  const [first] = held;
  if (first === undefined) return new Error('a lock was neither given nor refused');
  const names = [...new Set(held.map(({ holder }) => holder))];
  return refusal(
    'locked', held.map((lock) => `${lock.holder} has locked ${escapeText(lock.pattern)} ${escapeText(lockWords(lock))}`).join('; '),
    'aiteam locks shows every lock; try again when it ends, or work on something else', ...names.map((name) => `ask for it: aiteam handoff ${name} --task "unlock ${escapeText(first.pattern)}"`),
  );
}

/** Others may have changed there what has not landed: it stays out while the lock lives. */
function warnOfChanges({ context, ledger, layout }: Workspace, holder: string, specs: readonly Pathspec[]): void {
  for (const { agent } of presentAgents(ledger)) {
    if (agent === holder) continue;
    const paths = (readTouched(layout, agent) ?? []).map((path) => decodeBytes(unquotePath(path))).filter((path) => specs.some((spec) => mayOverlap(spec, { magic: ['literal'], path })));
    const unique = [...new Set(paths)];
    if (unique.length > 0) warn(context, `${agent} has changed ${plural(unique.length, 'path')} of it and not landed: ${unique.slice(0, 3).map(escapeText).join(', ')}${unique.length > 3 ? ', …' : ''}`, `that branch stays out while the lock lives; to let it land first: aiteam unlock`);
  }
}
