import type { OutReason } from '../../core/candidates.ts';
import type { AgentId } from '../../core/ids.ts';
import { placeOf } from '../../core/place.ts';
import type { SubmoduleTrouble } from '../../core/submodule-trouble.ts';
import { decodeBytes, escapeText, plural, shellWord, showPath, truncate } from '../../core/text.ts';
import type { AbortResult } from '../../operations/integrate/abort.ts';
import type { GateResult } from '../../operations/integrate/gate.ts';
import type { IntegrateResult } from '../../operations/integrate/attempt.ts';
import type { LeftOut } from '../../operations/integrate/judged-stack.ts';
import type { Loss } from '../../operations/integrate/lost-lines.ts';
import { lockWords } from '../../operations/live-locks.ts';
import { beyondJson, renderBeyond } from './beyond.ts';
import { gateText } from './gate.ts';
import { lockJson } from './lock.ts';
import type { Style } from './style.ts';

/** 3 where something that was tried is not on the target. */
export function integrateExitCode(result: IntegrateResult): number {
  return result.leftOut.length > 0 || result.redBase ? 3 : 0;
}

export function renderIntegrate(result: IntegrateResult, style: Style): string {
  const lines: string[] = [];
  const short = (id: string): string => id.slice(0, 8);
  for (const landed of result.landed) {
    const words = result.dryRun ? 'would land' : 'landed';
    const settled = landed.settled === undefined ? '' : `, ${plural(landed.settled.length, 'conflict')} settled by ${landed.settled.length === 1 ? 'a recorded resolution' : 'recorded resolutions'}: ${landed.settled.slice(0, CONFLICTS_SHOWN).join(', ')}${landed.settled.length > CONFLICTS_SHOWN ? ', …' : ''}`;
    lines.push(`${style.green(words)}  ${style.bold(landed.agent)} (${escapeText(landed.branch)} at ${short(landed.tip)})${settled}`);
    for (const beyond of result.beyond.get(landed.agent) ?? []) lines.push(...renderBeyond(beyond, style).map((line) => `    ${line}`));
  }
  for (const conflict of result.lapsed) lines.push(`${style.yellow('lapsed')}  the resolution of ${conflict.id} (${conflict.agent}, ${placeOf(conflict)}): its lines have changed since`);
  for (const { candidate, why } of result.leftOut) {
    lines.push(`${style.red('left out')}  ${style.bold(candidate.agent)} (${escapeText(candidate.branch)}): ${leftOutText(why, result.target)}`);
    lines.push(...leftOutDetails(why, style));
  }
  const red = result.gates.filter((gate) => gate.verdict !== 'passed');
  if (red.length > 0) lines.push(`${style.red('red already')}  ${escapeText(result.target)} does not pass by itself: no branch is to blame`);
  for (const gate of red) lines.push(...gateText(gate, style));
  const flaky = result.gates.filter((gate) => gate.flaky);
  if (flaky.length > 0) lines.push(`${style.yellow('flaky')}  ${flaky.map((gate) => escapeText(gate.name)).join(', ')}: failed at first and passed when asked again on the same tree`);
  for (const { agent, branch, reason } of result.notTried) {
    if (reason.kind === 'nothing-to-land') continue;
    lines.push(`${style.dim('not tried')} ${agent} (${escapeText(branch)}): ${outText(reason)}`);
    lines.push(...outSteps(result, { agent, branch, reason }).map((step) => `    ${style.cyan('next')}: ${step}`));
  }
  lines.push('', summary(result, red, style));
  if (result.pushed !== null) lines.push(`pushed to ${escapeText(result.pushed.remote)}: ${escapeText(result.target)} is at ${result.pushed.new.slice(0, 8)} there`);
  const idle = result.notTried.filter(({ reason }) => reason.kind === 'nothing-to-land').map(({ agent }) => agent);
  if (idle.length > 0 && !result.dryRun) lines.push(style.dim(`nothing to land from ${idle.join(', ')}`));
  lines.push(...nextSteps(result, red).map((step) => `${style.cyan('next')}: ${step}`));
  return `${lines.join('\n').replace(/^\n/, '')}\n`;
}

export function renderAbort(result: AbortResult): string {
  if (result.run === null) return 'there is no integrate to abort\n';
  const who = result.run.pid === null ? 'the integrate' : `the integrate of process ${result.run.pid}`;
  const ended = `${who} ${result.run.wasAlive ? 'was ended' : 'had been killed'}`;
  switch (result.landing) {
    case 'nothing': return `${ended}\n`;
    case 'taken-back': return `${ended}: what it had begun to land was taken back\n`;
    case 'left': return `${ended}: what it had begun to land is given up, and part of it lies uncommitted in a checkout\n`;
    case 'unknown': return `${ended}: what it had begun to land is given up here; whether the remote has it is not known\n`;
    case 'completed': return `${ended} after the target had moved: that landing was completed\n`;
  }
}

