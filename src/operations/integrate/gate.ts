import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Config, Gate } from '../../core/config.ts';
import type { GateVerdict } from '../../core/events.ts';
import type { CommitId, TreeId } from '../../core/ids.ts';
import { escapeBlock } from '../../core/text.ts';
import { changedByGate, checkOutGate, GATE_FOLDER } from '../../git/gate-worktree.ts';
import { withoutRepository } from '../../git/git.ts';
import { treeOf } from '../../git/objects.ts';
import { runShell, type CommandOutcome } from '../../process/run-shell.ts';
import { doing } from '../context.ts';
import { prepareWorktree } from '../prepare-worktree.ts';
import type { Workspace } from '../workspace.ts';

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
  let ready = false;
  for (const gate of config.gates) {
    const key = verdictKey(config, gate, tree);
    if (gate.cache && workspace.ledger.verdicts.get(key)?.verdict === 'passed') {
      results.push({ name: gate.name, command: gate.run, verdict: 'passed', reason: null, cached: true, log: null, tail: [], ms: 0 });
      doing(workspace.context, `gate ${gate.name}: passed before on this tree`);
      continue;
    }
    const isNew = await checkOutGate(git, folder, commit, gate.clean);
    if (isNew || (gate.clean && !ready)) await prepareWorktree(workspace, folder);
    ready = true;
    doing(workspace.context, `gate ${gate.name}: ${gate.run}`);
    const result = await runGate(workspace, runId, gate, folder);
    workspace.journal.append({ kind: 'gate', key, name: gate.name, tree, verdict: result.verdict, ms: result.ms });
    doing(workspace.context, `gate ${gate.name}: ${result.verdict}${result.reason === null ? '' : ` (${result.reason})`} after ${(result.ms / 1000).toFixed(1)} s`);
    results.push(result);
    if (result.verdict !== 'passed') return results;
  }
  return results;
}

async function runGate(workspace: Workspace, runId: string, gate: Gate, folder: string): Promise<GateResult> {
  const logs = join(workspace.layout.gate, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${runId}-${createHash('sha256').update(gate.name).digest('hex').slice(0, 6)}.log`);
  const file = createWriteStream(log);
  let tail = '';
  const started = Date.now();
  const outcome = await runShell(gate.run, {
    cwd: folder,
    env: { ...withoutAgent(withoutRepository(workspace.context.env)), AITEAM_GATE: gate.name },
    timeoutMs: gate.timeoutMs,
    onOutput: (chunk) => {
      file.write(chunk);
      tail = (tail + chunk.toString('utf8')).slice(-16_384);
    },
  });
  file.end();
  await once(file, 'close');
  const changed = await changedByGate(workspace.git, folder);
  const { verdict, reason } = judge(outcome, gate, changed.length);
  const lines = escapeBlock(tail.trimEnd()).split('\n').slice(-TAIL_LINES);
  return { name: gate.name, command: gate.run, verdict, reason, cached: false, log, tail: lines, ms: Date.now() - started };
}

/** Only exit 0 with no tracked file changed is a pass; a gate that could not run has judged nothing. */
function judge(outcome: CommandOutcome, gate: Gate, changedFiles: number): { verdict: GateVerdict; reason: string | null } {
  switch (outcome.kind) {
    case 'timed-out': return { verdict: 'could-not-run', reason: `time limit of ${gate.timeoutMs / 1000} s` };
    case 'signalled': return { verdict: 'could-not-run', reason: `signal ${outcome.signal}` };
    case 'not-started': return { verdict: 'could-not-run', reason: outcome.reason };
    case 'exited':
      if (outcome.exitCode === 126) return { verdict: 'could-not-run', reason: 'exit 126, not executable' };
      if (outcome.exitCode === 127) return { verdict: 'could-not-run', reason: 'exit 127, command not found' };
      if (outcome.exitCode > 128 && outcome.exitCode <= 128 + 64) return { verdict: 'could-not-run', reason: `exit ${outcome.exitCode}, ended by a signal` };
      if (outcome.exitCode !== 0) return { verdict: 'failed', reason: `exit ${outcome.exitCode}` };
      if (changedFiles > 0) return { verdict: 'failed', reason: `it left ${changedFiles} tracked files changed` };
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
