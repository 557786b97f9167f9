import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Config, Gate } from '../../core/config.ts';
import type { GateVerdict } from '../../core/events.ts';
import { AiteamError } from '../../core/errors.ts';
import type { CommitId, RepoPath, TreeId } from '../../core/ids.ts';
import { placesOf } from '../../core/slots.ts';
import { escapeBlock, showPath } from '../../core/text.ts';
import { changedByGate, checkOutGate, GATE_FOLDER, installedFrom, restoreTracked } from '../../git/gate-worktree.ts';
import { withoutRepository } from '../../git/git.ts';
import { treeOf } from '../../git/objects.ts';
import { failpoint } from '../../process/failpoint.ts';
import { runShell, type CommandOutcome } from '../../process/run-shell.ts';
import { readIfThere, replaceFile } from '../../state/atomic-file.ts';
import { withMutex } from '../../state/mutex.ts';
import { keylessEnvironment } from '../../launch/environment.ts';
import { doing } from '../context.ts';
import { keyNames } from '../key-names.ts';
import { identity } from '../run/here.ts';
import { withOwnSlots } from '../run/known-slots.ts';
import { withSlot, type InSlot } from '../run/slot.ts';
import { prepareWorktree } from '../prepare-worktree.ts';
import type { Workspace } from '../workspace.ts';
import { endLeftGate, forgetRunning, noteRunning } from './left-gate.ts';

/** How one gate answered on one tree. */
export interface GateResult {
  readonly name: string;
  readonly command: string;
  readonly verdict: GateVerdict;
  /** Why, where it is not a pass: `exit 1`, `signal SIGKILL`, `time limit of 30 s`. */
  readonly reason: string | null;
  /** From the cache: the same command passed on the same tree before. */
  readonly cached: boolean;
  /** The whole output; null where it came from the cache. */
  readonly log: string | null;
  /** The last lines of the output, escaped. */
  readonly tail: readonly string[];
  readonly ms: number;
  /** It failed when it was asked first on this tree, and passed when it was asked again. */
  readonly flaky: boolean;
  /** It answers on the target itself as it does here. */
  readonly excused: boolean;
}

/** The gate runs of one `integrate`. */
export interface GateRun {
  readonly id: string;
  /** What passed in this run, by tree and command. */
  readonly passed: Set<string>;
  /** How the gates answer that are red on the target itself, where branches may land all the same; by name. */
  readonly excused: Map<string, string>;
  /** How many gates have been run. */
  count: number;
}

export function newGateRun(): GateRun {
  return { id: randomBytes(4).toString('hex'), passed: new Set(), excused: new Map(), count: 0 };
}

/** Whether nothing is against landing this: passed, or red as the target is where that is allowed. */
export function isAccepted(result: GateResult): boolean {
  return result.verdict === 'passed' || result.excused;
}

/** What a verdict is compared by: a gate that fails in another way than on the target has found something new. */
export function answerOf(result: GateResult): string {
  return `${result.verdict} ${result.reason ?? ''}`;
}

const TAIL_LINES = 30;
const LOGS_KEPT = 200;

/** Runs the gates on a commit's tree, one after another; the first that is not accepted ends it unless `all` are wanted. */
export async function runGates(workspace: Workspace, run: GateRun, commit: CommitId, all = false): Promise<GateResult[]> {
  const { config, layout, git } = workspace;
  if (config.gates.length === 0) return [];
  if (config.gates.some(({ slot }) => slot !== null)) {
    const { slots } = await withOwnSlots(config, workspace.context.env);
    for (const { slot } of config.gates) if (slot !== null) placesOf(slots, slot);
  }
  const tree = await treeOf(git, commit);
  const folder = join(layout.gate, GATE_FOLDER);
  const results: GateResult[] = [];
  for (const gate of config.gates) {
    const key = verdictKey(config, gate, tree);
    if (gate.cache && (run.passed.has(key) || workspace.ledger.verdicts.get(key)?.verdict === 'passed')) {
      results.push({ ...NOT_RUN, name: gate.name, command: gate.run, verdict: 'passed', cached: true });
      doing(workspace.context, `gate ${gate.name}: passed before on this tree`);
      continue;
    }
    endLeftGate(layout);
    const isNew = await withMutex(git, 'worktrees', { command: 'aiteam integrate, preparing a gate', waitMs: 60_000 }, () => checkOutGate(git, folder, commit, gate.clean));
    failpoint('gate-worktree-ready');
    const unprepared = await prepareGate(workspace, folder, commit, isNew || gate.clean);
    if (unprepared !== null) return [...results, unprepared];
    doing(workspace.context, `gate ${gate.name}: ${gate.run}`);
    const ran = await runInSlot(workspace, run, gate, folder);
    const result = { ...ran, excused: run.excused.get(gate.name) === answerOf(ran) };
    workspace.journal.append({ kind: 'gate', key, name: gate.name, tree, verdict: result.verdict, ms: result.ms });
    doing(workspace.context, `gate ${gate.name}: ${result.verdict}${result.reason === null ? '' : ` (${result.reason})`} after ${(result.ms / 1000).toFixed(1)} s`);
    results.push(result);
    if (result.verdict === 'passed') run.passed.add(key);
    if (!isAccepted(result) && !all) return results;
  }
  return results;
}

/**
 * Runs the set-up in the gate's worktree unless it was run there for the same commands and the same lock files, and restores
 * the tracked files that it wrote. Where it fails, the answer of a gate by the name of `setup`: a branch may be to blame for
 * that too.
 */