function summary(result: IntegrateResult, red: readonly GateResult[], style: Style): string {
  const target = style.bold(escapeText(result.target));
  const passed = result.gates.filter((gate) => gate.verdict === 'passed').length;
  const gates = result.gatesConfigured
    ? `${passed === result.gates.length ? plural(passed, 'gate') : `${passed} of ${plural(result.gates.length, 'gate')}`} passed${result.gates.some((gate) => gate.cached) ? ' (from cache where the tree was tested before)' : ''}`
    : 'no gate is configured: nothing was tested';
  if (result.landing !== null) return `${target} moved from ${result.landing.old.slice(0, 8)} to ${result.landing.new.slice(0, 8)} (${result.landing.id}); ${gates}`;
  if (result.dryRun) return `dry run: ${target} stays where it is; ${dryGates(result)}`;
  if (red.length > 0) return `${target} did not move: what lands must pass every gate`;
  return result.leftOut.length > 0 ? `${target} did not move` : `nothing to land on ${target}`;
}

function dryGates({ gatesConfigured, gatesApproved }: IntegrateResult): string {
  if (!gatesConfigured) return 'no gate is configured: nothing would be tested';
  return gatesApproved ? 'the gates were not run' : 'the gates were not run, and nobody has approved them';
}

function nextSteps(result: IntegrateResult, red: readonly GateResult[]): string[] {
  const steps: string[] = result.dryRun && result.gatesConfigured && !result.gatesApproved ? ['aiteam trust'] : [];
  // With a red gate nothing has landed that a branch could be in conflict with.
  const conflicting = red.length > 0 || result.dryRun ? [] : result.leftOut.flatMap(({ candidate, why }) => (why.kind === 'conflict' ? [{ agent: candidate.agent, ids: unsettledFirst(why) }] : []));
  const [id] = conflicting.find(({ agent }) => result.places.get(agent)?.merging !== true)?.ids ?? [];
  if (id !== undefined) steps.push(`aiteam conflicts show ${id}`, `aiteam conflicts resolve ${id}`);
  for (const { agent } of conflicting) if (result.places.get(agent)?.merging === true) steps.push(`end the merge in ${agent}'s worktree: ${gitIn(result, agent)} status, then: ${result.again}`);
  for (const { candidate: { agent }, why } of result.leftOut) if (why.kind === 'unsettled-markers') steps.push(`settle the markers and commit: ${gitIn(result, agent)} commit -a, then: ${result.again}`);
  for (const { candidate: { agent }, why } of result.leftOut) if (why.kind === 'loss') steps.push(`bring those lines back and commit, or where they are meant to go: ${result.again} ${agent} --accept-loss`);
  if (result.leftOut.some(({ why }) => why.kind === 'in-the-way')) steps.push(`commit or move those files in your checkout, then: ${result.again}`);
  if (result.leftOut.some(({ why }) => why.kind === 'locked')) steps.push(`wait until the lock ends, or take it back (aiteam locks, aiteam unlock PATTERN), then: ${result.again}`);
  if (result.leftOut.some(({ why }) => why.kind === 'submodule')) steps.push(`put those submodules right in your checkout, then: ${result.again}`);
  if (result.leftOut.some(({ why }) => why.kind === 'red-gate')) steps.push(`its agent has a handoff that says so; once it has committed a remedy: ${result.again}`);
  if (red.some((gate) => gate.verdict === 'failed') && result.landing === null) steps.push(`mend ${escapeText(result.target)} first, or land what adds no failure of its own: ${result.again} --allow-red-base`);
  for (const driver of new Set(result.leftOut.flatMap(({ why }) => (why.kind === 'needs-driver' ? driversOf(why.uses) : [])))) {
    steps.push(`to let the driver run, put it below merge_drivers: in .aiteam.yaml with the command of git config merge.${escapeText(driver)}.driver, then: aiteam trust`);
  }
  if (result.leftOut.some(({ why }) => why.kind === 'unrelated')) steps.push(`if their histories are meant to become one: ${result.again} --allow-unrelated`);
  if (red.some((gate) => gate.verdict === 'could-not-run')) steps.push('see that the gate\'s command can run here, and within its time limit (timeout: in .aiteam.yaml)');
  return steps;
}

/** The ids of a branch's conflicts, without those that are settled, unless all are and cannot be so together. */
function unsettledFirst({ conflicts, settled }: LeftOut & { readonly kind: 'conflict' }): string[] {
  const ids = conflicts.map(({ id }) => id);
  const open = ids.filter((id) => !settled.includes(id));
  return open.length === 0 ? ids : open;
}

