import { findCulprit, type Finding, type Probe } from '../../core/find-culprit.ts';
import { plural } from '../../core/text.ts';
import type { Checkout } from '../../git/worktrees.ts';
import { doing } from '../context.ts';
import type { Workspace } from '../workspace.ts';
import { answerOf, isAccepted, newGateRun, runGates, type GateResult, type GateRun } from './gate.ts';
import { judgedStack, type JudgedStack, type Left, type StackPlan } from './judged-stack.ts';
import type { RunSnapshot } from './snapshot.ts';
import { buildStack, emptyStack, type Stack } from './stack.ts';

export interface GatedStack {
  /** What may land: every gate was asked on its very tree. */
  readonly stack: Stack;
  readonly leftOut: readonly Left[];
  /** How the gates answered on the top of the stack; where the target itself is red, how they answered on that. */
  readonly gates: readonly GateResult[];
  readonly redBase: boolean;
}

/**
 * The stack that passes the gates. Where the whole does not, the branches that are to blame are found and stay out, and
 * the rest is gated anew; where the target is red by itself, nothing is left to land unless `allowRedBase`.
 */
export async function gatedStack(
  workspace: Workspace, plan: StackPlan, snapshot: RunSnapshot, checkouts: readonly Checkout[], allowRedBase: boolean,
): Promise<GatedStack> {
  const run = newGateRun();
  const red: Left[] = [];
  // How many branches, from the first of the stack on, are known to pass together.
  let good: number | null = null;
  for (;;) {
    const candidates = plan.candidates.filter((candidate) => red.every((left) => left.candidate.agent !== candidate.agent));
    const judged = await judgedStack(workspace, { ...plan, candidates }, snapshot, checkouts);
    const { stack } = judged;
    const leftOut = [...judged.leftOut, ...red];
    if (stack.landed.length === 0) return { stack, leftOut, gates: [], redBase: false };
    const first = await runGates(workspace, run, stack.top);
    if (first.every(isAccepted)) return { stack, leftOut, gates: first, redBase: run.excused.size > 0 };

    doing(workspace.context, `the stack of ${plural(stack.landed.length, 'branch', 'branches')} does not pass: asking again, then looking for what is to blame`);
    const search = await blame(workspace, { run, judged, good });
    if (search.finding.kind === 'flaky') {
      const failed = new Set(first.filter((result) => !isAccepted(result)).map((result) => result.name));
      return { stack, leftOut, gates: search.last.map((result) => ({ ...result, flaky: failed.has(result.name) })), redBase: run.excused.size > 0 };
    }
    if (search.finding.kind === 'red-base') {
      const gates = await runGates(workspace, run, stack.base, true);
      const failed = gates.filter((gate) => gate.verdict === 'failed');
      // What could not run has judged nothing, so there is nothing to compare with.
      const excusable = allowRedBase && gates.every((gate) => gate.verdict !== 'could-not-run') && failed.length > 0;
      if (!excusable) return { stack: emptyStack(stack.base), leftOut: red, gates, redBase: true };
      for (const gate of failed) run.excused.set(gate.name, answerOf(gate));
      good = 0;
      continue;
    }
    const { position, partner } = search.finding;
    const culprit = stack.landed[position];
    const candidate = candidates.find(({ agent }) => agent === culprit?.agent);
    const gate = search.blamedBy;
    if (candidate === undefined || gate === undefined) throw new Error('the search blamed a branch that was not gated');
    doing(workspace.context, `${candidate.agent} stays out: with it, gate ${gate.name} does not pass`);
    red.push({ candidate, why: { kind: 'red-gate', gate, partner: partner === null ? null : (stack.landed[partner]?.agent ?? null) } });
    good = position;
  }
}

interface Search {
  readonly finding: Finding;
  /** How the gates answered the last probe. */
  readonly last: readonly GateResult[];
  /** The gate that the culprit fails. */
  readonly blamedBy: GateResult | undefined;
}

/** Runs the gates on what the search asks for, until it has found something. */
async function blame(workspace: Workspace, red: { run: GateRun; judged: JudgedStack; good: number | null }): Promise<Search> {
  const { stack } = red.judged;
  const steps = findCulprit(stack.landed.length, red.good);
  const failures = new Map<string, GateResult>();
  let last: readonly GateResult[] = [];
  for (let step = steps.next(); ;) {
    if (step.done === true) {
      const finding = step.value;
      const key = finding.kind === 'culprit' ? keyOf(firstOf(finding.position + 1)) : '';
      return { finding, last, blamedBy: failures.get(key) };
    }
    const top = await stacked(red.judged, step.value);
    last = top === null ? [] : await runGates(workspace, red.run, top);
    const failure = last.find((result) => !isAccepted(result));
    if (failure !== undefined) failures.set(keyOf(step.value), failure);
    step = steps.next(top !== null && failure === undefined);
  }
}

/** The commit that has just these branches on the target; null where they do not merge by themselves. */
async function stacked({ stack, input }: JudgedStack, probe: Probe): Promise<Stack['top'] | null> {
  if (probe.every((position, index) => position === index)) return probe.length === 0 ? stack.base : (stack.landed[probe.length - 1]?.commit ?? null);
  const agents = probe.map((position) => stack.landed[position]?.agent);
  const alone = await buildStack({ ...input, candidates: input.candidates.filter(({ agent }) => agents.includes(agent)), sign: false });
  return alone.landed.length === probe.length ? alone.top : null;
}

function firstOf(count: number): Probe {
  return Array.from({ length: count }, (_, index) => index);
}

function keyOf(probe: Probe): string {
  return probe.join(' ');
}
