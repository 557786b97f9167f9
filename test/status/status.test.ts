import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectDone, team, type Scratch } from '../support/scratch.ts';
import { makeSilent } from '../support/journal-folder.ts';
import { layoutOf } from '../../src/state/layout.ts';

interface Json {
  readonly agents: readonly Record<string, unknown>[];
  readonly torn: readonly unknown[];
  readonly next: readonly string[];
}

function statusJson(made: Scratch): Json {
  return JSON.parse(expectDone(made.aiteam(['status', '--json'])).stdout) as Json;
}

function lineOf(made: Scratch, agent: string): string {
  return expectDone(made.aiteam(['status'])).stdout.split('\n').find((line) => line.startsWith(agent)) ?? '';
}

describe('aiteam status', () => {
  it('shows a line an agent: branch, distance, uncommitted files, last commit, task, ready', () => {
    const made = team('claude', 'glm');
    const glm = made.worktree('glm');
    made.commit({ 'a.txt': 'a\n' }, 'the first', glm);
    made.commit({ 'b.txt': 'b\n' }, 'the second\u001b[2J', glm);
    made.commit({ 'main.txt': 'main\n' }, 'on main');
    made.write({ 'new file': '', 'app.txt': 'changed\n' }, glm);
    expectDone(made.aiteam(['ready', 'glm']));
    expect(lineOf(made, 'claude')).toMatch(/^claude {2}feature\/claude {2}1 behind +clean +\d+ days ago {2}first$/);
    expect(lineOf(made, 'glm')).toMatch(/^glm {5}feature\/glm {5}2 ahead, 1 behind {2}2 files uncommitted {2}just now +the second\\x1b\[2J {2}ready  done but not committed$/);
    expect(statusJson(made)).toMatchObject({
      version: 1, target: { branch: 'main', subject: 'on main' }, torn: [], next: ["aiteam commit glm -m 'what changes' --all", 'aiteam integrate'],
      agents: [
        { agent: 'claude', branch: 'feature/claude', place: 'on-branch', ahead: 0, behind: 1, uncommitted: { changed: 0, untracked: 0, unmerged: 0 }, ready: false },
        { agent: 'glm', branch: 'feature/glm', ahead: 2, behind: 1, uncommitted: { changed: 1, untracked: 1, unmerged: 0 }, ready: true, lastCommit: { subject: 'the second\u001b[2J' } },
      ],
    });
    made.commit({ 'c.txt': 'c\n' }, 'one more', glm);
    expect(lineOf(made, 'glm')).toMatch(/one more {2}committed since it was called ready$/);
    expect(made.aiteam(['status', '--exit-code']).code).toBe(3);
  });

  it('says where a worktree is elsewhere, detached, in the middle of something, or gone', () => {
    const made = team('claude', 'glm', 'deepseek', 'qwen');
    made.git(['switch', '-q', '-c', 'side'], { cwd: made.worktree('claude') });
    made.git(['switch', '-q', '--detach'], { cwd: made.worktree('glm') });
    made.commit({ 'app.txt': 'main\n' }, 'on main');
    made.commit({ 'app.txt': 'deepseek\n' }, 'on deepseek', made.worktree('deepseek'));
    made.tryGit(['merge', 'main'], { cwd: made.worktree('deepseek') });
    rmSync(made.worktree('qwen'), { recursive: true });
    const { stdout } = expectDone(made.aiteam(['status']));
    expect(stdout).toMatch(/^claude .* worktree is on side$/m);
    expect(stdout).toMatch(/^glm .* worktree is on no branch \(detached\)$/m);
    expect(stdout).toMatch(/^deepseek .* in the middle of a merge$/m);
    expect(stdout).toMatch(/^qwen .* unseen .* worktree is gone: .*qwen$/m);
    expect(stdout).toMatch(/^next: aiteam worktree repair/m);
  });

  it('does not count what a squash has landed', () => {
    const made = team('glm');
    made.commit({ 'a.txt': 'a\n' }, 'one', made.worktree('glm'));
    made.commit({ 'b.txt': 'b\n' }, 'two', made.worktree('glm'));
    expectDone(made.aiteam(['integrate', '--strategy', 'squash']));
    expect(statusJson(made).agents[0]).toMatchObject({ ahead: 0, behind: 1 });
    made.commit({ 'c.txt': 'c\n' }, 'three', made.worktree('glm'));
    expect(statusJson(made).agents[0]).toMatchObject({ ahead: 1 });
    const assignments = JSON.parse(made.read('.ai-coordinator/assignments.json')) as { assignments: { files: string[] }[] };
    expect(assignments.assignments[0]?.files).toEqual(['c.txt']);
  });

  it('shows open conflicts and waiting handoffs, and what to type next', () => {
    const made = team('claude', 'glm');
    made.commit({ 'app.txt': 'claude\n' }, 'by claude', made.worktree('claude'));
    made.commit({ 'app.txt': 'glm\n' }, 'by glm\n\nHandoff-To: human', made.worktree('glm'));
    expectDone(made.aiteam(['integrate', 'claude', 'glm']), 3);
    expect(expectDone(made.aiteam(['status'])).stdout).toMatch(/^1 handoff waiting for you: aiteam handoff list$/m);
    expect(lineOf(made, 'glm')).toMatch(/1 conflict open {2}1 handoff waiting$/);
    expect(statusJson(made).next[0]).toMatch(/^aiteam conflicts show [0-9a-f]+$/);
    // Seen to ask for its review all the same.
    expectDone(made.aiteam(['conflicts', 'resolve', 'glm', '--take', 'glm']));
    expect(lineOf(made, 'glm')).toMatch(/1 conflict settled$/);
    expect(statusJson(made)).toMatchObject({ next: ['aiteam integrate'] });
    // Once git does not stop there any more, the conflict is over, whatever anybody recorded.
    made.git(['reset', '-q', '--hard', 'main'], { cwd: made.worktree('glm') });
    expect(lineOf(made, 'glm')).not.toMatch(/conflict/);
    expect(made.read('.ai-coordinator/conflicts.log')).toMatch(/^\[.*\] conflict [0-9a-f]+: (landed|gone)$/m);
  });

  it('says that torn records were set aside, and goes on', () => {
    const made = team('glm');
    const layout = layoutOf(join(made.repo, '.git'), made.repo);
    writeFileSync(join(layout.journal, 'hook-torn.log'), '\u001e{"kind":"commit","ag\u001e{"kind":"commit","agent":"glm"');
    makeSilent(layout, 'hook-torn.log');
    const { stdout } = expectDone(made.aiteam(['status']));
    expect(stdout).toMatch(/^2 torn records in the journal were set aside, kept in hook-torn\.log$/m);
    expect(stdout).toMatch(/^glm /m);
    expect(statusJson(made).torn).toHaveLength(2);
    expect(made.git(['commit', '--allow-empty', '-m', 'goes on'], { cwd: made.worktree('glm') })).toMatch(/goes on/);
  });

  // Seen to fail where the file is required: neither says anything of the team.
  it("says what is wrong in the user's own file, whose prices and budgets it has no need of, and so does brief", () => {
    const made = team('glm');
    made.write({ 'config.yaml': 'version: 1\nbugdets: {}\n' }, join(made.env['XDG_CONFIG_HOME'] ?? '', 'aiteam'));
    for (const command of [['status'], ['brief', 'glm']]) {
      const { stdout, stderr } = expectDone(made.aiteam(command));
      expect(stdout).toContain('feature/glm');
      expect(stderr).toMatch(/^warning: .*config\.yaml:2:1: unknown key "bugdets".*; its prices and budgets are left out here\n/);
    }
    // What rests on it is refused.
    expectDone(made.aiteam(['cost']), 2);
  });

  it('answers where there is no agent yet', () => {
    const made = team();
    expect(expectDone(made.aiteam(['status'])).stdout).toMatch(/no agent has a worktree yet\n\nnext: aiteam worktree add /);
    expect(made.aiteam(['status', '--exit-code']).code).toBe(0);
  });
});