function leftOutText(why: LeftOut, target: string): string {
  switch (why.kind) {
    case 'conflict': return `${plural(why.conflicts.length, 'conflict')}${why.settled.length === 0 ? '' : `, ${why.settled.length} of them settled`}`;
    case 'unsettled-markers': return 'it has committed conflict markers';
    case 'loss': return `where it settled a conflict it dropped ${plural(why.losses.reduce((sum, { lines }) => sum + lines.length, 0), 'line')} of ${escapeText(target)} beside it`;
    case 'red-gate': return `gate ${escapeText(why.gate.name)} ${why.gate.verdict === 'failed' ? 'fails' : 'cannot run'} with it${why.partner === null ? '' : ` together with ${why.partner}; each passes without the other`}`;
    case 'in-the-way': return `it touches ${plural(why.paths.length, 'path')} that you have changed where ${escapeText(target)} is checked out`;
    case 'submodule': return `it moves ${plural(why.submodules.length, 'submodule')} that cannot follow where ${escapeText(target)} is checked out`;
    case 'locked': return `it changes what is locked by ${[...new Set(why.broken.map(({ lock }) => escapeText(lock.holder)))].join(', ')}`;
    case 'views-touched': return 'it holds files below .ai-coordinator/, which is never part of a branch';
    case 'tree-broken': return 'git cannot merge it: it makes a tree with entries that have no object';
    case 'link-outside': return 'it brings symbolic links that lead out of the tree';
    case 'path-twins': return 'it brings paths that differ from others only by case or Unicode form';
    case 'needs-driver': return `git merges it with ${plural(driversOf(why.uses).length, 'merge driver')} that may not run, or could not`;
    case 'unrelated': return `it has no commit in common with ${escapeText(target)}`;
    case 'not-fast-forward': return `${escapeText(target)} cannot be fast-forwarded to it`;
  }
}

function driversOf(uses: readonly { readonly driver: string }[]): string[] {
  return [...new Set(uses.map(({ driver }) => driver))];
}

function leftOutDetails(why: LeftOut, style: Style): string[] {
  switch (why.kind) {
    case 'conflict': return [...why.conflicts.slice(0, CONFLICTS_SHOWN).map((conflict) => `    ${style.yellow(conflict.id)}  ${placeOf(conflict)}  ${escapeText(conflict.type)}${why.settled.includes(conflict.id) ? '  settled' : ''}`), ...moreOf(why.conflicts.length - CONFLICTS_SHOWN)];
    case 'unsettled-markers': return why.places.map(({ path, line }) => `    ${showPath(path)}:${line}`);
    case 'loss': return why.losses.flatMap(lossText);
    case 'red-gate': return gateText(why.gate, style).map((line) => `    ${line}`);
    case 'locked': return why.broken.flatMap(({ lock, paths }) => paths.map((path) => `    ${showPath(path)}: ${escapeText(lock.holder)} has locked ${escapeText(lock.pattern)} ${escapeText(lockWords(lock))}`));
    case 'in-the-way':
    case 'tree-broken':
    case 'views-touched': return why.paths.map((path) => `    ${showPath(path)}`);
    case 'submodule': return why.submodules.map((submodule) => `    ${showPath(submodule.path)}: ${troubleText(submodule.trouble)}`);
    case 'link-outside': return why.links.map(({ path, target }) => `    ${showPath(path)} -> ${showPath(target)}`);
    case 'path-twins': return why.twins.map(({ path, other }) => `    ${showPath(path)} beside ${showPath(other)}`);
    case 'needs-driver': return why.uses.map(({ driver, path }) => `    ${showPath(path)} (merge=${escapeText(driver)})`);
    case 'unrelated':
    case 'not-fast-forward': return [];
  }
}

function moreOf(more: number): string[] {
  return more > 0 ? [`    and ${plural(more, 'more conflict')}`] : [];
}

const CONFLICTS_SHOWN = 10;

/** The path, the merge, and the first of the lines. */
function lossText({ path, merge, lines }: Loss): string[] {
  const shown = lines.slice(0, LINES_SHOWN).map((line) => `      -${escapeText(truncate(decodeBytes(line.replace(/\r?\n$/, '')), LINE_SHOWN))}`);
  const more = lines.length - shown.length;
  return [`    ${showPath(path)} (merged in ${merge.slice(0, 8)})`, ...shown, ...(more > 0 ? [`      and ${plural(more, 'more line')}`] : [])];
}

const LINES_SHOWN = 5;
const LINE_SHOWN = 100;

function troubleText(trouble: SubmoduleTrouble): string {
  switch (trouble.kind) {
    case 'changed': return 'it has changes, or is at another commit than the one recorded';
    case 'commit-missing': return `it lacks commit ${trouble.commit.slice(0, 8)}: fetch there`;
    case 'on-branch': return 'it has a branch checked out';
    case 'removed': return 'it would have to go, and git leaves its files behind';
  }
}

