import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../src/core/events.ts';
import { settle } from '../../src/operations/settle.ts';
import { openWorkspace } from '../../src/operations/open-workspace.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { readHistory } from '../../src/state/journal.ts';
import { hooked, type Hooked } from '../support/agents.ts';

interface Walked {
  readonly workspace: Workspace;
  readonly warnings: readonly string[];
  /** What this walk recorded. */
  readonly found: readonly JournalRecord[];
}

async function walked(made: Hooked): Promise<Walked> {
  const before = readHistory(made.layout).length;
  const warnings: string[] = [];
  const narrate: Workspace['context']['narrate'] = (progress) => { if (progress.kind === 'warning') warnings.push(progress.message); };
  const workspace = await settle(await openWorkspace({ cwd: made.repo, env: made.env, narrate, confirm: null }));
  return { workspace, warnings, found: readHistory(made.layout).slice(before) };
}

const unrecorded = ({ found }: Walked): [string, string][] => found.flatMap((event) => (event.kind === 'commit' && event.unrecorded === true ? [[event.agent, event.id] as [string, string]] : []));
const handoffs = ({ workspace }: Walked): string[] => [...workspace.ledger.handoffs.values()].map(({ from, to, task, notes }) => `${from} → ${to}: ${task}${notes === null ? '' : ` (${notes})`}`);
const touched = (made: Hooked, agent: string): string => readFileSync(join(made.layout.touched, agent), 'utf8');

const noHooks = { AITEAM: '0' };

async function glm(): Promise<{ made: Hooked; cwd: string; plain: (files: Record<string, string>, message: string) => string }> {
  const made = await hooked(['claude', 'glm']);
  const cwd = made.worktree('glm');
  return {
    made, cwd,
    plain: (files, message) => {
      made.write(files, cwd);
      made.git(['add', '-A'], { cwd });
      made.git(['-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--allow-empty', '-m', message], { cwd });
      return made.git(['rev-parse', 'HEAD'], { cwd });
    },
  };
}

describe('commits that no hook reported are found', () => {
  test('on the branch, once, and those that a hook reported are not repeated', async () => {
    const { made, cwd, plain } = await glm();
    made.commit({ a: '1' }, 'seen', cwd);
    const missed = plain({ a: '2' }, 'missed');
    expect(unrecorded(await walked(made))).toEqual([['glm', missed]]);
    expect(unrecorded(await walked(made))).toEqual([]);
    made.commit({ a: '3' }, 'seen', cwd);
    expect(unrecorded(await walked(made))).toEqual([]);
  });

  test('made by plumbing, by am and by a rebase with another backend', async () => {
    const { made, cwd } = await glm();
    const tree = made.git(['rev-parse', 'HEAD^{tree}'], { cwd });
    const plumbed = made.git(['commit-tree', tree, '-p', 'HEAD', '-m', 'plumbing'], { cwd });
    made.git(['update-ref', 'refs/heads/feature/glm', plumbed], { cwd });
    made.commit({ 'new.txt': '1\n' }, 'from the human');
    made.git(['am', '-q'], { cwd, input: `${made.git(['format-patch', '--stdout', '-1', 'main'])}\n` });
    const applied = made.git(['rev-parse', 'HEAD'], { cwd });
    made.git(['reset', '-q', '--hard', 'main~1']);
    expect(unrecorded(await walked(made))).toEqual([['glm', plumbed], ['glm', applied]]);
  });

  test('on a branch that the worktree was switched to, on a detached HEAD, and on the recorded branch moved from elsewhere', async () => {
    const { made, cwd, plain } = await glm();
    made.git(['switch', '-q', '-c', 'side'], { cwd });
    const side = plain({ a: '1' }, 'aside');
    expect(unrecorded(await walked(made))).toEqual([['glm', side]]);
    made.git(['switch', '-q', '--detach', 'feature/glm'], { cwd });
    const detached = plain({ b: '1' }, 'detached');
    const other = made.git(['commit-tree', 'main^{tree}', '-p', 'main', '-m', 'elsewhere']);
    made.git(['update-ref', 'refs/heads/feature/glm', other]);
    const found = unrecorded(await walked(made));
    expect(new Set(found.map(([, id]) => id))).toEqual(new Set([detached, other]));
    expect(unrecorded(await walked(made))).toEqual([]);
  });

  test('that were amended or reset away before anybody looked', async () => {
    const { made, cwd, plain } = await glm();
    const first = plain({ a: '1' }, 'first');
    made.git(['-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--amend', '-m', 'second'], { cwd });
    const second = made.git(['rev-parse', 'HEAD'], { cwd });
    made.git(['reset', '-q', '--hard', 'HEAD~1'], { cwd });
    expect(new Set(unrecorded(await walked(made)).map(([, id]) => id))).toEqual(new Set([first, second]));
    expect(unrecorded(await walked(made))).toEqual([]);
  });

  test('and keep the agent that their message names', async () => {
    const { made, cwd } = await glm();
    const id = made.commit({ one: '1' }, 'from claude', made.worktree('claude'));
    made.commit({ two: '1' }, 'own', cwd);
    await walked(made);
    made.git(['-c', 'core.hooksPath=/dev/null', 'cherry-pick', id], { cwd });
    expect(unrecorded(await walked(made))).toEqual([['claude', made.git(['rev-parse', 'HEAD'], { cwd })]]);
  });

  test('but what is in the target, and what another branch brought, is not the agent\'s', async () => {
    const { made, cwd } = await glm();
    made.commit({ h: '1' }, 'from the human');
    made.commit({ c: '1' }, 'from claude', made.worktree('claude'));
    await walked(made);
    made.git(['-c', 'core.hooksPath=/dev/null', 'merge', '-q', '--no-edit', 'main', 'feature/claude'], { cwd });
    expect(unrecorded(await walked(made))).toEqual([['glm', made.git(['rev-parse', 'HEAD'], { cwd })]]);
  });

  // Seen to fail where only what the target here has is left out.
  test('nor what it pulled from the target\'s remote before the target here has it', async () => {
    const { made, cwd } = await glm();
    const theirs = made.commit({ h: '1' }, 'pushed by somebody');
    made.git(['update-ref', 'refs/remotes/origin/main', theirs]);
    made.git(['reset', '-q', '--hard', 'HEAD~1']);
    made.commit({ g: '1' }, 'from glm', cwd);
    made.git(['merge', '-q', '--no-edit', 'origin/main'], { cwd });
    expect(unrecorded(await walked(made))).toEqual([]);
  });

  test('also where the commit at which the last walk stopped is gone', async () => {
    const { made, cwd, plain } = await glm();
    plain({ a: '1' }, 'to be lost');
    await walked(made);
    made.git(['reset', '-q', '--hard', 'main'], { cwd });
    made.git(['reflog', 'expire', '--expire=all', '--all'], { cwd });
    made.git(['gc', '-q', '--prune=now'], { cwd });
    const kept = plain({ b: '1' }, 'kept');
    expect(unrecorded(await walked(made))).toEqual([['glm', kept]]);
  });
});

