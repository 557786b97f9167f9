import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Config, Gate } from '../../core/config.ts';
import type { GateVerdict } from '../../core/events.ts';
import type { CommitId, RepoPath, TreeId } from '../../core/ids.ts';
import { escapeBlock, showPath } from '../../core/text.ts';
import { changedByGate, checkOutGate, GATE_FOLDER, installedFrom } from '../../git/gate-worktree.ts';
import { withoutRepository } from '../../git/git.ts';
import { treeOf } from '../../git/objects.ts';
import { runShell, type CommandOutcome } from '../../process/run-shell.ts';
import { readIfThere, replaceFile } from '../../state/atomic-file.ts';
import { withMutex } from '../../state/mutex.ts';
import { doing } from '../context.ts';
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
}

const TAIL_LINES = 30;

/** Runs the gates on a commit's tree, one after another; the first that does not pass ends it. */
export async function runGates(workspace: Workspace, runId: string, commit: CommitId): Promise<GateResult[]> {
  const { config, layout, git } = workspace;
  if (config.gates.length === 0) return [];
  const tree = await treeOf(git, commit);
  const folder = join(layout.gate, GATE_FOLDER);
  const results: GateResult[] = [];
  for (const gate of config.gates) {
    const key = verdictKey(config, gate, tree);
    if (gate.cache && workspace.ledger.verdicts.get(key)?.verdict === 'passed') {
      results.push({ name: gate.name, command: gate.run, verdict: 'passed', reason: null, cached: true, log: null, tail: [], ms: 0 });
      doing(workspace.context, `gate ${gate.name}: passed before on this tree`);
      continue;
    }
    endLeftGate(layout);
    const isNew = await withMutex(git, 'worktrees', { command: 'aiteam integrate, preparing a gate', waitMs: 60_000 }, () => checkOutGate(git, folder, commit, gate.clean));
    await prepareGate(workspace, folder, commit, isNew || gate.clean);
    doing(workspace.context, `gate ${gate.name}: ${gate.run}`);
    const result = await runGate(workspace, runId, gate, folder);
    workspace.journal.append({ kind: 'gate', key, name: gate.name, tree, verdict: result.verdict, ms: result.ms });
    doing(workspace.context, `gate ${gate.name}: ${result.verdict}${result.reason === null ? '' : ` (${result.reason})`} after ${(result.ms / 1000).toFixed(1)} s`);
    results.push(result);
    if (result.verdict !== 'passed') return results;
  }
  return results;
}

/** Runs the set-up in the gate's worktree unless it was run there for the same commands and the same lock files. */
async function prepareGate(workspace: Workspace, folder: string, commit: CommitId, anew: boolean): Promise<void> {
  const { setup, copy, link } = workspace.config;
  const stamp = join(workspace.layout.gate, 'prepared');
  const wanted = createHash('sha256').update(JSON.stringify([setup, copy, link, await installedFrom(workspace.git, commit)])).digest('hex');
  if (!anew && readIfThere(stamp) === wanted) return;
  rmSync(stamp, { force: true });
  await prepareWorktree(workspace, folder);
  replaceFile(stamp, wanted);
}

async function runGate(workspace: Workspace, runId: string, gate: Gate, folder: string): Promise<GateResult> {
  const logs = join(workspace.layout.gate, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${runId}-${createHash('sha256').update(gate.name).digest('hex').slice(0, 6)}.log`);
  const file = createWriteStream(log);
  let tail = '';
  const before = new Set(await changedByGate(workspace.git, folder));
  const started = Date.now();
  const outcome = await runShell(gate.run, {
    cwd: folder,
    env: { ...withoutAgent(withoutRepository(workspace.context.env)), AITEAM_GATE: gate.name },
    timeoutMs: gate.timeoutMs,
    onStart: (pid) => noteRunning(workspace.layout, pid, gate.run),
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
  const lines = escapeBlock(tail.trimEnd()).split('\n').slice(-TAIL_LINES);
  return { name: gate.name, command: gate.run, verdict, reason, cached: false, log, tail: lines, ms: Date.now() - started };
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
  const facts = [tree, gate.name, gate.run, gate.clean, config.setup, config.copy, config.link];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

/** A gate runs for everybody, so it sees no agent's identity. */
function withoutAgent(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AI_AGENT_|AITEAM_AGENT)/.test(name)));
}
