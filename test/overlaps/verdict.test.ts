import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markedConflicts } from '../../src/core/conflict-markers.ts';
import type { OverlapFacts } from '../../src/core/overlap-facts.ts';
import { anySteps, filesCommitted, take, type Step } from '../support/histories.ts';
import { overlapsIn } from '../support/overlaps.ts';
import { team, type Scratch } from '../support/scratch.ts';

const AGENTS = ['claude', 'glm'] as const;

interface Work {
  readonly committed: readonly Step[];
  readonly uncommitted: readonly Step[];
}

const anyWork: fc.Arbitrary<Work> = fc.record({ committed: anySteps, uncommitted: fc.oneof(fc.constant([]), anySteps) });

/** Puts the folder to where main began and does the work there. */
function work(made: Scratch, folder: string, start: string, { committed, uncommitted }: Work): void {
  made.git(['reset', '-q', '--hard', start], { cwd: folder });
  made.git(['clean', '-qfd'], { cwd: folder });
  for (const step of committed) take(made, step, folder);
  made.git(['add', '-A'], { cwd: folder });
  made.git(['-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--allow-empty', '-m', 'work'], { cwd: folder });
  for (const step of uncommitted) take(made, step, folder);
}

/** What git itself makes of merging one into the other: the paths it stops on, each with the base lines of its conflicts where lines can be told. */
function gitsVerdict(made: Scratch, folder: string, one: string, other: string): Map<string, (readonly [number, number])[]> | null {
  made.git(['checkout', '-q', '--force', '--detach', one], { cwd: folder });
  made.git(['clean', '-qfd'], { cwd: folder });
  const merged = made.tryGit(['-c', 'merge.conflictStyle=diff3', '-c', 'core.hooksPath=/dev/null', 'merge', '--no-ff', '--no-edit', '-q', other], { cwd: folder });
  if (merged.code === 0) return null;
  const paths = new Set(made.git(['diff', '--name-only', '--diff-filter=U'], { cwd: folder }).split('\n').filter((path) => path !== ''));
  // A file that is put aside is named after a side.
  const found = new Map([...paths].map((path) => [path.replace(/~(HEAD|[0-9a-f]{40}|feature_\w+)(_\d+)?$/, ''), baseLines(made, folder, path)]));
  made.git(['reset', '-q', '--hard'], { cwd: folder });
  return found;
}

/** Lines of the base say their own numbers: `a.txt 5`. */
function baseLines(made: Scratch, folder: string, path: string): (readonly [number, number])[] {
  const stages = made.git(['ls-files', '-u', '--', path], { cwd: folder }).split('\n').filter((line) => line.includes('\t'));
  if (stages.length !== 3) return [];
  return markedConflicts(made.read(path, folder), 7).flatMap(({ base }) => {
    const numbers = base.map((line) => Number(/ (\d+)\n?$/.exec(line)?.[1] ?? 0));
    return numbers.length === 0 ? [] : [[Math.min(...numbers), Math.max(...numbers) + 1] as const];
  });
}

function ofPair(overlaps: readonly OverlapFacts[], a: string | null, b: string): OverlapFacts[] {
  return overlaps.filter(({ sides, verdict }) => verdict === 'conflict' && sides[0].agent === a && sides[1].agent === b);
}

describe('over generated histories, committed and uncommitted', () => {
  // Seen to fail with worktrees compared by their tips.
  it('the radar has a conflict exactly where git would stop, on the same paths and the same lines of the base', async () => {
    const made = team(...AGENTS);
    filesCommitted(made);
    const start = made.git(['rev-parse', 'main']);
    const oracle = join(made.folder, 'oracle');
    made.git(['worktree', 'add', '-q', '--detach', oracle, 'main']);
    const seen = { stops: 0, lines: 0 };
    await fc.assert(fc.asyncProperty(anyWork, anyWork, anySteps, async (claude, glm, main) => {
      work(made, made.repo, start, { committed: main, uncommitted: [] });
      work(made, made.worktree('claude'), start, claude);
      work(made, made.worktree('glm'), start, glm);
      const { overlaps } = await overlapsIn(made);
      for (const agent of AGENTS) {
        made.git(['add', '-A'], { cwd: made.worktree(agent) });
        made.git(['-c', 'core.hooksPath=/dev/null', 'commit', '-q', '--allow-empty', '-m', 'rest'], { cwd: made.worktree(agent) });
      }
      for (const [a, b] of [[null, 'claude'], [null, 'glm'], ['claude', 'glm']] as const) {
        const git = gitsVerdict(made, oracle, a === null ? 'main' : `feature/${a}`, `feature/${b}`);
        const ours = ofPair(overlaps, a, b);
        expect(ours.length > 0).toBe(git !== null);
        if (git === null) continue;
        seen.stops += 1;
        for (const [path, lines] of git) {
          const here = ours.filter((overlap) => overlap.path === path);
          expect(here.length).toBeGreaterThan(0);
          for (const [from, to] of lines) {
            seen.lines += 1;
            expect(here.some((overlap) => overlap.lines !== null && overlap.lines[0] <= from && to <= overlap.lines[1])).toBe(true);
          }
        }
      }
    }), { numRuns: 12 });
    expect(Math.min(seen.stops, seen.lines)).toBeGreaterThan(0);
  });
});
