import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';

const rebase = (made: Scratch, ...options: string[]): string => expectDone(made.aiteam(['integrate', '--strategy', 'rebase', ...options])).stdout;
const subjects = (made: Scratch): string[] => made.git(['log', '--format=%s', '--first-parent', 'main']).split('\n');
const LINES = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);
const withLine = (number: number, text: string): string => LINES.map((line, index) => (index === number - 1 ? `${text}\n` : line)).join('');

describe('integrate --strategy rebase', () => {
  it('makes history linear: authors, dates and messages stay, and the tree is that of the merge', () => {
    const made = team('claude', 'glm');
    made.commit({ 'a.txt': '1\n' }, 'one', made.worktree('claude'));
    made.commit({ 'a.txt': '2\n' }, 'two', made.worktree('claude'));
    made.write({ 'b.txt': 'b\n' }, made.worktree('glm'));
    made.git(['add', '.'], { cwd: made.worktree('glm') });
    made.git(['commit', '-q', '-m', 'three\n\nwhy', '--author', 'Zoë <z@example.org>', '--date', '2026-02-03T04:05:06+0200'], { cwd: made.worktree('glm') });
    rebase(made, 'claude', 'glm');
    expect(subjects(made)).toEqual(['three', 'two', 'one', 'first']);
    expect(made.git(['log', '-1', '--format=%an %ad %cn|%B', '--date=iso', 'main'])).toMatch(/^Zoë 2026-02-03 04:05:06 \+0200 Human\|three\n\nwhy\n\nAssisted-by: glm/);
    expect(made.git(['rev-list', '--count', '--merges', 'main'])).toBe('0');
    expect(made.git(['status', '--porcelain', '-uno'])).toBe('');
  });

  it('a branch that is straight on top keeps its commits', () => {
    const made = team('glm');
    const tip = made.commit({ 'a.txt': '1\n' }, 'one', made.worktree('glm'));
    rebase(made);
    expect(made.git(['rev-parse', 'main'])).toBe(tip);
  });

  it('a message in another encoding keeps its bytes', () => {
    const made = team('claude', 'glm');
    made.commit({ 'a.txt': '1\n' }, 'one', made.worktree('claude'));
    made.write({ 'b.txt': 'b\n' }, made.worktree('glm'));
    made.git(['add', '.'], { cwd: made.worktree('glm') });
    made.git(['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '-F', '-'], { cwd: made.worktree('glm'), input: 'gr\u00fcn' });
    const bytes = (commit: string): string => made.git(['cat-file', 'commit', commit]).split('\n\n').slice(1).join('\n\n');
    const before = bytes('feature/glm');
    rebase(made, 'claude', 'glm');
    expect(bytes('main')).toBe(before);
    expect(made.git(['cat-file', 'commit', 'main'])).toContain('encoding ISO-8859-1');
  });

  it('nothing is left to land, later work lands on top, and the worktree can be removed', () => {
    const made = team('claude', 'glm');
    made.commit({ 'a.txt': '1\n' }, 'one', made.worktree('claude'));
    made.commit({ 'app.txt': withLine(3, 'glm') }, 'two', made.worktree('glm'));
    rebase(made, 'claude', 'glm');
    expect(rebase(made)).toContain('nothing to land');
    made.commit({ 'app.txt': withLine(3, 'glm again') }, 'three', made.worktree('glm'));
    rebase(made);
    expect(subjects(made)[0]).toBe('three');
    expect(made.git(['show', 'main:app.txt']).split('\n')[2]).toBe('glm again');
    expectDone(made.aiteam(['worktree', 'remove', 'glm']));
  });

  it('commits that do not apply one by one land as one, with the tree of the merge', () => {
    const made = team('claude', 'glm');
    made.commit({ 'app.txt': withLine(3, 'both') }, 'one', made.worktree('claude'));
    // On the way there it is in conflict with claude's line, at its end it is not.
    made.commit({ 'app.txt': withLine(3, 'on the way') }, 'two', made.worktree('glm'));
    made.commit({ 'app.txt': withLine(3, 'both'), 'b.txt': 'b\n' }, 'three', made.worktree('glm'));
    const merged = made.git(['merge-tree', '--write-tree', 'feature/claude', 'feature/glm']);
    const result = made.aiteam(['integrate', '--strategy', 'rebase', 'claude', 'glm']);
    expectDone(result);
    expect(result.stderr).toContain('landed as one commit');
    expect(made.git(['rev-parse', 'main^{tree}'])).toBe(merged);
    expect(made.git(['rev-list', '--count', 'main'])).toBe('3');
  });

  it('a branch that merged main on the way is laid flat', () => {
    const made = team('claude', 'glm');
    made.commit({ 'b.txt': 'b\n' }, 'before', made.worktree('glm'));
    made.commit({ 'h.txt': 'h\n' }, 'by hand');
    made.git(['merge', '-q', '--no-edit', 'main'], { cwd: made.worktree('glm') });
    made.commit({ 'c.txt': 'c\n' }, 'after', made.worktree('glm'));
    rebase(made, 'glm');
    expect(subjects(made)).toEqual(['after', 'before', 'by hand', 'first']);
  });
});

describe('integrate --signoff', () => {
  it.each(['merge', 'squash', 'rebase'])('%s: what is landed carries the line of who integrates, once', (strategy) => {
    const made = team('glm');
    made.commit({ 'a.txt': '1\n' }, 'one', made.worktree('glm'));
    expectDone(made.aiteam(['integrate', '--signoff', '--strategy', strategy]));
    expect(made.git(['log', '-1', '--format=%(trailers:key=Signed-off-by)', 'main']).trim()).toBe('Signed-off-by: Human <human@example.org>');
  });
});