describe('a handoff in trailers', () => {
  const message = 'parser done\n\nbody\n\nHandoff-To: @claude\nHandoff-Note: see the tests,\n  both of them';

  test('is recorded with the subject as its task, the note and the files of the commit', async () => {
    const { made, cwd } = await glm();
    const id = made.commit({ 'src/ü.ts': '1', 'a b': '1' }, message, cwd);
    const { workspace } = await walked(made);
    expect([...workspace.ledger.handoffs.values()]).toMatchObject([
      { from: 'glm', to: 'claude', task: 'parser done', notes: 'see the tests, both of them', files: ['a b', 'src/ü.ts'], commit: id, verified: true, closed: null },
    ]);
  });

  test('is one handoff through amend, rebase, squash and cherry-pick', async () => {
    const { made, cwd } = await glm();
    made.commit({ a: '1' }, message, cwd);
    const once = handoffs(await walked(made));
    made.write({ b: '1' }, cwd);
    made.git(['add', '-A'], { cwd });
    made.git(['commit', '-q', '--amend', '--no-edit'], { cwd });
    expect(handoffs(await walked(made))).toEqual(once);
    made.git(['commit', '-q', '--amend', '--no-edit', '--date=now', '--reset-author'], { cwd, env: { GIT_AUTHOR_DATE: '2030-01-01T00:00:00Z' } });
    expect(handoffs(await walked(made))).toEqual(once);
    made.commit({ h: '1' }, 'from the human');
    made.git(['rebase', '-q', 'main'], { cwd });
    expect(handoffs(await walked(made))).toEqual(once);
    made.git(['cherry-pick', 'feature/glm'], { cwd: made.worktree('claude') });
    expect(handoffs(await walked(made))).toEqual(once);
    made.git(['reset', '-q', '--soft', 'main'], { cwd });
    made.git(['commit', '-q', '-m', message], { cwd, env: { GIT_AUTHOR_DATE: '2031-01-01T00:00:00Z' } });
    expect(handoffs(await walked(made))).toEqual(once);
  });

  test('goes to several recipients, to main and to a person; twice the same words are two handoffs', async () => {
    const { made, cwd } = await glm();
    made.commit({ a: '1' }, 'one\n\nHandoff-To: claude, main\nHandoff-To: human', cwd);
    expect(handoffs(await walked(made))).toEqual(['glm → claude: one', 'glm → main: one', 'glm → human: one']);
    made.write({ a: '2' }, cwd);
    made.git(['commit', '-q', '-a', '-m', 'two\n\nHandoff-To: claude'], { cwd, env: { GIT_AUTHOR_DATE: '2030-01-01T00:00:00Z' } });
    expect(handoffs(await walked(made))).toHaveLength(4);
  });

  test('in an empty commit, and in one that no hook saw', async () => {
    const { made, plain } = await glm();
    plain({}, 'over to you\n\nHandoff-To: claude');
    expect(handoffs(await walked(made))).toEqual(['glm → claude: over to you']);
  });

  test('to somebody whom nobody knows is a warning, once', async () => {
    const { made, cwd } = await glm();
    made.commit({ a: '1' }, 'one\n\nHandoff-To: cluade\nHandoff-To: \u001b[31m', cwd);
    const first = await walked(made);
    expect(handoffs(first)).toEqual([]);
    expect(first.warnings.join('\n')).toContain('did it mean claude?');
    expect(first.warnings.join('\n')).not.toContain('\u001b');
    expect(first.found.filter(({ kind }) => kind === 'warning')).toHaveLength(2);
    expect((await walked(made)).warnings).toEqual([]);
  });
});