async function prepareGate(workspace: Workspace, folder: string, commit: CommitId, anew: boolean): Promise<GateResult | null> {
  const { setup, copy, link } = workspace.config;
  const stamp = join(workspace.layout.gate, 'prepared');
  const wanted = createHash('sha256').update(JSON.stringify([setup, copy, link, await installedFrom(workspace.git, commit)])).digest('hex');
  if (!anew && readIfThere(stamp) === wanted) return null;
  rmSync(stamp, { force: true });
  const started = Date.now();
  try {
    await prepareWorktree(workspace, folder);
  } catch (error) {
    if (!(error instanceof AiteamError) || error.code !== 'setup-failed') throw error;
    return { ...NOT_RUN, name: 'setup', command: error.hints[0] ?? '', verdict: 'could-not-run', reason: error.message, ms: Date.now() - started };
  }
  // A gate judges what was committed: what the set-up wrote over it is not on the target afterwards.
  await restoreTracked(workspace.git, folder, commit);
  replaceFile(stamp, wanted);
  return null;
}

const NOT_RUN = { reason: null, cached: false, log: null, tail: [], ms: 0, flaky: false, excused: false } as const;

/** Waiting for the slot is not part of the gate's time. */
async function runInSlot(workspace: Workspace, run: GateRun, gate: Gate, folder: string): Promise<GateResult> {
  if (gate.slot === null) return runGate(workspace, run, gate, folder, { env: {}, runs: () => undefined });
  const { context, repo } = workspace;
  const here = { context, config: await withOwnSlots(workspace.config, context.env), ...identity(context, repo) };
  return withSlot(here, { slot: gate.slot, command: `gate ${gate.name}` }, (slot) => runGate(workspace, run, gate, folder, slot));
}

async function runGate(workspace: Workspace, run: GateRun, gate: Gate, folder: string, slot: InSlot): Promise<GateResult> {
  const logs = join(workspace.layout.gate, 'logs');
  mkdirSync(logs, { recursive: true });
  dropOldLogs(logs);
  run.count += 1;
  const log = join(logs, `${run.id}-${String(run.count).padStart(3, '0')}.log`);
  const file = createWriteStream(log);
  let tail = '';
  const before = new Set(await changedByGate(workspace.git, folder));
  const keys = await keyNames(workspace);
  const started = Date.now();
  const outcome = await runShell(gate.run, {
    cwd: folder,
    env: { ...withoutAgent(withoutRepository(keylessEnvironment(workspace.context.env, keys, gate.keys))), AITEAM_GATE: gate.name, ...slot.env },
    timeoutMs: gate.timeoutMs,
    endGroup: true,
    onStart: (pid) => {
      noteRunning(workspace.layout, pid, gate.run);
      slot.runs(pid);
      failpoint('gate-running');
    },
    onOutput: (chunk) => {
      file.write(chunk);
      tail = (tail + chunk.toString('utf8')).slice(-16_384);
    },
  });
  forgetRunning(workspace.layout);
  file.end();
  await once(file, 'close');
  const changed = (await changedByGate(workspace.git, folder)).filter((path) => !before.has(path));
  const { verdict, reason } = judge(outcome, gate, changed);
  const lines = tail.trim() === '' ? [] : escapeBlock(tail.trimEnd()).split('\n').slice(-TAIL_LINES);
  return { ...NOT_RUN, name: gate.name, command: gate.run, verdict, reason, log, tail: lines, ms: Date.now() - started };
}

/** Keeps the newest logs; their names tell nothing of their age. */
function dropOldLogs(folder: string): void {
  const logs = readdirSync(folder).map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs })).sort((a, b) => b.at - a.at);
  for (const { path } of logs.slice(LOGS_KEPT)) rmSync(path, { force: true });
}

/** Only exit 0 with no tracked file changed is a pass; a gate that could not run has judged nothing. */
function judge(outcome: CommandOutcome, gate: Gate, changed: readonly RepoPath[]): { verdict: GateVerdict; reason: string | null } {
  switch (outcome.kind) {
    case 'timed-out': return { verdict: 'could-not-run', reason: `time limit of ${gate.timeoutMs / 1000} s` };
    case 'signalled': return { verdict: 'could-not-run', reason: `signal ${outcome.signal}` };
    case 'not-started': return { verdict: 'could-not-run', reason: outcome.reason };
    case 'exited':
      if (outcome.exitCode === 126) return { verdict: 'could-not-run', reason: 'exit 126, not executable' };
      if (outcome.exitCode === 127) return { verdict: 'could-not-run', reason: 'exit 127, command not found' };
      if (outcome.exitCode > 128 && outcome.exitCode <= 128 + 64) return { verdict: 'could-not-run', reason: `exit ${outcome.exitCode}, ended by a signal` };
      if (outcome.exitCode !== 0) return { verdict: 'failed', reason: `exit ${outcome.exitCode}` };
      if (changed.length > 0) return { verdict: 'failed', reason: `it left tracked files changed: ${changed.slice(0, 5).map(showPath).join(', ')}` };
      return { verdict: 'passed', reason: null };
  }
}

/** A verdict holds for this tree, this command and this preparation only. */
function verdictKey(config: Config, gate: Gate, tree: TreeId): string {
  const facts = [tree, gate.name, gate.run, gate.clean, gate.keys, config.setup, config.copy, config.link];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

/** A gate runs for everybody, so it sees no agent's identity. */
function withoutAgent(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AI_AGENT_|AITEAM_AGENT)/.test(name)));
}
