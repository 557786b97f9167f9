import { describe, expect, it } from 'vitest';
import { gatedTeam, gateRuns } from '../support/gates.ts';
import { expectDone, type Finished, type Scratch } from '../support/scratch.ts';

interface Integrated {
  readonly landing: object | null;
  readonly landed: readonly { agent: string }[];
  readonly leftOut: readonly { agent: string; reason: string; with?: string | null; gate?: { name: string; verdict: string; tail: string[] } }[];
  readonly gates: readonly { name: string; verdict: string; flaky: boolean; excused: boolean }[];
  readonly redBase: boolean;
}

const json = (finished: Finished): Integrated => JSON.parse(finished.stdout) as Integrated;
const AGENTS = ['a1', 'a2', 'a3', 'a4', 'a5'];

function work(made: Scratch, agent: string, files: Record<string, string>): void {
  made.commit(files, `${agent} works`, made.worktree(agent));
}

/** What the agents land, in the order of their names. */
function integrateAll(made: Scratch, agents: readonly string[], code: number, ...options: string[]): Integrated {
  return json(expectDone(made.aiteam(['integrate', ...agents, '--json', ...options]), code));
}

describe('a stack that does not pass', () => {
  // Without the search nothing landed here: seen before there was one.
  it('one branch breaks it: it stays out with the end of the output and a handoff, the others land', () => {
    const made = gatedTeam(AGENTS, ['{name: test, run: "echo >> {folder}/runs; test ! -e bad || { echo bad is here; exit 1; }"}']);
    for (const agent of AGENTS) work(made, agent, agent === 'a3' ? { bad: 'x\n' } : { [agent]: 'x\n' });
    const result = integrateAll(made, AGENTS, 3);
    expect(result.landed.map(({ agent }) => agent)).toEqual(['a1', 'a2', 'a4', 'a5']);
    expect(result.leftOut).toMatchObject([{ agent: 'a3', reason: 'red-gate', with: null, gate: { name: 'test', verdict: 'failed', tail: ['bad is here'] } }]);
    // The whole, again, the target, two halves, alone, and the rest.
    expect(gateRuns(made)).toBeLessThanOrEqual(7);
    expect(made.read('.ai-coordinator/handoff.md')).toContain('@main → @a3');
    expect(made.git(['ls-tree', '--name-only', 'main'])).not.toContain('bad');

    work(made, 'a3', { good: 'x\n' });
    made.git(['rm', '-q', 'bad'], { cwd: made.worktree('a3') });
    made.git(['commit', '-q', '-m', 'mended'], { cwd: made.worktree('a3') });
    expect(integrateAll(made, ['a3'], 0).landed).toHaveLength(1);
    expect(made.read('.ai-coordinator/status.json')).toContain('"handoff_ready": false');
  });

  it('two pass alone and fail together: the later one stays out and both are named', () => {
    const made = gatedTeam(AGENTS, ['{name: test, run: "test ! -e left || test ! -e right"}']);
    for (const agent of AGENTS) work(made, agent, { [{ a2: 'left', a4: 'right' }[agent] ?? agent]: 'x\n' });
    const result = integrateAll(made, AGENTS, 3);
    expect(result.landed.map(({ agent }) => agent)).toEqual(['a1', 'a2', 'a3', 'a5']);
    expect(result.leftOut).toMatchObject([{ agent: 'a4', reason: 'red-gate', with: 'a2' }]);
  });

  it('several break it: all of them stay out, what was in conflict with one of them lands', () => {
    const made = gatedTeam(AGENTS, ['{name: test, run: "test ! -e bad1 && test ! -e bad2"}']);
    work(made, 'a1', { bad1: 'x\n', shared: 'one\n' });
    work(made, 'a2', { shared: 'two\n' });
    work(made, 'a3', { a3: 'x\n' });
    work(made, 'a4', { bad2: 'x\n' });
    work(made, 'a5', { a5: 'x\n' });
    const result = integrateAll(made, AGENTS, 3);
    expect(result.landed.map(({ agent }) => agent)).toEqual(['a2', 'a3', 'a5']);
    expect(result.leftOut.map(({ agent, reason }) => [agent, reason])).toEqual([['a1', 'red-gate'], ['a4', 'red-gate']]);
    expect(made.git(['show', 'main:shared'])).toBe('two');
  });

  it('one branch makes the gate hang: it is found like any other', () => {
    const made = gatedTeam(['a1', 'a2'], ['{name: test, run: "test ! -e hang || sleep 600", timeout: 1s}']);
    work(made, 'a1', { hang: 'x\n' });
    work(made, 'a2', { a2: 'x\n' });
    const result = integrateAll(made, ['a1', 'a2'], 3);
    expect(result.landed.map(({ agent }) => agent)).toEqual(['a2']);
    expect(result.leftOut).toMatchObject([{ agent: 'a1', gate: { verdict: 'could-not-run' } }]);
  });

  it('one branch breaks the set-up: it stays out like one that fails a gate', () => {
    const made = gatedTeam(['a1', 'a2'], ['{name: test, run: "true"}']);
    made.write({ '.aiteam.yaml': `${made.read('.aiteam.yaml')}\nsetup: ["test ! -e package-lock.json"]\n` });
    expectDone(made.aiteam(['trust', '--yes']));
    work(made, 'a1', { 'package-lock.json': 'x\n' });
    work(made, 'a2', { a2: 'x\n' });
    const result = integrateAll(made, ['a1', 'a2'], 3);
    expect(result.landed.map(({ agent }) => agent)).toEqual(['a2']);
    expect(result.leftOut).toMatchObject([{ agent: 'a1', gate: { name: 'setup', verdict: 'could-not-run' } }]);
  });

  it('the gate passes when it is asked again: it lands, and is said to be flaky', () => {
    const made = gatedTeam(['a1'], ['{name: test, run: "test -e {folder}/again || { touch {folder}/again; exit 1; }"}']);
    work(made, 'a1', { a1: 'x\n' });
    expect(integrateAll(made, ['a1'], 0).gates).toMatchObject([{ verdict: 'passed', flaky: true }]);
  });

  it('the gate leaves a process behind that holds its output open: judged by the command itself', () => {
    const made = gatedTeam(['a1'], ['{name: test, run: "sleep 600 & true", timeout: 20s}']);
    work(made, 'a1', { a1: 'x\n' });
    expect(integrateAll(made, ['a1'], 0).gates).toMatchObject([{ verdict: 'passed' }]);
  });
});