describe('the list of paths that a branch touches', () => {
  test('is what it changes against the target, and empty again when that has landed', async () => {
    const { made, cwd } = await glm();
    made.commit({ 'a b': '1', 'ü': '1' }, 'one', cwd);
    made.commit({ 'ü': '2' }, 'two', cwd);
    made.git(['rm', '-q', 'a b'], { cwd });
    made.git(['commit', '-q', '-m', 'three'], { cwd });
    await walked(made);
    expect(touched(made, 'glm')).toBe('"\\303\\274"\n');
    expect(touched(made, 'claude')).toBe('');
    made.git(['merge', '-q', 'feature/glm']);
    await walked(made);
    expect(touched(made, 'glm')).toBe('');
  });

  test('is empty when a squash landed it, and then has only what came after', async () => {
    const { made, cwd } = await glm();
    made.commit({ a: '1', b: '1' }, 'one', cwd);
    const old = made.git(['rev-parse', 'main']);
    made.git(['merge', '-q', '--squash', 'feature/glm']);
    made.git(['commit', '-q', '-m', 'squashed']);
    const { workspace } = await walked(made);
    expect(touched(made, 'glm')).toBe('a\nb\n');
    const [tip, commit] = [made.git(['rev-parse', 'feature/glm']), made.git(['rev-parse', 'main'])] as never[];
    workspace.journal.append({ kind: 'landing', id: 'x', target: 'main', old: old as never, new: commit as never, strategy: 'squash', agents: [{ agent: 'glm' as never, branch: 'feature/glm', tip: tip as never, commit: commit as never }], gates: [] });
    await walked(made);
    expect(touched(made, 'glm')).toBe('');
    made.commit({ b: '2' }, 'two', cwd);
    await walked(made);
    expect(touched(made, 'glm')).toBe('b\n');
  });

  test('goes with an agent that was removed, and comes back where somebody deleted it', async () => {
    const { made, cwd } = await glm();
    made.commit({ a: '1' }, 'one', cwd);
    made.write({ 'touched/gone': 'x\n', 'touched/glm': '' }, made.layout.root);
    made.git(['commit', '-q', '--allow-empty', '-m', 'moved on'], { cwd, env: noHooks });
    await walked(made);
    expect(touched(made, 'glm')).toBe('a\n');
    expect(() => touched(made, 'gone')).toThrow('ENOENT');
  });
});

test('where nothing is new the walk costs two git processes at most', async () => {
  const { made, cwd } = await glm();
  made.commit({ a: '1' }, 'one', cwd);
  await walked(made);
  const counted = { ...made.env, GIT_TRACE2_EVENT: join(made.folder, 'trace') };
  const workspace = await openWorkspace({ cwd: made.repo, env: counted, narrate: () => undefined, confirm: null });
  const starts = (): number => readFileSync(join(made.folder, 'trace'), 'utf8').split('"event":"start"').length - 1;
  const before = starts();
  await settle(workspace);
  expect(starts() - before).toBeLessThanOrEqual(2);
});