function outText(reason: OutReason): string {
  switch (reason.kind) {
    case 'nothing-to-land': return 'nothing to land';
    case 'branch-missing': return 'the branch is gone';
    case 'not-ready': return 'not marked ready, others are';
    case 'elsewhere': return `its worktree is on ${escapeText(reason.branch)}`;
    case 'detached': return 'its worktree is on no branch (detached)';
    case 'under-way': return `its worktree is in the middle of ${reason.operation}`;
    case 'undone': return `its landing ${escapeText(reason.landing)} was undone`;
    case 'landed-there': return `it is on ${escapeText(reason.remote)} already, and the branch here is behind that`;
    case 'on-undone': return `it builds on ${reason.landings.map(escapeText).join(', ')}, which was undone`;
    case 'uncommitted': return `its worktree has ${plural(reason.files, 'uncommitted file')}`;
  }
}

/** What to type so that the branch is part of the next run. */
function outSteps(result: IntegrateResult, { agent, branch, reason }: IntegrateResult['notTried'][number]): string[] {
  const git = gitIn(result, agent);
  const named = `${result.again} ${agent}`;
  switch (reason.kind) {
    case 'nothing-to-land': return [];
    case 'branch-missing': return [`aiteam worktree set-branch ${agent} BRANCH`];
    case 'not-ready': return [`aiteam ready ${agent}, or by name: ${named}`];
    case 'elsewhere':
    case 'detached': return [`${git} switch ${shellWord(branch)}, or as ${escapeText(branch)} is: ${named}`];
    case 'under-way': return [`end it: ${git} status, or without it: ${named}`];
    case 'uncommitted': return [`${git} commit -a, or without them: ${named}`];
    case 'undone': return [named];
    case 'landed-there': return ['git pull --ff-only, where that branch is checked out'];
    case 'on-undone': return [`aiteam sync --rebase ${agent}, or all the same: ${named} --with-undone`];
  }
}

function gitIn({ places }: IntegrateResult, agent: AgentId): string {
  return `git -C ${shellWord(places.get(agent)?.worktree ?? '')}`;
}

/** The result as the documentation describes it for scripts. */
export function integrateJson(result: IntegrateResult): Record<string, unknown> {
  return {
    target: result.target, dryRun: result.dryRun, strategy: result.strategy, landing: result.landing,
    landed: result.landed.map((landed) => ({ ...landed, beyond: (result.beyond.get(landed.agent) ?? []).map(beyondJson) })), lapsed: result.lapsed.map(({ id, agent, path }) => ({ id, agent, path: showPath(path) })),
    leftOut: result.leftOut.map(({ candidate, why }) => ({ agent: candidate.agent, branch: candidate.branch, tip: candidate.tip, ...leftOutJson(why) })),
    notTried: result.notTried.map((out) => ({ agent: out.agent, branch: out.branch, reason: out.reason.kind, detail: outText(out.reason), next: outSteps(result, out) })),
    pushed: result.pushed, gates: result.gates, redBase: result.redBase,
  };
}

function leftOutJson(why: LeftOut): Record<string, unknown> {
  switch (why.kind) {
    case 'conflict': return { reason: why.kind, conflicts: why.conflicts.map((conflict) => ({ id: conflict.id, path: showPath(conflict.path), level: conflict.level, lines: conflict.lines, settled: why.settled.includes(conflict.id) })) };
    case 'loss': return { reason: why.kind, losses: why.losses.map(({ merge, path, lines }) => ({ merge, path: showPath(path), lines: lines.map(decodeBytes) })) };
    case 'unsettled-markers': return { reason: why.kind, places: why.places.map(({ path, line }) => ({ path: showPath(path), line })) };
    case 'red-gate': return { reason: why.kind, gate: why.gate, with: why.partner };
    case 'locked': return { reason: why.kind, locks: why.broken.map(({ lock, paths }) => ({ ...lockJson(lock), paths: paths.map(showPath) })) };
    case 'in-the-way':
    case 'tree-broken':
    case 'views-touched': return { reason: why.kind, paths: why.paths.map(showPath) };
    case 'submodule': return { reason: why.kind, submodules: why.submodules.map(({ path, trouble }) => ({ path: showPath(path), reason: trouble.kind, detail: troubleText(trouble) })) };
    case 'link-outside': return { reason: why.kind, links: why.links.map(({ path, target }) => ({ path: showPath(path), target: showPath(target) })) };
    case 'path-twins': return { reason: why.kind, twins: why.twins.map(({ path, other }) => ({ path: showPath(path), other: showPath(other) })) };
    case 'needs-driver': return { reason: why.kind, uses: why.uses.map(({ driver, path }) => ({ driver, path: showPath(path) })) };
    case 'unrelated':
    case 'not-fast-forward': return { reason: why.kind };
  }
}
