import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

const integrate = (made: Scratch, args: readonly string[], code: number): string => expectDone(made.aiteam(['integrate', ...args]), code).stdout;
const app = (...changed: readonly (readonly [number, string])[]): string =>
  Array.from({ length: 20 }, (_, index) => `${changed.find(([line]) => line === index + 1)?.[1] ?? `line ${index + 1}`}\n`).join('');

const CLAUDES = app([5, 'claude 5'], [15, 'claude 15\nclaude 15a']);

/** claude's work has landed, with these files of its own too; glm is in conflict with line 5 of it and in the middle of its resolution. */
function resolving(more: Record<string, string> = {}): Scratch {
  const made = team('claude', 'glm');
  made.commit({ 'app.txt': CLAUDES, 'claude.txt': 'one\ntwo\n', ...more }, 'claude works', made.worktree('claude'));
  made.commit({ 'app.txt': app([5, 'glm 5']) }, 'glm works', made.worktree('glm'));
  integrate(made, ['claude', 'glm'], 3);
  const [conflict] = (JSON.parse(expectDone(made.aiteam(['conflicts', '--json'])).stdout) as { conflicts: { id: string }[] }).conflicts;
  expectDone(made.aiteam(['conflicts', 'resolve', conflict?.id ?? '']));
  return made;
}

/** The resolution as glm commits it. */
function settled(made: Scratch, files: Record<string, string>): void {
  made.write(files, made.worktree('glm'));
  made.git(['add', '-A'], { cwd: made.worktree('glm') });
  made.git(['commit', '-q', '--no-edit'], { cwd: made.worktree('glm') });
}

describe('a conflict that was settled in the worktree', () => {
  // Seen to land without the comparison: line 15 and claude.txt were gone from main, and nobody had said so.
  it('dropping lines of the other side beside it: held with the lines, until they are back or the loss is accepted', () => {
    const made = resolving();
    made.git(['rm', '-q', '-f', 'claude.txt'], { cwd: made.worktree('glm') });
    settled(made, { 'app.txt': app([5, 'both']) });
    const told = integrate(made, [], 3);
    expect(told).toContain('where it settled a conflict it dropped 4 lines of main beside it');
    expect(told).toMatch(/app\.txt \(merged in [0-9a-f]{8}\)\n {6}-claude 15\n {6}-claude 15a\n {4}claude\.txt/);
    expect(told).toContain('aiteam integrate glm --accept-loss');
    const { leftOut } = JSON.parse(integrate(made, ['--json'], 3)) as { leftOut: unknown };
    expect(leftOut).toMatchObject([{ agent: 'glm', reason: 'loss', losses: [{ path: 'app.txt', lines: ['claude 15\n', 'claude 15a\n'] }, { path: 'claude.txt', lines: ['one\n', 'two\n'] }] }]);
    expect(integrate(made, ['glm', '--accept-loss', '--dry-run'], 0)).toContain('would land');
    // Seen to fail where nobody told the agent: its other handoff says only that there was a conflict.
    const waiting = (): string => expectDone(made.aiteam(['handoff', 'list'], { cwd: made.worktree('glm') })).stdout;
    expect(waiting().match(/Bring back what settling a conflict has dropped of main/g)).toHaveLength(1);

    made.commit({ 'app.txt': app([5, 'both'], [15, 'claude 15\nclaude 15a']), 'claude.txt': 'one\ntwo\n' }, 'brought back', made.worktree('glm'));
    integrate(made, [], 0);
    expect(waiting()).not.toContain('Bring back');
    expect(made.git(['show', 'main:app.txt'])).toBe(app([5, 'both'], [15, 'claude 15\nclaude 15a']).trimEnd());
  });

  // Seen to land: of a file with the content of a version in conflict nothing was compared, and copy.txt was gone from main.
  it('dropping a copy of what is in conflict: held as well', () => {
    const made = resolving({ 'copy.txt': CLAUDES });
    made.git(['rm', '-q', '-f', 'copy.txt'], { cwd: made.worktree('glm') });
    settled(made, { 'app.txt': app([5, 'both'], [15, 'claude 15\nclaude 15a']) });
    const { leftOut } = JSON.parse(integrate(made, ['--json'], 3)) as { leftOut: unknown };
    expect(leftOut).toMatchObject([{ agent: 'glm', reason: 'loss', losses: [{ path: 'copy.txt' }] }]);
  });

  it('writing something new in their place, moving or indenting them, or taking one side of the conflict: nothing is held', () => {
    const made = resolving();
    settled(made, { 'app.txt': app([3, 'claude 15a\nclaude 15b'], [5, 'glm 5'], [15, '  claude 15, as glm needs it']) });
    integrate(made, [], 0);
    expect(made.git(['show', 'main:app.txt'])).toContain('as glm needs it');
  });
});