describe('a target that is red already', () => {
  const red = (gates: readonly string[]): Scratch => {
    const made = gatedTeam(['a1', 'a2'], gates);
    made.commit({ broken: 'x\n' }, 'main is broken');
    return made;
  };

  it('nothing lands, and no branch is blamed', () => {
    const made = red(['{name: test, run: "test ! -e broken"}']);
    work(made, 'a1', { a1: 'x\n' });
    const main = made.git(['rev-parse', 'main']);
    const result = made.aiteam(['integrate', 'a1']);
    expect([result.code, result.stdout.includes('main does not pass by itself'), result.stdout.includes('--allow-red-base')]).toEqual([3, true, true]);
    expect(made.git(['rev-parse', 'main'])).toBe(main);
  });

  it('--allow-red-base: what adds no failure lands, what fails another gate or in another way stays out', () => {
    const made = red(['{name: unit, run: "test ! -e worse || exit 2; test ! -e broken"}', '{name: lint, run: "test ! -e ugly"}']);
    work(made, 'a1', { a1: 'x\n' });
    work(made, 'a2', { ugly: 'x\n' });
    const result = integrateAll(made, ['a1', 'a2'], 3, '--allow-red-base');
    expect(result.landed.map(({ agent }) => agent)).toEqual(['a1']);
    expect(result).toMatchObject({ redBase: true, gates: [{ name: 'unit', verdict: 'failed', excused: true }, { name: 'lint', verdict: 'passed' }] });
    expect(result.leftOut).toMatchObject([{ agent: 'a2', gate: { name: 'lint' } }]);

    made.git(['rm', '-q', 'ugly'], { cwd: made.worktree('a2') });
    work(made, 'a2', { worse: 'x\n' });
    expect(integrateAll(made, ['a2'], 3, '--allow-red-base').leftOut).toMatchObject([{ agent: 'a2', gate: { name: 'unit' } }]);
  });

  it('a branch that mends it lands without any flag', () => {
    const made = red(['{name: test, run: "test ! -e broken"}']);
    made.git(['merge', '-q', 'main'], { cwd: made.worktree('a1') });
    made.git(['rm', '-q', 'broken'], { cwd: made.worktree('a1') });
    made.git(['commit', '-q', '-m', 'mended'], { cwd: made.worktree('a1') });
    expect(integrateAll(made, ['a1'], 0).landed).toHaveLength(1);
  });

  it('a gate that cannot run on the target either is not excused', () => {
    const made = red(['{name: test, run: "no-such-command-anywhere"}']);
    work(made, 'a1', { a1: 'x\n' });
    const result = integrateAll(made, ['a1'], 3, '--allow-red-base');
    expect(result).toMatchObject({ landing: null, redBase: true, gates: [{ verdict: 'could-not-run' }] });
  });
});
